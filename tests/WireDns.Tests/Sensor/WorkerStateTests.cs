using System.Text;
using System.Text.Json;
using WireDns.Alerts;
using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Detection.State;
using WireDns.Sigma.Correlation;
using WireDns.Tests.Running;
using WireDns.Wire;

namespace WireDns.Tests.Sensor;

/// <summary>What a worker remembers goes on in another one, as if it were the same.</summary>
public sealed class WorkerStateTests
{
    private const long Large = 1L << 40;
    private const int MostPackets = 2000;

    // Rules that fire at once, that wait for a response, that fire for want of one, and each type of correlation, in short windows: most of them become true, and end.
    private const string Others = """
        title: any
        name: any
        id: 7a0c0de0-0000-4000-8000-000000000001
        logsource: {category: dns}
        detection: {s: {query|contains: '.'}, condition: s}
        ---
        title: answered
        name: answered
        id: 7a0c0de0-0000-4000-8000-000000000002
        logsource: {category: dns}
        detection: {s: {rcode: 0}, condition: s}
        ---
        title: not answered
        name: silent
        logsource: {category: dns}
        detection: {s: {query|contains: '.'}, answered: {rcode|exists: true}, condition: s and not answered}
        ---
        title: three of a client
        correlation: {type: event_count, rules: [any], group-by: [src_ip], timespan: 1m, condition: {gte: 3}}
        ---
        title: names of a client
        correlation: {type: value_count, rules: [any], group-by: [src_ip], timespan: 2m, condition: {gte: 4, field: query}}
        ---
        title: both
        name: both
        correlation: {type: temporal, rules: [any, answered], group-by: [src_ip], timespan: 10s}
        ---
        title: in order
        correlation: {type: temporal_ordered, rules: [any, answered], group-by: [src_ip], timespan: 10s}
        ---
        title: octets
        correlation: {type: value_sum, rules: [any], group-by: [src_ip], timespan: 1m, condition: {gte: 100, field: query_length}}
        ---
        title: mean
        correlation: {type: value_avg, rules: [any], group-by: [src_ip], timespan: 1m, condition: {gte: 30.5, field: query_length}}
        ---
        title: median
        correlation: {type: value_median, rules: [any], group-by: [dst_ip], timespan: 1m, condition: {gte: 30, field: query_length}}
        ---
        title: often both
        correlation: {type: event_count, rules: [both], group-by: [src_ip], timespan: 1h, condition: {gte: 2}}
        """;

    public static TheoryData<string> Captures { get; } =
    [
        .. new[] { "3cx-beacon.pcapng", "forwarder.pcapng", "queries-only.pcap", "responses-only.pcap", "tagged.pcap", "clean.pcap" },
        .. Directory.GetFiles(Path.Combine(TestPaths.Captures, "correlations"), "*.gz").Select(path => Path.Combine("correlations", Path.GetFileName(path))),
    ];

    [Theory]
    [MemberData(nameof(Captures))]
    public void A_capture_in_parts_with_a_restart_after_each_gives_the_same_alerts_as_in_one(string capture)
    {
        var rules = Rules();
        var packets = Read(Path.Combine(TestPaths.Captures, capture));
        foreach (var queue in new[] { 0, 1 << 14 })
        {
            var expected = new Run(rules, queue);
            packets.ForEach(expected.Process);
            var parts = new Run(rules, queue);
            var random = new Random(queue + packets.Count);
            var restarts = 0;
            foreach (var packet in packets)
            {
                parts.Process(packet);
                if (parts.HoldsNothing && random.Next(packets.Count) < 8)
                {
                    parts.Restart(rules);
                    restarts++;
                }
            }

            Assert.NotEqual(0, restarts);
            Assert.Equal(expected.End(), parts.End());
        }
    }

    [Theory]
    [InlineData("value_avg", "gte: 30")]
    [InlineData("value_median", "gte: 40")]
    [InlineData("value_percentile", "gte: 40, percentile: 60")]
    [InlineData("value_sum", "gte: 90")]
    [InlineData("event_count", "gte: 3")]
    public void What_became_true_in_the_lost_minute_has_the_same_id_when_it_becomes_true_again(string type, string condition)
    {
        var field = type == "event_count" ? "" : ", field: query_length";
        var rules = Load($$"""
            title: any
            name: any
            logsource: {category: dns}
            detection: {s: {query|contains: '.'}, condition: s}
            ---
            title: together
            id: 7a0c0de0-0000-4000-8000-000000000003
            correlation: {type: {{type}}, rules: [any], group-by: [src_ip], timespan: 10m, condition: { {{condition}}{{field}} } }
            """);
        var run = new Run(rules, 0);
        run.Process(Query(40, 0));
        run.Process(Query(10, 1));
        var saved = run.Save(Large, out _);
        run.Process(Query(60, 2));
        var before = run.IdsOf("together");

        // It was killed, and does not know the last one.
        run.Restart(rules, saved);
        run.Process(Query(63, 3));
        var after = run.IdsOf("together");

        Assert.Equal(before.Count + 1, after.Count);
        Assert.Equal(before[^1], after[^1]);
        Assert.Equal(before.Count, before.Distinct().Count());

        static KeptPacket Query(int length, int seconds)
        {
            const string Domain = ".example";
            var frame = Layers.Ethernet(Layers.Ipv4(Layers.Udp(DnsBytes.Query(new string((char)('a' + seconds), length - Domain.Length) + Domain, (ushort)seconds)), source: "192.0.2.11", destination: "192.0.2.53"));
            return new KeptPacket(frame, frame.Length, LinkType.Ethernet, PacketTime.FromNanoseconds(1_750_000_000_000_000_000 + (seconds * 1_000_000_000L)), seconds + 1);
        }
    }

    [Fact]
    public void Rules_are_recognised_whatever_their_order_and_what_is_gone_or_changed_is_dropped_and_counted()
    {
        var packets = Read(Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng"));
        var documents = Others.Split("\n---\n");
        var run = new Run(Load(Others), 0);
        packets.ForEach(run.Process);
        var (_, groups) = run.Restart(Load(Others));

        var reversed = run.Restart(Load(string.Join("\n---\n", documents.Reverse())));
        Assert.Equal((groups, 0L), (reversed.Groups, reversed.ChangedGroups));

        var changed = run.Restart(Load(Others.Replace("timespan: 2m", "timespan: 3m", StringComparison.Ordinal)));
        Assert.True(changed.ChangedGroups > 0);
        Assert.Equal(groups, changed.Groups + changed.ChangedGroups);
    }

    [Fact]
    public void What_does_not_fit_is_left_out_and_counted()
    {
        var packets = Read(Path.Combine(TestPaths.Captures, "correlations", "query_rate.pcap.gz"));
        var run = new Run(Rules(), 0);
        packets.ForEach(run.Process);
        var whole = run.Save(Large, out var all);
        var cut = run.Save(1, out var some);

        Assert.False(all.IsCut);
        Assert.Equal(0, all.GroupsLeft);
        Assert.True(some.IsCut);
        Assert.True(some.GroupsLeft > 0);
        Assert.Equal(all.Groups, some.Groups + some.GroupsLeft);
        Assert.True(cut.Length < whole.Length);
        Assert.Equal(some.Groups, run.Restart(Rules(), cut).Groups);
    }

    [Fact]
    public void A_sensor_with_less_room_than_before_takes_what_fits_and_counts_the_rest()
    {
        var packets = Read(Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng"));
        var run = new Run(Rules(), 0);
        packets.ForEach(run.Process);
        var saved = run.Save(Large, out var saving);

        var less = new Run(Rules(), 0, new DetectorOptions { MaximumLookups = 1, Correlations = new CorrelationLimits { MaximumGroups = 2 } });
        var restored = less.Restart(Rules(), saved);

        Assert.Equal((2L, saving.Groups - 2), (restored.Groups, restored.GroupsWithoutRoom));
        Assert.Equal(saving.Lookups, restored.Lookups + restored.LookupsWithoutRoom);
    }

    [Fact]
    public void A_state_cut_or_changed_anywhere_is_refused_or_read_but_never_breaks_the_worker()
    {
        var packets = Read(Path.Combine(TestPaths.Captures, "tagged.pcap"));
        var rules = Rules();
        var run = new Run(rules, 0);
        packets.ForEach(run.Process);
        var sound = run.Save(Large, out _);
        var expected = new Run(rules, 0);
        packets.ForEach(expected.Process);
        var alerts = expected.End();
        var refused = 0;
        var random = new Random(1);
        for (var tries = 0; tries < 150; tries++)
        {
            var place = random.Next(sound.Length);
            var changed = sound.ToArray();
            changed[place] ^= 0x81;
            refused += IsRefused(changed) ? 1 : 0;
            Assert.True(IsRefused(sound[..place]), $"cut at {place}");
        }

        Assert.NotEqual(0, refused);

        bool IsRefused(byte[] content)
        {
            var worker = new Run(rules, 0);
            var fault = Record.Exception(() => worker.Worker.Restore(new BinaryReader(new MemoryStream(content), Encoding.UTF8), Run.Source));
            Assert.True(fault is null or IOException or FormatException or ArgumentException, fault?.ToString());
            if (fault is not null && random.Next(20) == 0)
            {
                // It is as if nothing had been there.
                packets.ForEach(worker.Process);
                Assert.Equal(alerts, worker.End());
            }

            return fault is not null;
        }
    }

    [Fact]
    public void While_a_state_is_written_hits_go_on_and_all_that_was_there_before_is_in_it()
    {
        var rules = Rules();
        var packets = Read(Path.Combine(TestPaths.Captures, "correlations", "subdomains.pcap.gz"));
        var run = new Run(rules, 1 << 14);
        foreach (var packet in packets.Take(packets.Count / 2))
        {
            run.Process(packet);
        }

        var content = new MemoryStream();
        var saving = run.Worker.Save(Run.Source, Large);
        var next = packets.Count / 2;
        while (saving.WriteNext(content) is { } writing)
        {
            run.Process(packets[next++]);
            Run.WaitFor(writing);
        }

        Assert.True(next > (packets.Count / 2) + 2);
        Assert.Equal(saving.Groups, new Run(rules, 0).Restart(rules, content.ToArray()).Groups);
        Assert.NotEqual(0, saving.Groups);
    }

    private static LoadedRules Rules() => Shipped.Value;

    private static Lazy<LoadedRules> Shipped { get; } = new(() =>
    {
        using var folder = new TemporaryFolder();
        return LoadedRules.Load([TestPaths.AllRules, folder.Write("others.yml", Others)]);
    });

    private static LoadedRules Load(string text)
    {
        using var folder = new TemporaryFolder();
        var rules = LoadedRules.Load([folder.Write("rules.yml", text)]);
        Assert.Empty(rules.Diagnostics);
        return rules;
    }

    private static List<KeptPacket> Read(string path)
    {
        var packets = new List<KeptPacket>();
        using var reader = CaptureFileReader.Open(path);
        while (packets.Count < MostPackets && reader.TryReadBatch(out var batch))
        {
            foreach (var packet in batch)
            {
                packets.Add(new KeptPacket(packet.Data.ToArray(), packet.OriginalLength, packet.LinkType, packet.Time, packet.Number));
            }
        }

        return packets;
    }

    private sealed record KeptPacket(byte[] Data, int OriginalLength, LinkType LinkType, PacketTime Time, long Number);

    /// <summary>Workers one after the other, and the alerts of all.</summary>
    private sealed class Run
    {
        private readonly List<string> _alerts = [];
        private readonly List<(string Title, string Id)> _ids = [];
        private readonly DetectorOptions _options;

        public Run(LoadedRules rules, int queue, DetectorOptions? options = null)
        {
            _options = (options ?? new DetectorOptions()) with { CorrelationQueueLength = queue, TellsCorrelationEnds = true };
            Worker = Make(rules);
        }

        public static PacketSource Source { get; } = PacketSource.OfInterface("test");

        public Worker Worker { get; private set; }

        public bool HoldsNothing => Worker.HeldPackets == 0;

        public void Process(KeptPacket kept)
        {
            var packet = new Packet { Data = kept.Data, OriginalLength = kept.OriginalLength, LinkType = kept.LinkType, Time = kept.Time, Number = kept.Number };
            Worker.Process(packet, Source);
        }

        public byte[] Save(long maximumLength, out WorkerSaving saving)
        {
            var content = new MemoryStream();
            saving = Worker.Save(Source, maximumLength);
            while (saving.WriteNext(content) is { } writing)
            {
                WaitFor(writing);
            }

            return content.ToArray();
        }

        public static void WaitFor(Task writing) => writing.Wait(TestContext.Current.CancellationToken);

        public RestoredState Restart(LoadedRules rules, byte[]? state = null)
        {
            Worker.Suspend(Source);
            state ??= Save(Large, out _);
            Worker = Make(rules);
            return Worker.Restore(new BinaryReader(new MemoryStream(state), Encoding.UTF8), Source);
        }

        /// <summary>The ids of the alerts of a rule so far.</summary>
        public IReadOnlyList<string> IdsOf(string title)
        {
            lock (_alerts)
            {
                return [.. _ids.Where(alert => alert.Title == title).Select(alert => alert.Id)];
            }
        }

        /// <summary>Ends the source, and returns all alerts, in the order of their text.</summary>
        public IReadOnlyList<string> End()
        {
            Worker.FinishSource(Source);
            return [.. _alerts.Order(StringComparer.Ordinal)];
        }

        private Worker Make(LoadedRules rules) => new(rules, Take, detection: _options);

        private bool Take(Alert alert)
        {
            lock (_alerts)
            {
                if (alert.Correlation?.Extent is null)
                {
                    _ids.Add((alert.Rule.Title, alert.Id));
                }

                // What has yet to make the ids is no part of what is said.
                _alerts.Add(JsonSerializer.Serialize(alert with { Id = alert.Id, CommunityId = alert.CommunityId, Identity = null }));
            }

            return true;
        }
    }
}
