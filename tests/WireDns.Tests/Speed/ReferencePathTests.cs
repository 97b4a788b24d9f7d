using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Reading;
using WireDns.Tests.Conformance;
using WireDns.Tests.Running;
using WireDns.TestTraffic.Generation;
using WireDns.Wire.Net;

namespace WireDns.Tests.Speed;

/// <summary>The fast path finds what the slow and plain one finds: the same alerts, the same ledger.</summary>
public sealed class ReferencePathTests
{
    private static readonly string[] Values = [.. File.ReadLines(Path.Combine(TestPaths.Rules, "dns_query_win_malware_3cx_compromise.yml"))
        .Select(line => line.Trim())
        .Where(line => line.StartsWith("- '", StringComparison.Ordinal))
        .Select(line => line[3..^1])];

    [Fact]
    public void The_values_are_those_of_the_rule() => Assert.Equal(22, Values.Length);

    [Fact]
    public void On_the_shipped_captures_and_the_torture_set() => AssertSame(
        CapturePaths.Expand([TestPaths.Captures, Path.Combine(TestPaths.Captures, "torture")]).Files, Values, alerts: 141);

    [Fact]
    public void On_smaller_ones_of_both_captures_that_speed_is_measured_on()
    {
        using var folder = new TemporaryFolder();
        var request = new CaptureRequest(new CaptureBudget(40_000, IsInPackets: true), PlantedCount: 40, Seed: 1);
        CaptureGeneration.ToFile(new DnsCapture(), request, folder["dns.pcap"]);
        CaptureGeneration.ToFile(new SpanCapture(), request, folder["span.pcap"]);

        AssertSame([folder["dns.pcap"], folder["span.pcap"]], Values, alerts: 80);
    }

    // They have nothing to do with 3CX; their values are frequent ones.
    [Fact]
    public void On_the_public_captures() => AssertSame(
        [.. SharedCapture.All().Select(capture => capture.Path)], ["google", "ARPA", "example", ".net", "s3cret", "w"], alerts: 1000);

    private static void AssertSame(IReadOnlyList<string> captures, string[] values, int alerts)
    {
        using var folder = new TemporaryFolder();
        var rules = LoadedRules.Load([folder.Write("rule.yml", $"""
            title: The values in any name
            logsource:
                category: dns
            detection:
                selection:
                    query|contains: [{string.Join(", ", values.Select(value => $"'{value}'"))}]
                condition: selection
            """)]);
        var count = 0;
        foreach (var capture in captures)
        {
            var naive = new NaiveDetector(values);
            var slow = new Worker(naive);
            ReadPlainly(capture, slow);

            var found = new List<(long, string)>();
            var fast = new Worker(rules, alert =>
            {
                found.Add((alert.PacketNumber, alert.Message.QuestionName!));
                return true;
            });
            new FileRun(fast)
                .Read([capture], areMerged: false, TestContext.Current.CancellationToken);

            Assert.Equal((capture, string.Join('\n', naive.Alerts)), (capture, string.Join('\n', found)));
            Assert.Equal(LedgerText(capture, slow.Snapshot()), LedgerText(capture, fast.Snapshot()));
            count += found.Count;
        }

        Assert.True(count >= alerts, $"{count} alerts: too few to show anything");
        Assert.NotEmpty(captures);
    }

    // One packet per batch, with the smallest batch that there is.
    private static void ReadPlainly(string capture, Worker worker)
    {
        try
        {
            using var reader = CaptureFileReader.Open(capture);
            try
            {
                for (var batch = new PacketBatch(1); reader.TryReadBatch(batch); batch = new PacketBatch(1))
                {
                    for (var i = 0; i < batch.Count; i++)
                    {
                        worker.ProcessTheLongWay(batch[i], PacketSource.OfFile(capture));
                    }
                }
            }
            finally
            {
                worker.FinishSource(PacketSource.OfFile(capture));
            }
        }
        catch (CaptureFormatException)
        {
            // Another test checks its position; here what came before it counts.
        }
    }

    private static string LedgerText(string capture, RunCounters ledger) => string.Join('\n', ledger.Reasons()
        .Select(reason => reason.ToString())
        .Append($"{capture}: {ledger.Packets} {ledger.DnsPackets} {ledger.Messages} {ledger.Malformed} {ledger.Lookups}"));
}
