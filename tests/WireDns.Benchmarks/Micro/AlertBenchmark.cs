using System.Buffers;
using BenchmarkDotNet.Attributes;
using WireDns.Alerts;
using WireDns.Alerts.Formats;

namespace WireDns.Benchmarks.Micro;

/// <summary>An alert written as it goes out.</summary>
public class AlertBenchmark
{
    private static readonly Alert Sample = new()
    {
        Id = "5d41402abc4b2a76",
        UnixTimeNanoseconds = 1_772_356_502_123_456_789,
        Rule = new AlertRule
        {
            Id = "8e1f9c9e-32f4-4b5c-a0d5-2f6b0e9f1b11",
            Title = "Storage look-alike lookup",
            Description = "Looks for a domain that imitates a storage provider.",
            Level = AlertLevel.High,
            Status = "experimental",
            Author = "A. Defender",
            File = "rules/lookalike.yml",
            Tags = ["attack.command-and-control", "attack.t1071.004"],
            AttackTactics = ["command-and-control"],
            AttackTechniques = ["T1071.004"],
            References = ["https://example.org/a"],
        },
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
            QuestionName = "update.msstorageazure.com",
            QuestionType = "A",
            QuestionClass = "IN",
            RegisteredDomain = "msstorageazure.com",
            Answers = [new AlertAnswer("update.msstorageazure.com", "A", "IN", 60, "203.0.113.7")],
            ResolvedAddresses = ["203.0.113.7"],
        },
        Reasons = [new AlertReason("selection", "query", ["endswith"], ".msstorageazure.com", "update.msstorageazure.com", 6, 19)],
        File = "day.pcapng",
        PacketNumber = 17,
        RelatedPacketNumber = 12,
        CommunityId = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
    };

    private readonly ArrayBufferWriter<byte> _output = new(64 << 10);
    private readonly TextFormat _text = new();
    private readonly TextFormat _verboseText = new(verbose: true);
    private readonly EcsFormat _ecs = new("sensor", "1.0");

    /// <summary>A line of text.</summary>
    [Benchmark]
    public int Text() => Write(_text);

    /// <summary>The line, with the rule's details below it.</summary>
    [Benchmark]
    public int VerboseText() => Write(_verboseText);

    /// <summary>A line of JSON with the names of the Elastic Common Schema.</summary>
    [Benchmark]
    public int Ecs() => Write(_ecs);

    private int Write(IAlertFormat format)
    {
        _output.ResetWrittenCount();
        format.Write(Sample, _output);
        return _output.WrittenCount;
    }
}
