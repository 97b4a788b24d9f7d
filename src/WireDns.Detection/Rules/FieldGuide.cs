using System.Text;
using WireDns.Detection.Messages;
using WireDns.Sigma.Matching;

namespace WireDns.Detection.Rules;

/// <summary>What a field of a lookup is, for the author of a rule. Immutable.</summary>
public sealed record FieldDescription
{
    /// <summary>The names of Sigma's taxonomies, the usual one first. Empty for a field that only other products name.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The names that other products use.</summary>
    public required IReadOnlyList<string> OtherNames { get; init; }

    /// <summary>What it holds, in a few words: <c>the question name</c>.</summary>
    public required string Meaning { get; init; }

    /// <summary>The type of its values.</summary>
    public required FieldKind Kind { get; init; }

    /// <summary>In which messages of a lookup it is known.</summary>
    public required FieldPresence Presence { get; init; }

    /// <summary>The words that it can hold, if they are a closed set; otherwise empty.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>A value that it can have.</summary>
    public required string Example { get; init; }
}

/// <summary>In which messages of a lookup a field is known.</summary>
public enum FieldPresence
{
    /// <summary>The query has it, and so has the response.</summary>
    Query,

    /// <summary>The query has it, and the response adds to it or has its own: a rule waits for the response.</summary>
    QueryAndResponse,

    /// <summary>Only the response has it.</summary>
    Response,
}

/// <summary>The fields that a rule about DNS can name: <c>wiredns rules fields</c>, the JSON Schema and reports take them from here.</summary>
public static class FieldGuide
{
    // The examples are of one lookup, as far as one lookup has them; a test compares them with what the engine says of it.
    private static readonly (DnsField Field, string Meaning, string Example)[] Rows =
    [
        (DnsField.QuestionName, "the question name", "www.shop.example.co.uk"),
        (DnsField.QuestionType, "the question type", "A"),
        (DnsField.QuestionTypeNumber, "the question type", "1"),
        (DnsField.QuestionClass, "the question class", "IN"),
        (DnsField.QuestionClassNumber, "the question class", "1"),
        (DnsField.RecordType, "the type of the question or of an answer", "A"),
        (DnsField.QuestionLength, "the length of the question name", "22"),
        (DnsField.QuestionOctets, "the octets of the question name on the wire", "24"),
        (DnsField.Subdomain, "the question name without its registered domain", "www.shop"),
        (DnsField.RegisteredDomain, "the registered domain of the question name", "example.co.uk"),
        (DnsField.PublicSuffix, "the public suffix of the question name", "co.uk"),
        (DnsField.AnswerData, "the data of an answer", "198.51.100.7"),
        (DnsField.AnswerName, "the name of an answer", "www.shop.example.co.uk"),
        (DnsField.AnswerType, "the type of an answer", "A"),
        (DnsField.AnswerClass, "the class of an answer", "IN"),
        (DnsField.AnswerTimeToLive, "the time to live of an answer", "300"),
        (DnsField.AnswerCount, "the number of answers", "1"),
        (DnsField.ResolvedAddress, "an address that was answered", "198.51.100.7"),
        (DnsField.ResponseCode, "the response code", "NOERROR"),
        (DnsField.ResponseCodeNumber, "the response code", "0"),
        (DnsField.QueryStatus, "the status of the query, as Windows gives it", "0"),
        (DnsField.Rejected, "whether the response has no record", "false"),
        (DnsField.RoundTripTime, "the time until the response", "0.025"),
        (DnsField.MessageTime, "the time", "1750000000"),
        (DnsField.MessageKind, "whether it is a query or a response", "query"),
        (DnsField.ClientAddress, "the client's address", "192.0.2.10"),
        (DnsField.ClientPort, "the client's port", "40000"),
        (DnsField.ServerAddress, "the server's address", "192.0.2.53"),
        (DnsField.ServerPort, "the server's port", "53"),
        (DnsField.Transport, "the transport", "udp"),
        (DnsField.MessageId, "the message id", "4660"),
        (DnsField.Opcode, "the opcode", "QUERY"),
        (DnsField.OpcodeNumber, "the opcode", "0"),
        (DnsField.HeaderFlags, "a header flag", "RD"),
        (DnsField.AuthoritativeAnswer, "the flag AA", "false"),
        (DnsField.TruncatedAnswer, "the flag TC", "false"),
        (DnsField.TruncatedMessage, "the flag TC of the message itself", "false"),
        (DnsField.RecursionDesired, "the flag RD", "true"),
        (DnsField.RecursionAvailable, "the flag RA", "true"),
        (DnsField.AuthenticData, "the flag AD", "false"),
        (DnsField.CheckingDisabled, "the flag CD", "false"),
        (DnsField.ReservedBits, "the Z bits of the header", "0"),
        (DnsField.Malformed, "whether the message has a fault", "false"),
        (DnsField.CommunityId, "the flow's Community ID", "1:vWNiYU/L2LZ8UOFqxS1xrqhdIFk="),
        (DnsField.AnyEventId, "the event's number in the Windows log", "22"),
    ];

    private static readonly Dictionary<DnsField, string> Meanings = Rows.ToDictionary(row => row.Field, row => row.Meaning);

    /// <summary>Every field, in the order in which it helps a reader.</summary>
    public static IReadOnlyList<FieldDescription> All { get; } = [.. Rows.Select(Describe), .. DescribeConstants()];

    /// <summary>What a field holds, in a few words.</summary>
    public static string MeaningOf(DnsField field) =>
        Meanings[field is DnsField.SysmonEventId or DnsField.DnsClientEventId or DnsField.DnsServerEventId ? DnsField.AnyEventId : field];

    /// <summary>The fields of a lookup with values of their own, each with its usual name, for showing what a message holds.</summary>
    public static IEnumerable<(DnsField Field, string Name)> UsualNames => Rows.Select(row => (row.Field, NamesOf(row.Field) is [var first, ..] ? first : ""))
        .Where(pair => pair.Item2.Length > 0);

    private static FieldDescription Describe((DnsField Field, string Meaning, string Example) row)
    {
        var definition = DnsFields.Define(row.Field);
        return new FieldDescription
        {
            Names = NamesOf(row.Field),
            OtherNames = FieldNames.OthersOf(row.Field),
            Meaning = row.Meaning,
            Kind = definition.Kind,
            Presence = DnsFields.IsOfResponse(row.Field) ? FieldPresence.Response : DnsFields.IsOfBoth(row.Field) ? FieldPresence.QueryAndResponse : FieldPresence.Query,
            Words = definition.Facts.Words,
            Example = row.Example,
        };
    }

    private static IReadOnlyList<string> NamesOf(DnsField field) => field == DnsField.AnyEventId ? DnsFields.EventIdNames : FieldNames.SigmaOf(field);

    private static IEnumerable<FieldDescription> DescribeConstants() => SourceConstants.Fields.Select(constant => new FieldDescription
    {
        Names = constant.Names,
        OtherNames = [],
        Meaning = "the same in every event of the rule's log",
        Kind = FieldKind.Text,
        Presence = FieldPresence.Query,
        Example = Encoding.UTF8.GetString(constant.Value),
    });
}
