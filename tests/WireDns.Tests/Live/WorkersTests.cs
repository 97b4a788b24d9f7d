using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WireDns.Capture.Files;
using WireDns.Tests.Running;
using WireDns.Wire;

namespace WireDns.Tests.Live;

/// <summary><c>live --workers N</c>: several threads capture from an interface, with the results of one.</summary>
public sealed partial class WorkersTests
{
    private const int LongestFrame = 1514;

    // A thread that does not run for 2 s has late packets, as it says.
    [Fact]
    [Trait("needs", "quiet machine")]
    public void One_two_and_four_threads_raise_the_same_alerts_in_the_same_order_and_have_the_same_ledger()
    {
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();
        var frames = Frames();

        // The kernel's own packets come in the first seconds of a cable, before one sensor or after it.
        network.Sensor.DisableIpv6();
        network.FirstClient.DisableIpv6();
        var sensors = new[] { 1, 2, 4 }.Select(workers => (Workers: workers, Program: network.Sensor.Start(
            Product.Executable, "live", "-i", LiveNetwork.Tap, "-r", TestPaths.AllRules, "--workers", $"{workers}", "--no-suppress",
            "-o", $"file:{folder[$"{workers}.jsonl"]},format=ecs,events=no", "--ledger-file", folder[$"{workers}.json"]))).ToList();
        try
        {
            foreach (var (_, sensor) in sensors)
            {
                sensor.Error.WaitFor(line => line.EndsWith(" rules run", StringComparison.Ordinal), RunningProgram.Patience);
            }

            // Half of what the correlations' queue takes before it sheds hits; three sensors share the cores.
            foreach (var part in frames.Chunk(4000))
            {
                LiveNetwork.Send(network.FirstClient, part);
                Thread.Sleep(500);
            }

            foreach (var (_, sensor) in sensors)
            {
                sensor.Signal(RunningProgram.Terminate);
                Assert.Equal(0, sensor.WaitForEndByItself());
                Assert.DoesNotContain("another thread", sensor.Error.Text, StringComparison.Ordinal);
            }

            var expected = Alerts(folder["1.jsonl"]);
            Assert.True(expected.Count > 100, $"only {expected.Count} alerts");
            Assert.Contains(expected, IsCorrelated);
            foreach (var workers in new[] { 2, 4 })
            {
                Assert.Equal(expected, Alerts(folder[$"{workers}.jsonl"]));
                Assert.Equal(Ledger(folder["1.json"]), Ledger(folder[$"{workers}.json"]));
            }
        }
        finally
        {
            sensors.ForEach(sensor => sensor.Program.Dispose());
        }
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("down")]
    [InlineData("renamed")]
    public void All_threads_open_an_interface_again_that_has_gone(string how)
    {
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "--workers", "3");
        (Action go, Action come) = how switch
        {
            "deleted" => (new Action(() => network.Sensor.Ip($"link del {LiveNetwork.Tap}")), new Action(() => network.Plug(network.FirstClient, LiveNetwork.Tap))),
            "down" => (() => network.Sensor.Ip($"link set {LiveNetwork.Tap} down"), () => network.Sensor.Ip($"link set {LiveNetwork.Tap} up")),
            _ => (() => Rename(network, LiveNetwork.Tap, "other0"), () => Rename(network, "other0", LiveNetwork.Tap)),
        };
        go();
        sensor.Error.WaitFor(line => line.StartsWith($"wiredns: {LiveNetwork.Tap} is blind: ", StringComparison.Ordinal), RunningProgram.Patience);
        come();
        sensor.Error.WaitFor(line => line.StartsWith($"wiredns: {LiveNetwork.Tap} is ok again, ", StringComparison.Ordinal), RunningProgram.Patience);

        // Enough clients for each thread.
        LiveNetwork.Send(network.FirstClient, Enumerable.Range(1, 50).Select(client => Layers.Ethernet(
            Layers.Ipv4(Layers.Udp(DnsBytes.Query($"p{client}.msstorageazure.com", (ushort)client)), source: $"192.0.2.{client}"))));
        foreach (var client in Enumerable.Range(1, 50))
        {
            sensor.Output.WaitFor(line => line.Contains($" p{client}.", StringComparison.Ordinal), RunningProgram.Patience);
        }

        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
    }

    [Fact]
    public void Every_packet_is_captured_or_dropped_whatever_the_number_of_threads()
    {
        const int Sent = 100_000;
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "--workers", "4", "--buffer-size", "4", "--filter", "udp port 53");
        var frames = Enumerable.Range(1, 100).Select(client => Layers.Ethernet(
            Layers.Ipv4(Layers.Udp(DnsBytes.Query("www.example.org")), source: $"192.0.2.{client}"))).ToList();
        sensor.Signal(RunningProgram.Stop);
        LiveNetwork.Send(network.FirstClient, Enumerable.Range(0, Sent / 100).SelectMany(_ => frames));
        sensor.Signal(RunningProgram.Terminate);
        sensor.Signal(RunningProgram.Continue);

        Assert.Equal(0, sensor.WaitForEndByItself());
        var (captured, dropped, unread) = LiveNetwork.CountsAt(LiveNetwork.Tap, sensor);
        Assert.Equal(Sent, captured + dropped + unread);
        Assert.NotEqual(0, dropped);
    }

    // Of all captures that a wire can carry.
    private static List<byte[]> Frames()
    {
        var frames = new List<byte[]>();
        foreach (var file in CapturePaths.Expand([TestPaths.Captures]).Files)
        {
            try
            {
                using var reader = CaptureFileReader.Open(file);
                while (reader.TryReadBatch(out var batch))
                {
                    foreach (var packet in batch)
                    {
                        if (packet.LinkType == LinkType.Ethernet && packet.Data.Length is > 14 and <= LongestFrame)
                        {
                            frames.Add(packet.Data.ToArray());
                        }
                    }
                }
            }
            catch (CaptureFormatException)
            {
                // Damaged on purpose; what was before that is sent.
            }
        }

        Assert.True(frames.Count > 1000, $"only {frames.Count} frames");
        return frames;
    }

    // What a full bucket of a table gives up depends on the key of its hash, which is of each process (given_up_early). A lookup that is in two captures and was given up
    // between them counts twice (complete, query_alone, response_alone).
    // Events of the sensor depend on the moment of its tick, so they are left out, with the two counters that they are in (raised, filtered).
    // Correlations have a thread of their own, whose alerts come somewhere among the others. The sensors may have taken the time of a packet one after another.
    private static List<string> Alerts(string path) => [.. File.ReadLines(path).Where(line => line.Contains("\"kind\":\"alert\"", StringComparison.Ordinal)).OrderBy(IsCorrelated).Select(line => WithoutTimes(JsonNode.Parse(line)!).ToJsonString())];

    private static bool IsCorrelated(string alert) => alert.Contains("\"correlation\":", StringComparison.Ordinal);

    private static string Ledger(string path) => WithoutTimes(JsonNode.Parse(
        File.ReadAllText(path).Replace(Path.ChangeExtension(path, "jsonl"), "the file of alerts", StringComparison.Ordinal))!).ToJsonString();

    private static JsonNode WithoutTimes(JsonNode node)
    {
        switch (node)
        {
            case JsonObject entries:
                foreach (var (name, value) in entries.ToList())
                {
                    // The id of an alert is made from the packet's time, among others.
                    if (OfTime().IsMatch(name) || (name == "id" && entries.Parent is JsonObject && entries.GetPropertyName() == "event"))
                    {
                        entries.Remove(name);
                    }
                    else if (value is not null)
                    {
                        WithoutTimes(value);
                    }
                }

                break;
            case JsonArray values:
                foreach (var value in values)
                {
                    if (value is not null)
                    {
                        WithoutTimes(value);
                    }
                }

                break;
        }

        return node;
    }

    [GeneratedRegex("given_up_early|^complete$|^query_alone$|^response_alone$|^raised$|^since$|^filtered$|time|created|ingested|^start$|^end$|duration|round_trip|rtt", RegexOptions.IgnoreCase)]
    private static partial Regex OfTime();

    private static void Rename(LiveNetwork network, string from, string to)
    {
        network.Sensor.Ip($"link set {from} down");
        network.Sensor.Ip($"link set {from} name {to}");
        network.Sensor.Ip($"link set {to} up");
    }
}
