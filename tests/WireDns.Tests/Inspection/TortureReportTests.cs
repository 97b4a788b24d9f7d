using System.Text.RegularExpressions;
using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Inspection;
using WireDns.Reading;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Tests.Inspection;

/// <summary>Every packet of every torture capture.</summary>
public sealed partial class TortureReportTests
{
    // Each packet is inspected from the file's start: of the few captures with more packets, this many from the start.
    private const int MaximumFrames = 160;

    private static readonly LoadedRules Rules = InspectionRun.Rules(
        "title: any name\nlogsource: {category: dns}\ndetection:\n  selection:\n    query|contains: [example, storage]\n  other:\n    record_type: A\n  condition: selection or not other\n",
        "title: an endpoint's\nlogsource: {category: dns_query, product: windows}\ndetection:\n  selection:\n    Image|endswith: x.exe\n  condition: selection\n");

    [Theory]
    [InlineData("names", "name_")]
    [InlineData("headers", "hdr_")]
    [InlineData("evasion", "evade_")]
    [InlineData("IP", "ip_")]
    [InlineData("fragments", "frag_")]
    [InlineData("TCP", "tcp_")]
    [InlineData("encapsulations", "encap_")]
    [InlineData("link types", "link_")]
    [InlineData("files", "file_")]
    [InlineData("pcapng", "ng_")]
    [InlineData("times", "time_")]
    public void Every_packet_is_shown_without_an_exception_or_a_control_character(string category, string prefix)
    {
        var reports = 0;
        foreach (var capture in Captures(prefix))
        {
            foreach (var frame in Frames(capture).Take(MaximumFrames))
            {
                var inspected = InspectionRun.Inspect(capture, frame);
                var report = InspectionRun.Report(inspected, Rules, isVerbose: true);
                var hostile = report.FirstOrDefault(IsHostile);
                Assert.True(hostile == default && !report.Contains('\0'), $"{capture} packet {frame}: U+{(int)hostile:x4}");
                Assert.Equal(inspected.Messages.Count, Heading().Count(report));

                // In colour, the same text.
                var coloured = InspectionRun.Report(inspected, Rules, isVerbose: true, isColoured: true);
                Assert.Equal(report, TrimLines(Sequence().Replace(coloured, "")));
                reports++;
            }
        }

        Assert.True(reports > 0, category);
    }

    [Theory]
    [InlineData("fragments", "frag_")]
    [InlineData("TCP", "tcp_")]
    [InlineData("evasion", "evade_")]
    public void The_packets_together_show_each_message_that_a_run_over_the_file_delivers(string category, string prefix)
    {
        foreach (var capture in Captures(prefix))
        {
            var frames = Frames(capture);
            if (frames.Count > MaximumFrames)
            {
                continue;
            }

            var shown = frames.SelectMany(frame => InspectionRun.Inspect(capture, frame).Messages).ToList();

            Assert.True(Run(capture).SequenceEqual(shown.Select(Convert)), $"{category}: {capture}");
            Assert.All(shown, message => Assert.True(message.Packets.Count == 0 || message.Packets.Contains(message.Origin.PacketNumber) || message.Origin.Transport == Transport.Tcp));
        }

        static string Convert(InspectedMessage message) => $"{message.Origin.PacketNumber} {System.Convert.ToHexStringLower(message.Data)}";
    }

    // Control characters, and those that reverse a line.
    private static bool IsHostile(char character) =>
        character != '\n' && (char.IsControl(character) || character is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e'));

    private static string TrimLines(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd(' ')));

    private static IEnumerable<string> Captures(string prefix) => Directory.GetFiles(Path.Combine(TestPaths.Captures, "torture"), prefix + "*")
        .Where(path => !path.EndsWith(".json", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(path => "torture/" + Path.GetFileName(path));

    private static IReadOnlyList<long> Frames(string capture)
    {
        try
        {
            return [.. FrameInspectorTests.Frames(capture)];
        }
        catch (CaptureFormatException)
        {
            return [];
        }
    }

    private static List<string> Run(string capture)
    {
        var consumer = new Collector();
        new FileRun(new Worker(consumer)).Read([Path.Combine(TestPaths.Captures, capture)], areMerged: false, CancellationToken.None);
        return consumer.Messages;
    }

    [GeneratedRegex("^DNS message ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("\x1b\\[[0-9;]*m")]
    private static partial Regex Sequence();

    private sealed class Collector : IMessageConsumer
    {
        public List<string> Messages { get; } = [];

        public void Consume(in ObservedMessage message, PacketSource source) =>
            Messages.Add($"{message.Payload.PacketNumber} {System.Convert.ToHexStringLower(message.Payload.Data)}");

        public void FinishSource()
        {
            // Nothing is remembered from one message to the next.
        }
    }
}
