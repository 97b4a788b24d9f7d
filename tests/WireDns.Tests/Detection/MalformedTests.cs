using System.Text.Json;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Tests.Running;
using WireDns.Tests.Speed;

namespace WireDns.Tests.Detection;

/// <summary>Names that break, in every place of a message: what rules, alerts and <c>decode</c> have of them.</summary>
public sealed class MalformedTests
{
    private static readonly byte[] Label63 = [63, .. Enumerable.Repeat((byte)'x', 63)];

    /// <summary>What a name ends with after its first labels, so that it breaks.</summary>
    private static readonly (string Name, byte[] Ending)[] Faults =
    [
        ("more than 255 octets", [.. Label63, .. Label63, .. Label63, .. Label63, 0]),
        ("label type 01", [0x40, 0x61, 0]),
        ("label type 10", [0x80, 0x61, 0]),
        ("a pointer out of the message", [0xff, 0xff]),
    ];

    public static IEnumerable<TheoryDataRow<string, string>> Places =>
        from fault in Faults
        from place in (string[])["the question", "a second question", "an owner name", "record data"]
        select new TheoryDataRow<string, string>(fault.Name, place);

    [Theory]
    [MemberData(nameof(Places))]
    public void A_rule_can_ask_for_it_the_alert_says_it_and_what_was_read_before_it_is_seen(string fault, string place)
    {
        var capture = Capture(fault, place);

        var alert = Assert.Single(DetectionRun.AlertsOf(RuleText.Of("dns.malformed: true"), capture));
        Assert.NotNull(alert.Message.Malformed);
        Assert.Empty(DetectionRun.AlertsOf(RuleText.Of("dns.malformed: false"), capture));
        var seen = Assert.Single(DetectionRun.AlertsOf(RuleText.Of("query|startswith: bad"), capture));
        Assert.StartsWith("bad.", seen.Message.QuestionName, StringComparison.Ordinal);
        Assert.Equal(1, DetectionRun.OfText(RuleText.Of("query: none"), capture).Counters.Malformed);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Decode_names_it_beside_the_questions_if_it_is_one_of_them(string fault, string place)
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("decode", folder.Write("a.pcap", Capture(fault, place).Bytes));

        using var message = JsonDocument.Parse(Assert.Single(run.Output.Lines));
        Assert.False(string.IsNullOrEmpty(message.RootElement.GetProperty("malformed").GetString()));
        var isQuestion = place.EndsWith("question", StringComparison.Ordinal);
        Assert.Equal(isQuestion, message.RootElement.TryGetProperty("broken_name", out var name));
        Assert.True(!isQuestion || name.GetString()!.StartsWith(place == "the question" ? "bad.tail" : "worse.tail", StringComparison.Ordinal), name.ToString());
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void The_fast_path_finds_what_the_plain_one_finds(string fault, string place)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.pcap", Capture(fault, place).Bytes);
        var naive = new NaiveDetector(["bad"]);
        var plain = new Worker(naive);
        new Reading.FileRun(plain).Read([path], areMerged: false, TestContext.Current.CancellationToken);

        var fast = DetectionRun.OfText(RuleText.Of("query|contains: bad"), Capture(fault, place));

        Assert.Equal(naive.Alerts.Select(alert => alert.ToString()), fast.Alerts.Select(alert => (alert.PacketNumber, alert.Message.QuestionName!).ToString()));
        Assert.Single(fast.Alerts);
        Assert.Equal(plain.Snapshot().Malformed, fast.Counters.Malformed);
    }

    // The name that breaks is "tail" and the fault, after a label. A sound question comes first where the fault is not in it.
    private static LookupCapture Capture(string fault, string place)
    {
        byte[] broken = [4, (byte)'t', (byte)'a', (byte)'i', (byte)'l', .. Faults.Single(known => known.Name == fault).Ending];
        byte[] bad = [3, (byte)'b', (byte)'a', (byte)'d'];
        byte[] worse = [5, (byte)'w', (byte)'o', (byte)'r', (byte)'s', (byte)'e'];
        byte[] question = DnsBytes.Question("bad.example");
        byte[] typeAndTime = [0, 5, 0, 1, 0, 0, 0, 60];
        var data = (byte[])[.. worse, .. broken];
        return place switch
        {
            "the question" => new LookupCapture().Query(1, DnsBytes.Message(1, 0x0100, [[.. bad, .. broken, 0, 1, 0, 1]], [])),
            "a second question" => new LookupCapture().Query(1, DnsBytes.Message(1, 0x0100, [question, [.. worse, .. broken, 0, 1, 0, 1]], [])),
            "an owner name" => new LookupCapture().Response(1, DnsBytes.Message(1, 0x8180, [question], [[.. worse, .. broken, .. typeAndTime, 0, 0]])),
            _ => new LookupCapture().Response(
                1, DnsBytes.Message(1, 0x8180, [question], [[0, .. typeAndTime, (byte)(data.Length >> 8), (byte)data.Length, .. data]])),
        };
    }
}
