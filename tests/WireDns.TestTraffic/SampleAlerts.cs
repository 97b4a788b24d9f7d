using System.Buffers;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Formats;

namespace WireDns.TestTraffic;

/// <summary>Alerts that the tests start from, with every field set to a different value, and with as few fields as possible.</summary>
internal static class SampleAlerts
{
    public static AlertRule Rule { get; } = new()
    {
        Id = "8e1f9c9e-32f4-4b5c-a0d5-2f6b0e9f1b11",
        Title = "Storage Look-alike Lookup",
        Description = "Looks for a domain that imitates\na storage provider.",
        Level = AlertLevel.High,
        Status = "experimental",
        Author = "A. Defender",
        License = "DRL-1.1",
        Modified = "2026-01-31",
        File = "rules/look alike.yml",
        Tags = ["attack.command-and-control", "attack.exfiltration", "attack.t1071.004", "attack.t1048", "detection.emerging-threats"],
        AttackTactics = ["command-and-control", "exfiltration"],
        AttackTechniques = ["T1071.004", "T1048"],
        References = ["https://example.org/a?b=1&c=2", "https://example.org/second"],
        FalsePositives = ["Tests of this rule"],
        Caveat = "a filter names Image, which no wire carries",
    };

    /// <summary>A response over IPv6 with everything that an alert can say.</summary>
    public static Alert Full { get; } = new()
    {
        Id = "5d41402abc4b2a76",
        UnixTimeNanoseconds = 1_772_356_502_123_456_789,
        Rule = Rule,
        Client = new AlertEndpoint("2001:db8::10", 53124),
        Server = new AlertEndpoint("2001:db8::53", 53),
        Transport = "udp",
        Message = new AlertMessage
        {
            Id = 4660,
            IsResponse = true,
            Opcode = "QUERY",
            ResponseCode = "NOERROR",
            HeaderFlags = ["RD", "RA"],
            QuestionName = @"Update.a\.b.msstorageazure.com",
            QuestionType = "A",
            QuestionClass = "IN",
            RegisteredDomain = "msstorageazure.com",
            Answers =
            [
                new AlertAnswer(@"Update.a\.b.msstorageazure.com", "CNAME", "IN", 300, "edge.example.net"),
                new AlertAnswer("edge.example.net", "A", "IN", 60, "203.0.113.7"),
            ],
            ResolvedAddresses = ["203.0.113.7"],
            Malformed = "additional record cut short",
            IsTruncated = true,
            HasOverlap = true,
        },
        Reasons =
        [
            new AlertReason("selection", "query", ["endswith"], ".msstorageazure.com", @"Update.a\.b.msstorageazure.com", 11, 19),
            new AlertReason("answers", "answer", [], "203.0.113.*", "203.0.113.7", 0, 11),
        ],
        File = "captures/day one.pcapng",
        Interface = "eth0",
        PacketNumber = 17,
        RelatedPacketNumber = 12,
        VlanIds = [100, 200, 300],
        Tunnels = ["vxlan", "gre"],
        CommunityId = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
        IsForwarded = true,
    };

    /// <summary>A query over IPv4 with nothing that can be left out.</summary>
    public static Alert Least { get; } = new()
    {
        Id = "00000000000000aa",
        UnixTimeNanoseconds = null,
        Rule = new AlertRule { Title = "Bare", File = "bare.yml" },
        Client = new AlertEndpoint("192.0.2.10", 40000),
        Server = new AlertEndpoint("192.0.2.53", 53),
        Transport = "tcp",
        Message = new AlertMessage { Id = 1, IsResponse = false, Opcode = "STATUS" },
        Reasons = [],
        PacketNumber = 1,
    };

    /// <summary>An ordinary hit: a query in a file, one reason.</summary>
    public static Alert Plain { get; } = Least with
    {
        Id = "00000000000000bb",
        UnixTimeNanoseconds = 1_772_356_502_000_001_999,
        Rule = new AlertRule { Title = "Storage Look-alike Lookup", File = "rule.yml", Level = AlertLevel.Medium },
        Transport = "udp",
        Message = new AlertMessage
        {
            Id = 2,
            IsResponse = false,
            Opcode = "QUERY",
            QuestionName = "cdn.msstorageazure.com",
            QuestionType = "AAAA",
            QuestionClass = "IN",
        },
        Reasons = [new AlertReason("selection", "QueryName", ["endswith"], ".msstorageazure.com", "cdn.msstorageazure.com", 3, 19)],
        File = "day.pcap",
        PacketNumber = 17,
    };

    /// <summary>A copy of <see cref="Full"/> in which every text is <paramref name="text"/>.</summary>
    public static Alert Hostile(string text) => Full with
    {
        Id = text,
        Transport = text,
        Client = new AlertEndpoint(text, 1),
        Server = new AlertEndpoint(text, 2),
        File = text,
        Interface = text,
        Tunnels = [text, text],
        CommunityId = text,
        Rule = new AlertRule
        {
            Id = text,
            Title = text,
            Description = text,
            Status = text,
            Author = text,
            License = text,
            Modified = text,
            File = text,
            Tags = [text, text],
            AttackTactics = [text],
            AttackTechniques = [text],
            References = [text],
            FalsePositives = [text],
            Caveat = text,
        },
        Message = new AlertMessage
        {
            Id = 3,
            IsResponse = true,
            Opcode = text,
            ResponseCode = text,
            HeaderFlags = [text],
            QuestionName = text,
            QuestionType = text,
            QuestionClass = text,
            RegisteredDomain = text,
            Answers = [new AlertAnswer(text, text, text, 1, text)],
            ResolvedAddresses = [text],
            Malformed = text,
        },
        Reasons = [new AlertReason(text, text, [text], text, text, 0, text.Length), new AlertReason(text, null, [], text, text + text, text.Length, 5000)],
    };

    /// <summary>An interface that went blind.</summary>
    public static SensorEvent Blind { get; } = new()
    {
        Id = "0000000000000b1d",
        UnixTimeNanoseconds = 1_772_356_502_000_001_000,
        Part = "interface",
        Interface = "eth1",
        Level = AlertLevel.High,
        State = "blind",
        Cause = "no_packets",
        Reason = "no packet for 60 s",
        PreviousState = "ok",
        PreviousSeconds = 3600,
    };

    public static byte[] Octets(this IAlertFormat format, Notification notification)
    {
        var output = new ArrayBufferWriter<byte>();
        _ = notification is SensorEvent sensorEvent ? format.Write(sensorEvent, output) : format.Write((Alert)notification, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The message as text; throws if it is not valid UTF-8.</summary>
    public static string Show(this IAlertFormat format, Notification notification) =>
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(format.Octets(notification));
}
