using WireDns.Detection.Messages;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>
/// Sigma's names for the fields of a lookup, by the taxonomies of its log sources: Sysmon's and Windows' event fields, Zeek's dns.log, generic
/// DNS, ECS. docs/fields.md has the table for people.
/// </summary>
public sealed class DnsFields : IFieldSchema
{
    private static readonly string[] EventIdNames = ["EventID", "event_id", "winlog.event_id", "event.code"];

    private static readonly Dictionary<string, DnsField> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["query"] = DnsField.QuestionName,
        ["QueryName"] = DnsField.QuestionName,
        ["QNAME"] = DnsField.QuestionName,
        ["dns.question.name"] = DnsField.QuestionName,
        ["record_type"] = DnsField.RecordType,
        ["qtype_name"] = DnsField.QuestionType,
        ["dns.question.type"] = DnsField.QuestionType,
        ["qtype"] = DnsField.QuestionTypeNumber,
        ["QueryType"] = DnsField.QuestionTypeNumber,
        ["qclass"] = DnsField.QuestionClassNumber,
        ["qclass_name"] = DnsField.QuestionClass,
        ["dns.question.class"] = DnsField.QuestionClass,
        ["answer"] = DnsField.AnswerData,
        ["answers"] = DnsField.AnswerData,
        ["QueryResults"] = DnsField.AnswerData,
        ["dns.answers.data"] = DnsField.AnswerData,
        ["dns.answers.name"] = DnsField.AnswerName,
        ["dns.answers.type"] = DnsField.AnswerType,
        ["dns.answers.class"] = DnsField.AnswerClass,
        ["dns.answers.ttl"] = DnsField.AnswerTimeToLive,
        ["TTLs"] = DnsField.AnswerTimeToLive,
        ["ttl"] = DnsField.AnswerTimeToLive,
        ["subdomain"] = DnsField.Subdomain,
        ["dns.question.subdomain"] = DnsField.Subdomain,
        ["parent_domain"] = DnsField.RegisteredDomain,
        ["query_etld_plus_one"] = DnsField.RegisteredDomain,
        ["dns.question.registered_domain"] = DnsField.RegisteredDomain,
        ["dns.question.top_level_domain"] = DnsField.PublicSuffix,
        ["dns.resolved_ip"] = DnsField.ResolvedAddress,
        ["rcode"] = DnsField.ResponseCodeNumber,
        ["rcode_name"] = DnsField.ResponseCode,
        ["dns.response_code"] = DnsField.ResponseCode,
        ["dns.response.code"] = DnsField.ResponseCode,
        ["QueryStatus"] = DnsField.QueryStatus,
        ["rejected"] = DnsField.Rejected,
        ["rtt"] = DnsField.RoundTripTime,
        ["src_ip"] = DnsField.ClientAddress,
        ["source.ip"] = DnsField.ClientAddress,
        ["id.orig_h"] = DnsField.ClientAddress,
        ["client.ip"] = DnsField.ClientAddress,
        ["src_port"] = DnsField.ClientPort,
        ["source.port"] = DnsField.ClientPort,
        ["id.orig_p"] = DnsField.ClientPort,
        ["client.port"] = DnsField.ClientPort,
        ["dst_ip"] = DnsField.ServerAddress,
        ["destination.ip"] = DnsField.ServerAddress,
        ["id.resp_h"] = DnsField.ServerAddress,
        ["server.ip"] = DnsField.ServerAddress,
        ["dst_port"] = DnsField.ServerPort,
        ["destination.port"] = DnsField.ServerPort,
        ["id.resp_p"] = DnsField.ServerPort,
        ["server.port"] = DnsField.ServerPort,
        ["proto"] = DnsField.Transport,
        ["network.transport"] = DnsField.Transport,
        ["trans_id"] = DnsField.MessageId,
        ["dns.id"] = DnsField.MessageId,
        ["opcode"] = DnsField.OpcodeNumber,
        ["opcode_name"] = DnsField.Opcode,
        ["dns.op_code"] = DnsField.Opcode,
        ["AA"] = DnsField.AuthoritativeAnswer,
        ["TC"] = DnsField.TruncatedAnswer,
        ["RD"] = DnsField.RecursionDesired,
        ["RA"] = DnsField.RecursionAvailable,
        ["Z"] = DnsField.ReservedBits,
        ["dns.header_flags"] = DnsField.HeaderFlags,
        ["dns.malformed"] = DnsField.Malformed,
        ["query_length"] = DnsField.QuestionLength,
        ["question_length"] = DnsField.QuestionLength,
        ["network.community_id"] = DnsField.CommunityId,
    };

    /// <inheritdoc/>
    public IReadOnlyList<FieldDefinition> KeywordFields { get; } =
    [
        Define(DnsField.QuestionName), Define(DnsField.AnswerName), Define(DnsField.AnswerData),
        Define(DnsField.ResponseCode), Define(DnsField.RecordType), Define(DnsField.QuestionClass),
    ];

    /// <summary>The fields that are the same for all questions of one name, but for the case of letters.</summary>
    internal static IReadOnlyCollection<int> OfTheName { get; } =
    [
        (int)DnsField.QuestionName, (int)DnsField.QuestionLength, (int)DnsField.Subdomain, (int)DnsField.RegisteredDomain, (int)DnsField.PublicSuffix,
    ];

    /// <summary>Whether all messages of one lookup have the same in a field, but for the case of letters.</summary>
    internal static bool IsOfTheLookup(int field) => OfTheName.Contains(field) || (DnsField)field is DnsField.QuestionType or DnsField.QuestionTypeNumber
        or DnsField.QuestionClass or DnsField.QuestionClassNumber or DnsField.ClientAddress or DnsField.ClientPort or DnsField.ServerAddress
        or DnsField.ServerPort or DnsField.Transport or DnsField.MessageId or DnsField.CommunityId or DnsField.SysmonEventId
        or DnsField.DnsClientEventId or DnsField.DnsServerEventId or DnsField.AnyEventId;

    /// <summary>Every name that a rule for any log can use, for messages and documentation.</summary>
    public static IReadOnlyCollection<string> AllNames => Names.Keys;

    /// <summary>Whether a field of this name, in a rule for this log, is on the wire.</summary>
    public static bool IsOnTheWire(string name, LogSource source) => TryFind(name, source, out _);

    /// <summary>
    /// Whether the field is fully known once the response has come, and not with the query. A name that is not on the wire needs no response.
    /// </summary>
    public static bool NeedsResponse(string name) => Names.TryGetValue(name, out var field) && (IsOfResponse(field) || IsOfBoth(field));

    /// <summary>Whether a query that is never answered has the field.</summary>
    internal static bool IsKnownWithoutResponse(string name) => !Names.TryGetValue(name, out var field) || !IsOfResponse(field);

    /// <summary>Finds a field that has the same name in every log.</summary>
    public bool TryResolve(string name, out FieldDefinition field)
    {
        var isKnown = Names.TryGetValue(name, out var found);
        field = isKnown ? Define(found) : default;
        return isKnown;
    }

    /// <inheritdoc/>
    public bool TryResolve(string name, LogSource source, out FieldDefinition field) => TryFind(name, source, out field);

    /// <summary>Whether the name is that of an event's id in a rule for this log.</summary>
    internal static bool IsEventId(string name, LogSource source, out DnsField field)
    {
        var found = LogSources.EventIdOf(source);
        field = found ?? default;
        return found is not null && EventIdNames.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    private static bool TryFind(string name, LogSource source, out FieldDefinition field)
    {
        if (Names.TryGetValue(name, out var known) || IsEventId(name, source, out known))
        {
            field = Define(known);
            return true;
        }

        var isConstant = SourceConstants.TryFind(LogSources.KindOf(source), name, out var id);
        field = isConstant ? new FieldDefinition(id, FieldKind.Text) : default;
        return isConstant;
    }

    private static bool IsOfResponse(DnsField field) => field is DnsField.AnswerData or DnsField.AnswerName or DnsField.AnswerType
        or DnsField.AnswerClass or DnsField.AnswerTimeToLive or DnsField.ResolvedAddress or DnsField.ResponseCode
        or DnsField.ResponseCodeNumber or DnsField.QueryStatus or DnsField.Rejected or DnsField.RoundTripTime;

    // A query has a type and flags, and the response adds to them.
    private static bool IsOfBoth(DnsField field) => field is DnsField.RecordType or DnsField.HeaderFlags or DnsField.AuthoritativeAnswer
        or DnsField.TruncatedAnswer or DnsField.RecursionAvailable;

    private static FieldDefinition Define(DnsField field) => new((int)field, field switch
    {
        DnsField.QuestionName or DnsField.AnswerName or DnsField.Subdomain or DnsField.RegisteredDomain
            or DnsField.PublicSuffix => FieldKind.Name,
        DnsField.ClientAddress or DnsField.ServerAddress or DnsField.ResolvedAddress => FieldKind.Address,
        DnsField.QuestionTypeNumber or DnsField.QuestionClassNumber or DnsField.QuestionLength or DnsField.AnswerTimeToLive
            or DnsField.ResponseCodeNumber or DnsField.QueryStatus or DnsField.RoundTripTime or DnsField.ClientPort or DnsField.ServerPort
            or DnsField.MessageId or DnsField.OpcodeNumber or DnsField.ReservedBits or DnsField.SysmonEventId
            or DnsField.DnsClientEventId or DnsField.DnsServerEventId or DnsField.AnyEventId => FieldKind.Number,
        _ => FieldKind.Text,
    });
}
