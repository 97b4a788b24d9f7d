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
            IsDnssecOk = true,
            LengthInOctets = 111,
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
        RoundTripNanoseconds = 1_500_000,
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

    /// <summary>An indicator of threat intelligence.</summary>
    public static AlertIndicator Indicator { get; } = new()
    {
        Name = "msstorageazure.com",
        List = "vendor",
        File = "vendor.stix.json",
        Line = 12,
        Id = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
        Title = "3CX supply chain",
        Labels = ["malicious-activity"],
        Confidence = 85,
        ValidFrom = 1_680_048_000,
        ValidUntil = 1_893_456_000,
    };

    /// <summary>What an operator did.</summary>
    public static SensorEvent Operated { get; } = new()
    {
        Id = "000000000000c011",
        UnixTimeNanoseconds = 1_772_356_562_000_001_000,
        Part = "silences",
        Level = AlertLevel.Informational,
        State = "ok",
        Reason = "ctl-1 silences rule 8e1f9c9e-32f4-4b5c-a0d5-2f6b0e9f1b11, until 2026-03-01T11:15:02.000Z: a known scanner (user 1000)",
        UserId = 1000,
        PreviousState = "ok",
        PreviousSeconds = 3660,
    };

    /// <summary>The summary of alerts like <see cref="Plain"/> that were held back.</summary>
    public static Alert Repeated { get; } = Plain with
    {
        Id = "00000000000000bb-repeats",
        UnixTimeNanoseconds = 1_772_356_802_000_001_999,
        Client = new AlertEndpoint("192.0.2.10", AlertEndpoint.UnknownPort),
        Server = AlertAnomaly.UnknownEnd,
        Transport = "",
        Message = AlertMessage.None,
        Reasons = [new AlertReason("noise", "repeats", [], "42 more in 10m", "cdn.msstorageazure.com a.msstorageazure.com", 0, 0)],
        Repeats = new AlertRepeats
        {
            Cause = HeldBack.Repeated,
            Count = 42,
            From = 1_772_356_503_000_001_999,
            Until = 1_772_356_802_000_001_999,
            Window = TimeSpan.FromMinutes(10),
            SentId = "00000000000000bb",
            Domain = "msstorageazure.com",
            Names = ["cdn.msstorageazure.com", "a.msstorageazure.com"],
            HasMoreNames = true,
        },
        PacketNumber = 977,
    };

    /// <summary>A correlation of lookups like <see cref="Plain"/> that became true.</summary>
    public static Alert Correlated { get; } = Plain with
    {
        Id = "00000000000000cc",
        Reasons = [new AlertReason("correlation", "event_count", [], "gte 3 in 10m", "3", 0, 1)],
        Correlation = new AlertCorrelation
        {
            Type = "event_count",
            Condition = "gte 3",
            Timespan = "10m",
            Value = 3,
            Group = [new CorrelatedValue("src_ip", "192.0.2.10")],
            Events = [new CorrelatedEvent(1_772_356_502_000_001_999, new AlertEndpoint("192.0.2.10", 40000), "cdn.msstorageazure.com", 17, null)],
        },
    };

    /// <summary>Its end.</summary>
    public static Alert Ended { get; } = Correlated with
    {
        Id = "00000000000000cc-end",
        UnixTimeNanoseconds = 1_772_357_402_000_001_999,
        Reasons = [new AlertReason("correlation", "ended", [], "event_count gte 3 in 10m", "120 events", 0, 0)],
        Correlation = Correlated.Correlation! with
        {
            Events = [],
            Extent = new CorrelationExtent(1_772_356_502_000_001_999, 1_772_357_402_000_001_999, 120, "quiet"),
        },
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
