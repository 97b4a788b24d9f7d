using System.Globalization;
using System.Text.Json.Nodes;
using WireDns.Tests.Running;

namespace WireDns.Tests.Fleet;

/// <summary>Correlations of many sensors, over a topic of librdkafka's mock brokers: docs/fleet.md.</summary>
public sealed class CorrelateTests : IDisposable
{
    private const string Topic = "wiredns.signals";

    private const string Bases = """
        title: evil
        name: base_evil
        id: 11111111-0000-4000-8000-000000000001
        logsource: {category: dns}
        detection: {selection: {query|endswith: .evil.example.com}, condition: selection}
        level: low
        ---
        title: odd
        name: base_odd
        id: 11111111-0000-4000-8000-000000000002
        logsource: {category: dns}
        detection: {selection: {query|endswith: .odd.example.com}, condition: selection}
        level: low
        ---
        title: answered
        name: base_answered
        id: 11111111-0000-4000-8000-000000000003
        logsource: {category: dns}
        detection: {selection: {dns.resolved_ip|cidr: 198.51.100.0/24}, condition: selection}
        level: low
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly List<RunningProgram> _members = [];
    private MockBrokers? _brokers;

    public void Dispose()
    {
        _members.ForEach(member => member.Dispose());
        _brokers?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Two_members_find_what_one_merged_stream_gives_though_one_is_killed_on_the_way()
    {
        _brokers = MockBrokers.Start(Topic);
        var rules = _folder.Write("rules.yml", string.Join("\n---\n",
            Bases,
            Correlation(11, "event_count", "base_evil", "src_ip", "1m", "gte: 4"),
            Correlation(12, "value_count", "base_evil", "src_ip", "90s", "gte: 4, field: query"),
            Correlation(13, "temporal", "base_evil, base_odd", "src_ip", "30s"),
            Correlation(14, "temporal_ordered", "base_odd, base_evil, base_answered", "src_ip", "30s"),
            Correlation(15, "value_count", "base_answered", "dns.resolved_ip", "40s", "gte: 5, field: src_ip"),
            Correlation(16, "event_count", "base_odd", "", "1m", "gte: 30"),
            Correlation(17, "event_count", "base_odd", "query, src_ip", "5m", "gte: 3", "name: inner"),
            Correlation(18, "event_count", "inner", "src_ip", "5m", "gte: 2")));
        var captures = Traffic();
        HashSet<string> first = [.. Ids(Product.Run("read", captures[0], captures[1], "--merge", "-r", rules, "-f", "ecs", "-q").Output.Lines)];
        var merged = Product.Run(["read", .. captures, "--merge", "-r", rules, "-f", "ecs", "-q", "--correlation-ends", "yes"]).Output.Lines;
        HashSet<string> all = [.. Ids(merged).Where(id => !IsEnd(id))];

        // Each but the inner one, which is silent.
        Assert.Equal(7, merged.Select(line => (string)JsonNode.Parse(line)!["rule"]!["id"]!).Distinct().Count());
        Assert.True(first.Count > 20 && all.Count > first.Count + 20, $"{first.Count} and {all.Count} alerts");

        var killed = StartMember(rules);
        var other = StartMember(rules);
        killed.Error.WaitFor(line => line.Contains("partitions taken", StringComparison.Ordinal), RunningProgram.Patience);
        other.Error.WaitFor(line => line.Contains("partitions taken", StringComparison.Ordinal), RunningProgram.Patience);
        Send(rules, captures[0], captures[1]);
        WaitFor(first);
        Assert.NotEmpty(Ids(Whole(killed.Output.Text)));
        killed.Kill();
        Send(rules, captures[2], captures[3]);
        WaitFor(all);

        other.Signal(RunningProgram.Terminate);
        Assert.True(other.WaitForEnd() == 0, other.Error.Text);
        Assert.Equal(all.Order(), Raised().Where(id => !IsEnd(id)).Order());

        // Ends are told when a later signal of the partition comes, and their beginning is known.
        var ends = Ends(merged);
        var told = Ends(_members.SelectMany(member => Whole(member.Output.Text)));
        Assert.Empty(told.Except(ends));
        Assert.True(told.Count > ends.Count / 2, $"{told.Count} of {ends.Count} ends");
    }

    [Fact]
    public void The_next_run_goes_on_with_what_was_counted_and_raises_nothing_again()
    {
        _brokers = MockBrokers.Start(Topic);
        var rules = _folder.Write("rules.yml", $"{Bases}\n---\n{Correlation(11, "event_count", "base_evil", "src_ip", "1m", "gte: 4")}");
        var changed = _folder.Write("changed.yml", $"{Bases}\n---\n{Correlation(11, "event_count", "base_evil", "src_ip", "1m", "gte: 5")}");
        var others = _folder.Write("others.yml", $"{Bases}\n---\n{Correlation(21, "event_count", "base_odd", "src_ip", "1m", "gte: 4")}");
        var before = Write("before.pcap", (10, 9, "a"), (11, 9, "b"), (12, 9, "c"), (20, 8, "a"), (21, 8, "b"), (22, 8, "c"));
        SendSignals(rules, "a", before);
        SendSignals(rules, "a", before); // a spool that is sent twice after a crash
        SendSignals(changed, "b", Write("changed.pcap", (23, 8, "d")));
        SendSignals(others, "c", _folder.Write("other.pcap", new LookupCapture().Query(8, "x.odd.example.com").Bytes));
        Assert.Equal(0, Product.Run("read", before, "--log-dns", $"kafka://{_brokers.Address}/{Topic}").ExitStatus);

        var (aside, ledgerFile) = (_folder["aside.json"], _folder["ledger.json"]);
        var run = StartMember(rules, "--aside", aside, "--ledger-file", ledgerFile);
        run.Output.WaitFor(line => line.Contains("192.0.2.8", StringComparison.Ordinal), RunningProgram.Patience);
        run.Signal(RunningProgram.Terminate);
        Assert.True(run.WaitForEnd() == 0, run.Error.Text);
        Assert.Single(run.Output.Lines);
        Assert.Matches(@"signals +14 ", run.Error.Text);
        Assert.Matches(@"of lookups that were counted +6 ", run.Error.Text);
        Assert.Matches(@"of unknown correlations or rules +1 ", run.Error.Text);
        Assert.Matches(@"of correlations that differ +1 ", run.Error.Text);
        Assert.Contains("the rules of sensor b differ", run.Error.Text, StringComparison.Ordinal);
        Assert.Contains("sensor c sends signals of correlation", run.Error.Text, StringComparison.Ordinal);
        Assert.Matches(@"bad records +6 ", run.Error.Text);
        Assert.Equal(6, File.ReadLines(aside).Count(line => (string?)JsonNode.Parse(line)!["reason"] == "it is no signal"));

        var ledger = JsonNode.Parse(File.ReadAllText(ledgerFile))!["ledger"]!;
        Assert.Equal((14, 6, 1, 1, 6, 1), ((int)ledger["signals"]!, (int)ledger["of_counted_lookups"]!, (int)ledger["unknown"]!, (int)ledger["of_other_rules"]!, (int)ledger["bad_records"]!, (int)ledger["correlation_alerts"]!));
        Assert.Equal(1, (int)ledger["sinks"]![0]!["delivered"]!);

        var next = StartMember(rules);
        next.Error.WaitFor(line => line.Contains("partitions taken", StringComparison.Ordinal), RunningProgram.Patience);
        SendSignals(rules, "a", Write("after.pcap", (40, 9, "d")));
        next.Output.WaitFor(line => line.Contains("192.0.2.9", StringComparison.Ordinal), RunningProgram.Patience);
        SendSignals(rules, "a", Write("late.pcap", (30, 9, "e")));
        SendSignals(rules, "a", Write("last.pcap", (200, 9, "f"), (201, 9, "g"), (202, 9, "h"), (203, 9, "i")));
        next.Output.WaitFor(line => line.Contains("192.0.2.9", StringComparison.Ordinal), RunningProgram.Patience, 3);
        next.Signal(RunningProgram.Terminate);
        Assert.True(next.WaitForEnd() == 0, next.Error.Text);
        Assert.Matches(@"read again +\d", next.Error.Text);
        Assert.Matches(@"  late +1 ", next.Error.Text);

        // The clients 8 and 9 had been quiet for a minute when the last file came; of 8 only this is new.
        Assert.Equal(2, Ids(next.Output.Lines).Count(IsEnd));
        Assert.Equal(2, Ids(next.Output.Lines).Count(id => !IsEnd(id)));
        Assert.Matches(@"ends of correlations +2\b", next.Error.Text);
        Assert.True(IsEnd(Ids(next.Output.Lines.Where(line => line.Contains("192.0.2.8", StringComparison.Ordinal))).Single()));

        // This one begins to read too late to know since when it was true for 9.
        var last = StartMember(rules);
        last.Error.WaitFor(line => line.Contains("partitions taken", StringComparison.Ordinal), RunningProgram.Patience);
        SendSignals(rules, "a", Write("end.pcap", (400, 9, "j"), (401, 9, "k"), (402, 9, "l"), (403, 9, "m")));
        last.Output.WaitFor(line => line.Contains("192.0.2.9", StringComparison.Ordinal), RunningProgram.Patience);
        last.Signal(RunningProgram.Terminate);
        Assert.True(last.WaitForEnd() == 0, last.Error.Text);
        Assert.False(IsEnd(Ids(last.Output.Lines).Single()));
        Assert.Matches(@"ends of correlations not told +1 ", last.Error.Text);
    }

    [Theory]
    [InlineData("--delay 9 --idle 3", "--idle is the longest that a signal waits")]
    [InlineData("-o parquet:log", "writes no log of lookups")]
    public void What_cannot_be_is_refused(string flags, string reason)
    {
        var run = Product.Run(["correlate", "--from", $"kafka://127.0.0.1:1/{Topic}", "-r", TestPaths.Rules, .. flags.Split(' ')]);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(reason, run.Error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retention.ms=3599999 cleanup.policy=delete", "the topic keeps records for 0:59:59.999, and correlation 11 looks back 1h")]
    [InlineData("retention.ms=-1 cleanup.policy=compact", "the topic is compacted")]
    public void A_topic_that_does_not_keep_what_is_read_again_is_refused(string settings, string reason)
    {
        MockBrokers.SkipWithoutLibrary();
        Assert.SkipUnless(RunningProgram.IsInstalled("python3"), "needs python3, which is the broker");
        using var broker = RunningProgram.Start("python3", [Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Fleet", "describing-broker.py"), Topic, .. settings.Split(' ')]);
        var address = broker.Output.WaitFor(_ => true, RunningProgram.Patience)[0];
        var rules = _folder.Write("rules.yml", $"{Bases}\n---\n{Correlation(11, "event_count", "base_evil", "src_ip", "1h", "gte: 4")}");
        var run = Product.Run("correlate", "--from", $"kafka://{address}/{Topic}", "-r", rules);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(reason, run.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Signals_of_several_files_need_one_stream()
    {
        var (one, other) = (Write("a.pcap", (1, 8, "a")), Write("b.pcap", (1, 8, "b")));
        var run = Product.Run("read", one, other, "-r", TestPaths.Rules, "--signals", $"kafka://127.0.0.1:1/{Topic}");

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("--signals of several files need --merge", run.Error.Text, StringComparison.Ordinal);
    }

    private static string Correlation(int number, string type, string rules, string groupBy, string timespan, string condition = "", string more = "") => $$"""
        title: correlation {{number}}
        id: 22222222-0000-4000-8000-0000000000{{number}}
        {{(more.Length == 0 ? "status: test" : more)}}
        correlation:
            type: {{type}}
            rules: [{{rules}}]
            {{(groupBy.Length == 0 ? "" : $"group-by: [{groupBy}]")}}
            timespan: {{timespan}}
            {{(condition.Length == 0 ? "" : $"condition: {{{condition}}}")}}
        level: high
        """;

    private static bool IsEnd(string id) => id.EndsWith("-end", StringComparison.Ordinal);

    // The ends of correlations with their extents, without those at the end of the input.
    private static HashSet<string> Ends(IEnumerable<string> lines) =>
    [
        .. lines.Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!).Where(alert => IsEnd((string)alert["event"]!["id"]!))
            .Where(alert => (string?)alert["wiredns"]!["correlation"]!["extent"]!["cause"] != "input_end")
            .Select(alert => $"{alert["event"]!["id"]} {alert["wiredns"]!["correlation"]!["extent"]!.ToJsonString()}"),
    ];

    private static List<string> Ids(IEnumerable<string> lines) => [.. lines.Where(line => line.Length > 0).Select(line => (string)JsonNode.Parse(line)!["event"]!["id"]!)];

    /// <summary>What two sensors see in ten minutes, the first five and the last five in files of their own: a1, b1, a2, b2.</summary>
    private string[] Traffic()
    {
        var random = new Random(20261127);
        var captures = new[] { new LookupCapture(), new LookupCapture(), new LookupCapture(), new LookupCapture() };
        var times = new double[4];
        for (var lookup = 0; lookup < 1600; lookup++)
        {
            var time = lookup * 0.375;
            var index = (lookup < 800 ? 0 : 2) + random.Next(2);
            var client = (byte)random.Next(1, 25);
            var capture = captures[index].Wait(time - times[index]);
            times[index] = time;
            var name = string.Create(CultureInfo.InvariantCulture, $"n{random.Next(12)}");
            _ = random.Next(5) switch
            {
                0 => capture.Query(client, $"{name}.evil.example.com"),
                1 => capture.Query(client, $"{name}.ODD.example.com"),
                2 => capture.Lookup(client, $"{name}.answer.example", $"198.51.100.{random.Next(1, 6)}", $"198.51.100.{random.Next(6, 9)}"),
                3 => capture.Lookup(client, $"{name}.evil.example.com", $"198.51.100.{random.Next(1, 9)}"),
                _ => capture.Query(client, "www.example.org"),
            };
        }

        return [.. captures.Select((capture, index) => _folder.Write($"{index}.pcap", capture.Bytes))];
    }

    private string Write(string name, params (double Time, byte Client, string Label)[] queries)
    {
        var capture = new LookupCapture();
        var now = 0.0;
        foreach (var (time, client, label) in queries)
        {
            capture.Wait(time - now).Query(client, $"{label}.evil.example.com");
            now = time;
        }

        return _folder.Write(name, capture.Bytes);
    }

    private RunningProgram StartMember(string rules, params string[] more)
    {
        var member = Product.Start(["correlate", "--from", $"kafka://{_brokers!.Address}/{Topic}", "-r", rules, "-f", "ecs", "--delay", "1", "--idle", "2", .. more]);
        _members.Add(member);
        return member;
    }

    // While nobody reads, so that it does not matter how far the sensors are apart in time.
    private void Send(string rules, string first, string second)
    {
        _members.Where(member => !member.HasEnded).ToList().ForEach(member => member.Signal(RunningProgram.Stop));
        SendSignals(rules, "a", first);
        SendSignals(rules, "b", second);
        _members.Where(member => !member.HasEnded).ToList().ForEach(member => member.Signal(RunningProgram.Continue));
    }

    private void SendSignals(string rules, string sensor, string capture)
    {
        var run = Product.Run("read", capture, "-r", rules, "--signals", $"kafka://{_brokers!.Address}/{Topic},sensor={sensor}");
        Assert.True(run.ExitStatus == 0, run.Error.Text);
        Assert.Empty(run.Output.Text);
    }

    private HashSet<string> Raised() => [.. _members.SelectMany(member => Ids(Whole(member.Output.Text)))];

    // A member that was killed may have left half of a line.
    private static string[] Whole(string text) => text[..(text.LastIndexOf('\n') + 1)].Split('\n');

    private void WaitFor(HashSet<string> expected)
    {
        var start = DateTime.UtcNow;
        while (!expected.IsSubsetOf(Raised()))
        {
            Assert.True(DateTime.UtcNow - start < RunningProgram.Patience, $"{expected.Except(Raised()).Count()} of {expected.Count} are missing\n{string.Join('\n', _members.Select(member => member.Error.Text))}");
            Thread.Sleep(50);
        }
    }
}
