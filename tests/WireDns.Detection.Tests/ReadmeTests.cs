using System.Text.RegularExpressions;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;

namespace WireDns.Detection.Tests;

/// <summary>The example of the library's README does what it says.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void The_example_raises_the_alert_of_a_packet()
    {
        var names = new List<string?>();
        var packet = new Packet
        {
            Data = Query,
            OriginalLength = Query.Length,
            LinkType = LinkType.Ethernet,
            Time = PacketTime.FromSeconds(1_700_000_000, 0),
            Number = 1,
        };

        // example
        var rules = LoadedRules.Load([TestPaths.Rules]);
        var worker = new Worker(rules, alert =>
        {
            names.Add(alert.Message.QuestionName);
            return true; // taken; false where it was dropped
        });
        var source = PacketSource.OfFile("capture.pcap");
        worker.Process(packet, source); // for each packet, in order
        worker.FinishSource(source); // queries that wait are judged as never answered
        var counters = worker.Snapshot();

        // end
        Assert.Equal(["msstorageazure.com"], names);
        Assert.Equal((1, 1, 1), (counters.Packets, counters.Messages, counters["alerts"]));
    }

    [Fact]
    public void The_README_shows_the_example_that_was_run()
    {
        var readme = File.ReadAllText(Path.Combine(TestPaths.Root, "src", "WireDns.Detection", "README.md"));
        var test = File.ReadAllText(Path.Combine(TestPaths.Root, "tests", "WireDns.Detection.Tests", "ReadmeTests.cs"));
        var shown = Lines(Shown().Match(readme).Groups[1].Value);
        var run = Lines(Run().Match(test).Groups[1].Value);

        // The test keeps the names instead of writing them, and knows where the rules are.
        Assert.Equal(
            shown.Where(line => !line.StartsWith("Console.", StringComparison.Ordinal)).Select(line => line.Replace("\"rules\"", "TestPaths.Rules")),
            run.Where(line => !line.StartsWith("names.", StringComparison.Ordinal)));
    }

    // Ethernet, IPv4 from 192.0.2.1 to 192.0.2.53, UDP 40000 to 53, a query of type A.
    private static byte[] Query { get; } = Convert.FromHexString(
        "0200000000020200000000010800"
        + "450000400000000040110000c0000201c0000235"
        + "9c400035002c0000"
        + "0001010000010000000000000e6d7373746f72616765617a75726503636f6d0000010001");

    private static List<string> Lines(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    [GeneratedRegex("```csharp\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shown();

    [GeneratedRegex("// example\\n(.*?)// end", RegexOptions.Singleline)]
    private static partial Regex Run();
}
