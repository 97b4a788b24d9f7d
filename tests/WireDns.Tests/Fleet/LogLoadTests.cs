using System.Globalization;
using System.Text.Json.Nodes;
using WireDns.Tests.Logging;
using WireDns.Tests.Running;

namespace WireDns.Tests.Fleet;

/// <summary>The DNS log of many sensors over a topic of librdkafka's mock brokers: docs/fleet.md.</summary>
public sealed class LogLoadTests : IDisposable
{
    private const string Topic = "wiredns.dns";

    private readonly TemporaryFolder _folder = new();
    private readonly List<RunningProgram> _runs = [];
    private MockBrokers? _brokers;

    public void Dispose()
    {
        _runs.ForEach(run => run.Dispose());
        _brokers?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Hunting_in_what_was_loaded_gives_the_alerts_of_the_first_run_with_the_same_ids()
    {
        _brokers = MockBrokers.Start(Topic);
        string[] captures = [.. Directory.GetFiles(TestPaths.Captures).Where(file => file.Contains(".pcap", StringComparison.Ordinal) && !file.EndsWith(".jsonl", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        var expected = Ids(Product.Run(["read", .. captures, "-r", TestPaths.AllRules, "-f", "ecs", "-q"]));
        Assert.True(expected.Count > 100, $"{expected.Count} alerts");
        var sent = Send("tap-1", captures[..(captures.Length / 2)]) + Send("tap-2", captures[(captures.Length / 2)..]);
        Assert.Equal(["tap-1", "tap-2"], _brokers.ReadTopic().Select(record => record.Key).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(0, Product.Run("read", captures[0], "--log-dns", $"kafka://{_brokers.Address}/{Topic}").ExitStatus); // another format
        var bad = _brokers.ReadTopic().Count - sent;

        var run = Load("age=1s", "--aside", _folder["aside.json"]);
        WaitForRows(sent);
        run.Signal(RunningProgram.Terminate);
        Assert.True(run.WaitForEnd() == 0, run.Error.Text);

        Assert.Matches(string.Create(CultureInfo.InvariantCulture, $"lookups +{sent:N0} "), run.Error.Text);
        Assert.Matches(string.Create(CultureInfo.InvariantCulture, $"bad records +{bad:N0} "), run.Error.Text);
        Assert.DoesNotContain("not kept", run.Error.Text, StringComparison.Ordinal);
        Assert.Equal(bad, File.ReadLines(_folder["aside.json"]).Count(line => (string?)JsonNode.Parse(line)!["reason"] == "it is no lookup of a DNS log"));
        var hunted = Product.Run("hunt", _folder["log"], "-r", TestPaths.AllRules, "-f", "ecs");
        Assert.Equal(0, hunted.ExitStatus);
        Assert.Equal(expected, Ids(hunted));
    }

    [Fact]
    public void Kill_9_again_and_again_gives_each_row_once()
    {
        _brokers = MockBrokers.Start(Topic);
        var sent = 0L;
        for (var sensor = 0; sensor < 5; sensor++)
        {
            var capture = new LookupCapture();
            for (var lookup = 0; lookup < 1500; lookup++)
            {
                capture.Wait(0.01).Query((byte)(lookup % 200), string.Create(CultureInfo.InvariantCulture, $"n{lookup}.s{sensor}.example"));
            }

            sent += Send(string.Create(CultureInfo.InvariantCulture, $"s{sensor}"), _folder.Write($"{sensor}.pcap", capture.Bytes));
        }

        for (var round = 0; round < 4; round++)
        {
            var killed = Load("rows=300,group=50");
            // The last file of each partition stays open until another record comes, and a loader may be so fast that nothing else is left.
            WaitForRows(Math.Min(Rows().Count + 1000, sent - (4 * 300)));
            killed.Kill();
        }

        var run = Load("rows=300,group=50,age=1s");
        WaitForRows(sent);
        run.Signal(RunningProgram.Terminate);
        Assert.True(run.WaitForEnd() == 0, run.Error.Text);
        Assert.Contains("of them after what", run.Error.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("missing", run.Error.Text, StringComparison.Ordinal);
        Assert.Equal(
            Enumerable.Range(0, 5).SelectMany(sensor => Enumerable.Range(0, 1500).Select(lookup => string.Create(CultureInfo.InvariantCulture, $"n{lookup}.s{sensor}.example"))).Order(StringComparer.Ordinal),
            Rows().Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(_folder["log"], ".*.open", SearchOption.AllDirectories));

        // All is loaded: the next run has nothing to do, and another at the same time is refused.
        var idle = Load("age=1s");
        idle.Error.WaitFor(line => line.Contains("4 partitions taken", StringComparison.Ordinal), RunningProgram.Patience);
        var second = Product.Run("log", "load", "--from", $"kafka://{_brokers.Address}/{Topic}", "-o", $"parquet:{_folder["log"]}");
        Assert.Equal(2, second.ExitStatus);
        Assert.Contains("another run loads this topic into it", second.Error.Text, StringComparison.Ordinal);
        idle.Signal(RunningProgram.Terminate);
        Assert.Equal(0, idle.WaitForEnd());
        Assert.Matches("lookups +0 ", idle.Error.Text);
        Assert.Equal(sent, Rows().Count);
    }

    [Fact]
    public void SIGTERM_writes_what_is_open()
    {
        _brokers = MockBrokers.Start(Topic);
        Send("s", _folder.Write("a.pcap", new LookupCapture().Query(1, "a.example").Query(2, "b.example").Bytes));
        var run = Load("age=7d");
        WaitForReport(run, "lookups +2 ");
        Assert.Empty(Rows());
        run.Signal(RunningProgram.Terminate);
        Assert.True(run.WaitForEnd() == 0, run.Error.Text);
        Assert.Equal(["a.example", "b.example"], Rows().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_full_disk_is_said_and_at_the_end_too()
    {
        using var disk = TestDisk.Mount(24);
        _brokers = MockBrokers.Start(Topic);
        var capture = new LookupCapture();
        for (var lookup = 0; lookup < 2000; lookup++)
        {
            capture.Query((byte)(lookup % 200), $"{Guid.NewGuid():N}.example");
        }

        var sent = Send("s", _folder.Write("a.pcap", capture.Bytes));
        var run = Load("group=100", $"parquet:{disk.Folder}");
        run.Error.WaitFor(line => line.Contains("no space left on the device: records wait in the topic until it can be written", StringComparison.Ordinal), RunningProgram.Patience);
        run.Signal(RunningProgram.Terminate);
        Assert.Equal(1, run.WaitForEnd());
        Assert.Contains("what was open is not written, as no space left on the device: the next run reads its records again", run.Error.Text, StringComparison.Ordinal);

        var next = Load("group=100,age=1s", $"parquet:{disk.Folder}");
        next.Error.WaitFor(line => line.Contains("records wait in the topic", StringComparison.Ordinal), RunningProgram.Patience);
        disk.Remount("size=16m");
        next.Error.WaitFor(line => line.Contains("it is written again", StringComparison.Ordinal), RunningProgram.Patience);
        WaitForRows(sent, disk.Folder);
        next.Signal(RunningProgram.Terminate);
        Assert.Equal(0, next.WaitForEnd());
        Assert.Equal(sent, Rows(disk.Folder).Distinct().Count());
    }

    [Fact]
    public void While_no_broker_is_there_it_waits_and_says_so()
    {
        MockBrokers.SkipWithoutLibrary();
        using var waiting = Product.Start("log", "load", "--from", $"kafka://127.0.0.1:1/{Topic}", "-o", $"parquet:{_folder["log"]}");
        waiting.Error.WaitFor(line => line.StartsWith($"wiredns: kafka://127.0.0.1:1/{Topic}: no broker", StringComparison.Ordinal), RunningProgram.Patience);
        waiting.Signal(RunningProgram.Terminate);
        Assert.Equal(0, waiting.WaitForEnd());
    }

    [Theory]
    [InlineData("kafka://127.0.0.1:1", "parquet:log", "kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC was expected")]
    [InlineData("kafka://127.0.0.1:1/t,group=a", "parquet:log", "group")]
    [InlineData("kafka://127.0.0.1:1/t", "log", "parquet:DIR was expected")]
    [InlineData("kafka://127.0.0.1:1/t", "parquet:", "a folder was expected")]
    [InlineData("kafka://127.0.0.1:1/t", "parquet:log,sensor=a", "sensor")]
    [InlineData("kafka://127.0.0.1:1/t", "parquet:log,age=0s", "at least 1s was expected")]
    [InlineData("kafka://127.0.0.1:1/t", "parquet:/dev/null/log", "it cannot be written")]
    [InlineData("kafka://127.0.0.1:1/ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt", "parquet:log", "at most 150 characters")]
    public void What_cannot_be_is_refused(string from, string output, string reason)
    {
        var run = Product.Run("log", "load", "--from", from, "-o", output);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(reason, run.Error.Text, StringComparison.Ordinal);
    }

    private RunningProgram Load(string settings, params string[] more)
    {
        var output = more.Length > 0 && more[0].StartsWith("parquet:", StringComparison.Ordinal) ? more[0] : $"parquet:{_folder["log"]}";
        var run = Product.Start(["log", "load", "--from", $"kafka://{_brokers!.Address}/{Topic}", "-o", $"{output},{settings}", .. more.Where(flag => flag != output)]);
        _runs.Add(run);
        return run;
    }

    // How many lookups a sensor has sent.
    private long Send(string sensor, params string[] captures)
    {
        var before = _brokers!.ReadTopic().Count;
        var run = Product.Run(["read", .. captures, "--log-dns", $"kafka://{_brokers.Address}/{Topic},format=log,sensor={sensor}"]);
        Assert.True(run.ExitStatus == 0, run.Error.Text);
        return _brokers.ReadTopic().Count - before;
    }

    private void WaitForRows(long count, string? folder = null)
    {
        var start = DateTime.UtcNow;
        while (Rows(folder).Count < count)
        {
            Assert.True(DateTime.UtcNow - start < RunningProgram.Patience, $"{Rows(folder).Count} of {count} rows\n{string.Join('\n', _runs.Select(run => run.Error.Text))}");
            Thread.Sleep(50);
        }
    }

    private static void WaitForReport(RunningProgram run, string line)
    {
        var start = DateTime.UtcNow;
        while (!System.Text.RegularExpressions.Regex.IsMatch(run.Error.Text, line))
        {
            Assert.True(DateTime.UtcNow - start < RunningProgram.Patience, run.Error.Text);
            run.Error.WaitFor(text => text.Contains("partitions taken", StringComparison.Ordinal), RunningProgram.Patience);
            run.Signal(RunningProgram.User1);
            Thread.Sleep(50);
        }
    }

    private List<string> Rows(string? folder = null) => LoggedLookups.NamesIn(folder ?? _folder["log"]);

    private static List<string> Ids(ProgramResult run) => [.. run.Output.Lines.Select(line => (string)JsonNode.Parse(line)!["event"]!["id"]!).Order(StringComparer.Ordinal)];
}
