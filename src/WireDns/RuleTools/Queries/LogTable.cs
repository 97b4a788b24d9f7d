using System.Text.Json;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Queries;

/// <summary>A table whose rows a query is about.</summary>
internal interface IQueryTable
{
    /// <summary>What the table has of a field that a rule names.</summary>
    public QueryField Find(string name, LogSource source);

    /// <summary>What it has of the fields that keywords search; null if a query cannot search them.</summary>
    public IReadOnlyList<QueryField>? Keywords(LogSource source);
}

/// <summary>A table of logs as others write them: a column for each field, by the name that the rule has for it, with one text or number or nothing in a row.</summary>
internal sealed class PlainTable(SqlDialect sql) : IQueryTable
{
    /// <inheritdoc/>
    public QueryField Find(string name, LogSource source)
    {
        var column = sql.Identifier(name);
        return column.Length == 0
            ? QueryField.Refused("the name of a field cannot be written")
            : new QueryField([new TextPlace(sql.Lower(sql.Text(column)), sql.Text(column))]);
    }

    /// <inheritdoc/>
    public IReadOnlyList<QueryField>? Keywords(LogSource source) => null;
}

/// <summary>
/// The table of the DNS log (docs/dnslog.md), as one message of a row sees it: a row is a query, a response, or both, and some columns of the two differ.
/// </summary>
/// <param name="sql">The engine's SQL.</param>
/// <param name="isResponse">Whether the message is the response.</param>
/// <param name="waits">Whether the rule waits for the response: it then takes some flags of the query, as the engine does.</param>
internal sealed class LogTable(SqlDialect sql, bool isResponse, bool waits) : IQueryTable
{
    private const int TypeCount = 65_536;
    private const int CodeCount = 4096;
    private const int OpcodeCount = 16;

    // RFC 1035 §4.1.1 and RFC 4035 §3.2: AA, TC, RD, RA, AD, CD.
    private static readonly (string Name, int Bit)[] Flags = [("AA", 0x400), ("TC", 0x200), ("RD", 0x100), ("RA", 0x80), ("AD", 0x20), ("CD", 0x10)];

    private string OwnFlags => isResponse ? "flags" : "query_flags";

    private string FlagsOfQuery => isResponse && waits ? "coalesce(query_flags, flags)" : OwnFlags;

    private string Spelling => isResponse ? "coalesce(qname_wire, qname)" : "coalesce(qname_query, qname_wire, qname)";

    private string AnswerCount => $"(CASE WHEN flags IS NOT NULL THEN coalesce({sql.Count("answers")}, 0) + coalesce(answers_left_out, 0) END)";

    // A name's characters, where an escape stands for one; the root has none.
    private string NameLength => $"(CASE WHEN qname = '.' THEN 0 ELSE length({sql.ReplaceAll("qname", @"\\(?:[0-9]{3}|.)")}) END)";

    private static string Subdomain(string name) =>
        $"(CASE WHEN length(qname) > length(registered_domain) THEN substr({name}, 1, length(qname) - length(registered_domain) - 1) END)";

    /// <inheritdoc/>
    public IReadOnlyList<QueryField>? Keywords(LogSource source) =>
    [
        Of(DnsField.QuestionName, source), Of(DnsField.AnswerName, source), Of(DnsField.AnswerData, source), Of(DnsField.ResponseCode, source), Of(DnsField.RecordType, source),
        Of(DnsField.QuestionClass, source),
    ];

    /// <inheritdoc/>
    public QueryField Find(string name, LogSource source)
    {
        if (!new DnsFields().TryResolve(name, source, out var field))
        {
            return new QueryField([]);
        }

        if (DnsFields.ConstantsOf(field.Id) is { Count: > 0 } constants)
        {
            return new QueryField([Always(Words(constants))]);
        }

        return field.SpellingsId is null ? Of((DnsField)field.Id, source) : InZeek((DnsField)field.Id, source);
    }

    // Zeek has other words for numbers, and writes some data of answers in another way.
    private QueryField InZeek(DnsField field, LogSource source) => field switch
    {
        DnsField.QuestionType => new QueryField([Words("qtype", TypeCount, field, source)]),
        DnsField.ResponseCode => new QueryField([Words("rcode", CodeCount, field, source)]),
        DnsField.AnswerData => QueryField.Refused("Zeek writes the data of answers in another way than the log's column"),
        _ => Of(field, source),
    };

    private QueryField Of(DnsField field, LogSource source)
    {
        var flag = field switch
        {
            DnsField.AuthoritativeAnswer or DnsField.TruncatedAnswer or DnsField.RecursionDesired or DnsField.RecursionAvailable
                or DnsField.AuthenticData or DnsField.CheckingDisabled or DnsField.TruncatedMessage => FlagOf(field, source),
            _ => null,
        };
        return flag is not null ? new QueryField([flag]) : field switch
        {
            DnsField.QuestionName => new QueryField([new TextPlace("qname", Spelling, HasDomain: true), new ItemPlace("further_questions", "name")], IsName: true),
            DnsField.QuestionType => new QueryField([Text("qtype_name"), new ItemPlace("further_questions", "type")]),
            DnsField.RecordType => new QueryField([Text("qtype_name"), new ItemPlace("further_questions", "type"), new ItemPlace("answers", "type")]),
            DnsField.QuestionTypeNumber => new QueryField([new NumberPlace("qtype")]),
            DnsField.QuestionClass => new QueryField([Words("qclass", TypeCount, field, source)]),
            DnsField.QuestionClassNumber => new QueryField([new NumberPlace("qclass")]),
            DnsField.QuestionLength => new QueryField([new NumberPlace(NameLength)]),
            DnsField.QuestionOctets => new QueryField([new NumberPlace($"(CASE WHEN qname = '.' THEN 1 ELSE {NameLength} + 2 END)")]),
            DnsField.RegisteredDomain => new QueryField([new TextPlace("registered_domain", $"substr({Spelling}, length(qname) - length(registered_domain) + 1)")], IsName: true),
            DnsField.Subdomain => new QueryField([new TextPlace(Subdomain("qname"), Subdomain(Spelling))], IsName: true),
            DnsField.AnswerData => new QueryField([new ItemPlace("answers", "data")]),
            DnsField.AnswerName => new QueryField([new ItemPlace("answers", "name")], IsName: true),
            DnsField.AnswerType => new QueryField([new ItemPlace("answers", "type")]),
            DnsField.AnswerClass => new QueryField([new ItemPlace("answers", "class")]),
            DnsField.AnswerTimeToLive => new QueryField([new ItemPlace("answers", "ttl", IsNumber: true)]),
            DnsField.AnswerCount => new QueryField([new NumberPlace(AnswerCount)]),
            DnsField.ResolvedAddress => new QueryField([new ItemPlace("answers", "data") { IsAddress = true }]),
            DnsField.ResponseCode => new QueryField([Text("rcode_name")]),
            DnsField.ResponseCodeNumber => new QueryField([new NumberPlace("rcode")]),
            DnsField.QueryStatus => new QueryField([new NumberPlace($"(CASE WHEN rcode <> 0 THEN 9000 + rcode WHEN {AnswerCount} > 0 THEN 0 WHEN rcode = 0 THEN 9501 END)")]),
            DnsField.Rejected => new QueryField([Rejected(source)]),
            DnsField.RoundTripTime => new QueryField([new NumberPlace($"({sql.Double("rtt_us * 1000 + coalesce(rtt_nanos, 0)")} / 1e9)", IsReal: true)]),
            DnsField.MessageTime => new QueryField([new TimePlace(sql.Microseconds("ts") is { } time ? isResponse ? $"({time} + coalesce(rtt_us, 0))" : time : null)]),
            DnsField.MessageKind => new QueryField([Always(Words(isResponse ? ["query", "request", "answer", "response", "reply"] : ["query", "request"]))]),
            DnsField.ClientAddress => new QueryField([Same("client_ip")]),
            DnsField.ClientPort => new QueryField([new NumberPlace("client_port")]),
            DnsField.ServerAddress => new QueryField([Same("server_ip")]),
            DnsField.ServerPort => new QueryField([new NumberPlace("server_port")]),
            DnsField.Transport => new QueryField([Same("transport")]),
            DnsField.MessageId => new QueryField([new NumberPlace("dns_id")]),
            DnsField.Opcode => new QueryField([Words("opcode", OpcodeCount, field, source)]),
            DnsField.OpcodeNumber => new QueryField([new NumberPlace("opcode")]),
            DnsField.HeaderFlags => new QueryField([HeaderFlags()]),
            DnsField.ReservedBits => new QueryField([new NumberedPlace(sql.Bits(FlagsOfQuery, 0x70), 0x71, number => number % 16 == 0 ? $"[{number / 16}]" : "[]")]),
            DnsField.Malformed => new QueryField([YesOrNo(isResponse ? "response_malformed IS NOT NULL" : "query_malformed IS NOT NULL", field, source)]),
            DnsField.SysmonEventId => new QueryField([Always("[22]")]),
            DnsField.DnsClientEventId => new QueryField([Always("[3008]")]),
            DnsField.DnsServerEventId => new QueryField([EventsOfServer("")]),
            DnsField.AnyEventId => new QueryField([EventsOfServer("22,3008,")]),
            DnsField.PublicSuffix => QueryField.Refused("the log has no column of the public suffix"),
            DnsField.CommunityId => QueryField.Refused("the log has no column of the Community ID"),
            _ => QueryField.Refused("the log has no column of it"),
        };
    }

    private TextPlace Text(string column) => new(sql.Lower(column), column);

    private static TextPlace Same(string column) => new(column, column);

    private static StatePlace Always(string values) => new([(values, "TRUE")]);

    /// <summary>Words as a JSON array.</summary>
    internal static string Words(IEnumerable<string> words) => $"[{string.Join(',', words.Select(word => $"\"{JsonEncodedText.Encode(word)}\""))}]";

    // Zeek writes T and F as well.
    private static StatePlace YesOrNo(string condition, DnsField field, LogSource source)
    {
        string Values(int number) => DnsFields.WordsOf(field, number, source) is [var own, var zeeks] ? $"[{own},\"{zeeks}\"]" : $"[{DnsFields.WordsOf(field, number, source)[0]}]";
        return new([(Values(1), condition), (Values(0), $"NOT ({condition})")]);
    }

    private static NumberedPlace Words(string column, int count, DnsField field, LogSource source) => new(column, count, number => Words(DnsFields.WordsOf(field, number, source)));

    private StatePlace FlagOf(DnsField field, LogSource source)
    {
        var (column, bit) = field switch
        {
            DnsField.AuthoritativeAnswer => (OwnFlags, 0x400),
            DnsField.TruncatedAnswer => (FlagsOfQuery, 0x200),
            DnsField.TruncatedMessage => (OwnFlags, 0x200),
            DnsField.RecursionDesired => (FlagsOfQuery, 0x100),
            DnsField.RecursionAvailable => (OwnFlags, 0x80),
            DnsField.AuthenticData => (OwnFlags, 0x20),
            _ => (OwnFlags, 0x10),
        };
        return YesOrNo($"{sql.Bits(column, bit)} <> 0", field, source);
    }

    private StatePlace Rejected(LogSource source) => new(
        [.. YesOrNo($"{AnswerCount} + authority_count + additional_count = 0", DnsField.Rejected, source).States, ("[]", "flags IS NULL")]);

    private NumberedPlace HeaderFlags()
    {
        var mask = Flags.Sum(flag => flag.Bit);
        return new NumberedPlace(sql.Bits(OwnFlags, mask), mask + 1, number => Words((number & ~mask) != 0 ? [] : Flags.Where(flag => (number & flag.Bit) != 0).Select(flag => flag.Name)));
    }

    private StatePlace EventsOfServer(string others) => isResponse
        ? new StatePlace([($"[{others}256,257]", "rcode = 0"), ($"[{others}256,258]", "rcode <> 0")])
        : new StatePlace([($"[{others}256]", "TRUE")]);
}
