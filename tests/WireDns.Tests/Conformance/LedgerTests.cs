namespace WireDns.Tests.Conformance;

/// <summary>The ledger accounts for every packet of every capture, once, and for every counter that has reasons.</summary>
public sealed class LedgerTests
{
    // Counters whose reasons are given; each reason's numbers add up to the counter.
    private static readonly string[] Reasoned = ["not_dns", "undecodable", "incomplete_packets", "malformed", "incomplete"];

    [Fact]
    public void The_sum_holds_on_every_torture_capture() =>
        AssertAllBalance(Directory.EnumerateFiles(Path.Combine(TestPaths.Captures, "torture")).Where(IsCapture), 592);

    [Fact]
    public void The_sum_holds_on_every_public_capture() => AssertAllBalance(SharedCapture.All().Select(capture => capture.Path), 125);

    [Fact]
    public void The_sum_holds_on_every_capture_of_the_field() =>
        AssertAllBalance(Directory.EnumerateFiles(TestPaths.Shared(Path.Combine("field", "wire"))).Where(IsCapture), 37);

    private static bool IsCapture(string path) => !path.EndsWith(".json", StringComparison.Ordinal)
        && !path.EndsWith(".tsv", StringComparison.Ordinal) && !path.EndsWith(".md", StringComparison.Ordinal)
        && !path.EndsWith(".yml", StringComparison.Ordinal);

    private static void AssertAllBalance(IEnumerable<string> paths, int number)
    {
        var files = paths.ToList();
        Assert.Equal(number, files.Count);
        Assert.All(files, path =>
        {
            var run = DecodeRun.Of(path);
            Assert.Equal(run["packets"], run["dns_packets"] + run["not_dns"] + run["undecodable"] + run["incomplete_packets"]);
            Assert.Equal(run.Messages.Count, run["dns_messages"]);
            Assert.InRange(run.Messages.Count(message => message.TryGetProperty("malformed", out _)), 0, run["malformed"]);
            AssertAllHavePlaces(path, run);
            foreach (var counter in Reasoned)
            {
                var reasons = run.Ledger.GetProperty("reasons").TryGetProperty(counter, out var named)
                    ? named.EnumerateObject().Sum(reason => reason.Value.GetInt64())
                    : 0;
                Assert.True(reasons == run[counter], $"{path}: {counter} is {run[counter]}, its reasons say {reasons}");
            }
        });
    }

    // Everything counted as malformed or undecodable can be found, each with its reason.
    private static void AssertAllHavePlaces(string path, DecodeRun run)
    {
        var lines = run.Anomalies.GroupBy(line => (line.GetProperty("anomaly").GetString()!, line.GetProperty("reason").GetString()!))
            .ToDictionary(group => group.Key, group => group.Sum(line => line.TryGetProperty("packets", out var packets) ? packets.GetInt64() : 1));
        var counted = run.Ledger.GetProperty("reasons").EnumerateObject().Where(counter => counter.Name is "malformed" or "undecodable")
            .SelectMany(counter => counter.Value.EnumerateObject().Select(reason => ((counter.Name, reason.Name), reason.Value.GetInt64())))
            .ToDictionary(entry => entry.Item1, entry => entry.Item2);
        Assert.True(counted.Count == lines.Count && counted.All(entry => lines.GetValueOrDefault(entry.Key) == entry.Value), path);
        Assert.All(run.Anomalies, line => Assert.InRange(line.GetProperty("frame").GetInt64(), 1, run["packets"]));
    }
}
