using System.Buffers;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Formats;
using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Reading;
using WireDns.Tests.Conformance;
using WireDns.Tests.Detection;
using WireDns.Tests.Running;
using WireDns.Tests.Sensor;
using WireDns.TestTraffic.Generation;
using WireDns.Wire.Net;

namespace WireDns.Tests.Speed;

/// <summary>
/// The short way of a packet (<see cref="Worker.Look"/>) has the results of the long way, layer by layer: the same alerts, octet by octet, and the same
/// ledger, with one thread and with several.
/// </summary>
public sealed class ShortWayTests
{
    [Theory]
    [InlineData("rules/sigmahq", 60)]
    [InlineData("rules", 100)]
    [InlineData("../shared/sigma/rules", 100)]
    public void On_the_shipped_captures_and_the_torture_set(string rules, int alerts) => AssertSame(
        rules, CapturePaths.Expand([TestPaths.Captures, Path.Combine(TestPaths.Captures, "torture")]).Files, alerts);

    [Theory]
    [InlineData("rules/sigmahq", 0)]
    [InlineData("rules", 9)]
    [InlineData("../shared/sigma/rules", 100)]
    public void On_the_public_captures(string rules, int alerts) =>
        AssertSame(rules, [.. SharedCapture.All().Select(capture => capture.Path)], alerts);

    [Theory]
    [InlineData("rules/sigmahq", 80)]
    [InlineData("rules", 80)]
    [InlineData("../shared/sigma/rules", 0)]
    public void On_smaller_ones_of_both_captures_that_speed_is_measured_on(string rules, int alerts)
    {
        using var folder = new TemporaryFolder();
        var request = new CaptureRequest(new CaptureBudget(40_000, IsInPackets: true), PlantedCount: 40, Seed: 1);
        CaptureGeneration.ToFile(new DnsCapture(), request, folder["dns.pcap"]);
        CaptureGeneration.ToFile(new SpanCapture(), request, folder["span.pcap"]);

        AssertSame(rules, [folder["dns.pcap"], folder["span.pcap"]], alerts);
    }

    /// <summary>Of lookups whose answers can only be addresses, the queries are noted and the responses are passed over.</summary>
    [Theory]
    [InlineData("selection:\n  answer|contains: [www, ns, host, mail, tunnel, gw]\ncondition: selection", 100)]
    [InlineData("selection:\n  record_type: [TXT, CNAME]\n  answer|contains: [www, ns, host, mail, tunnel, gw]\ncondition: selection", 50)]
    [InlineData("selection:\n  query|contains: [www, mail, cdn, api]\n  answer|contains: [ns, host, tunnel, gw, edge, www, com]\ncondition: selection", 50)]
    [InlineData("selection:\n  dns.answers.type: [TXT, CNAME, SOA, 'TYPE*']\n  answer|re: '.{12}'\ncondition: selection", 50)]
    public void Where_rules_look_for_what_is_no_address_in_answers(string detection, int alerts)
    {
        using var folder = new TemporaryFolder();
        var rules = LoadedRules.Load([folder.Write("rule.yml", RuleText.With(detection)), TestPaths.Rules]);
        CaptureGeneration.ToFile(new DnsCapture(), new CaptureRequest(new CaptureBudget(40_000, IsInPackets: true), PlantedCount: 40, Seed: 1), folder["dns.pcap"]);

        Assert.NotNull(new Detector(rules, _ => true).UnwantedNames?.Responses);
        AssertSame(
            rules,
            [folder["dns.pcap"], .. CapturePaths.Expand([TestPaths.Captures, Path.Combine(TestPaths.Captures, "torture")]).Files, .. SharedCapture.All().Select(capture => capture.Path)],
            alerts);
    }

    [Theory]
    [InlineData("selection:\n  answer|contains: [www, '192.0']\ncondition: selection")]
    [InlineData("selection:\n  answer|contains: [cafe]\ncondition: selection")]
    [InlineData("selection:\n  record_type: [TXT, aaaa]\ncondition: selection")]
    [InlineData("selection:\n  dns.answers.type|cased: [TXT]\ncondition: selection")]
    [InlineData("selection:\n  dns.resolved_ip|cidr: 192.0.2.0/24\ncondition: selection")]
    [InlineData("selection:\n  rcode_name: NXDOMAIN\ncondition: selection")]
    [InlineData("selection:\n  answer|contains: www\nfilter:\n  rcode_name: NXDOMAIN\ncondition: selection or not filter")]
    public void No_response_is_passed_over_where_rules_look_for_more(string detection)
    {
        using var folder = new TemporaryFolder();
        var rules = LoadedRules.Load([folder.Write("rule.yml", RuleText.With(detection))]);

        Assert.Null(new Detector(rules, _ => true).UnwantedNames);
    }

    private static void AssertSame(string rulePath, IReadOnlyList<string> captures, int leastAlerts)
    {
        var path = Path.Combine(TestPaths.Root, rulePath);
        Assert.SkipUnless(Directory.Exists(path), $"needs {rulePath}");
        AssertSame(LoadedRules.Load([path]), captures, leastAlerts);
    }

    private static void AssertSame(LoadedRules rules, IReadOnlyList<string> captures, int leastAlerts)
    {
        var count = 0;
        foreach (var capture in captures)
        {
            var expected = new Results(rules);
            ReadTheLongWay(capture, expected.Worker);
            count += expected.AlertCount;
            foreach (var threads in ThreadCountsFor(capture))
            {
                var found = new Results(rules);
                new FileRun(found.Worker, threads, onFailure: _ => { }).Read([capture], areMerged: false, TestContext.Current.CancellationToken);
                AssertSame(expected.Ledger, found.Ledger, $"{capture}, {threads} threads");
                AssertSame(expected.Alerts, found.Alerts, $"{capture}, {threads} threads");
            }
        }

        Assert.True(count >= leastAlerts, $"{count} alerts: too few to show anything");
        Assert.NotEmpty(captures);
    }

    private static void AssertSame(IReadOnlyList<string> expected, IReadOnlyList<string> found, string place) => Assert.True(
        expected.SequenceEqual(found),
        $"{place}:\n- {string.Join("\n- ", expected.Except(found))}\n+ {string.Join("\n+ ", found.Except(expected))}");

    // A file of one batch is read alike by two threads and by eight.
    private static int[] ThreadCountsFor(string capture) => new FileInfo(capture).Length > PacketBatch.DefaultBufferSize ? [1, 2, 8] : [1, 8];

    private static void ReadTheLongWay(string capture, Worker worker)
    {
        var source = new FileSource(capture, 0);
        var last = PacketSource.OfFile("");
        try
        {
            using var reader = CaptureFileReader.Open(capture);
            last = source.Of(reader.Interfaces);
            try
            {
                while (reader.TryReadBatch(out PacketBatch batch))
                {
                    last = source.Of(batch.Interfaces);
                    foreach (var packet in batch)
                    {
                        worker.ProcessTheLongWay(packet, last);
                    }
                }
            }
            finally
            {
                worker.FinishSource(last);
            }
        }
        catch (CaptureFormatException)
        {
            // What came before the damage counts; another test checks its place.
        }
    }

    private sealed class Results
    {
        private readonly List<string> _alerts = [];
        private readonly EcsFormat _format = new("sensor", "1.0", new ManualClock());

        public Results(LoadedRules rules) => Worker = new Worker(rules, Add);

        public Worker Worker { get; }

        public int AlertCount { get; private set; }

        public IReadOnlyList<string> Alerts => _alerts;

        public IReadOnlyList<string> Ledger
        {
            get
            {
                var counters = Worker.Snapshot();
                return [
                    .. counters.All().Select(counter => $"{counter}"),
                    .. counters.Reasons().Select(reason => $"{reason}"),
                    .. counters.Places.Select(place => $"{place}"),
                    .. counters.EncryptedDns.Select(traffic => $"{traffic}")];
            }
        }

        private bool Add(Alert alert)
        {
            AlertCount++;
            var octets = new ArrayBufferWriter<byte>();
            _format.Write(alert, octets);
            _alerts.Add(Encoding.UTF8.GetString(octets.WrittenSpan));
            return true;
        }
    }
}
