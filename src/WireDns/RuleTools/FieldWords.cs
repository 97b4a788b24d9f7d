using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>A rule's field in words.</summary>
internal static class FieldWords
{
    private static readonly DnsFields Fields = new();

    /// <summary>
    /// The field as <c>the question name (QueryName)</c>; for a field that no wire carries, the words say so, unless the rule is about
    /// another log altogether.
    /// </summary>
    public static string Describe(string name, LogSource source) => !Fields.TryResolve(name, source, out var field)
        ? LogSources.Describe(source) is null ? name : $"{name} (which no wire carries)"
        : Describe((DnsField)field.Id) is { } words ? $"{words} ({name})" : name;

    /// <summary>Whether a rule's field is the address of a client or server.</summary>
    public static bool IsOfAnEnd(string name, LogSource source) =>
        Fields.TryResolve(name, source, out var field) && (DnsField)field.Id is DnsField.ClientAddress or DnsField.ServerAddress;

    private static string? Describe(DnsField field) => field switch
    {
        DnsField.QuestionName => "the question name",
        DnsField.QuestionType or DnsField.QuestionTypeNumber => "the question type",
        DnsField.QuestionClass or DnsField.QuestionClassNumber => "the question class",
        DnsField.RecordType => "the type of the question or of an answer",
        DnsField.QuestionLength => "the length of the question name",
        DnsField.QuestionOctets => "the octets of the question name on the wire",
        DnsField.AnswerData => "the data of an answer",
        DnsField.AnswerName => "the name of an answer",
        DnsField.AnswerType => "the type of an answer",
        DnsField.AnswerClass => "the class of an answer",
        DnsField.AnswerTimeToLive => "the time to live of an answer",
        DnsField.AnswerCount => "the number of answers",
        DnsField.Subdomain => "the question name without its registered domain",
        DnsField.RegisteredDomain => "the registered domain of the question name",
        DnsField.PublicSuffix => "the public suffix of the question name",
        DnsField.ResolvedAddress => "an address that was answered",
        DnsField.ResponseCode or DnsField.ResponseCodeNumber => "the response code",
        DnsField.QueryStatus => "the status of the query, as Windows gives it",
        DnsField.Rejected => "whether the response has no record",
        DnsField.RoundTripTime => "the time until the response",
        DnsField.MessageTime => "the time",
        DnsField.MessageKind => "whether it is a query or a response",
        DnsField.ClientAddress => "the client's address",
        DnsField.ClientPort => "the client's port",
        DnsField.ServerAddress => "the server's address",
        DnsField.ServerPort => "the server's port",
        DnsField.Transport => "the transport",
        DnsField.MessageId => "the message id",
        DnsField.Opcode or DnsField.OpcodeNumber => "the opcode",
        DnsField.HeaderFlags => "a header flag",
        DnsField.AuthoritativeAnswer => "the flag AA",
        DnsField.TruncatedAnswer or DnsField.TruncatedMessage => "the flag TC",
        DnsField.RecursionDesired => "the flag RD",
        DnsField.RecursionAvailable => "the flag RA",
        DnsField.AuthenticData => "the flag AD",
        DnsField.CheckingDisabled => "the flag CD",
        DnsField.Malformed => "whether the message has a fault",
        DnsField.ReservedBits => "the Z bits of the header",
        DnsField.CommunityId => "the flow's Community ID",
        DnsField.SysmonEventId or DnsField.DnsClientEventId or DnsField.DnsServerEventId or DnsField.AnyEventId =>
            "the event's number in the Windows log",
        _ => null,
    };
}
