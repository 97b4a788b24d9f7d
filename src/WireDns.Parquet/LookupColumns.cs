using System.Globalization;
using WireDns.Alerts;
using WireDns.Parquet.Columns;
using WireDns.Parquet.Format;

namespace WireDns.Parquet;

/// <summary>The columns of the DNS log, version 1: docs/dnslog.md describes them, and a test compares. Columns are only added; a reader takes them by name.</summary>
internal static class LookupColumns
{
    /// <summary>The version of the schema, in the footer of each file.</summary>
    public const string Version = "1";

    /// <summary>The name of the footer's entry for <see cref="Version"/>.</summary>
    public const string VersionKey = "wiredns.schema";

    /// <summary>The footer's entry that names the run that wrote the file: the same for all files of a run, and for those of no other.</summary>
    public const string RunKey = "wiredns.run";

    /// <summary>The footer's entry for the order of a source's packets: <c>packet</c> or <c>time</c>.</summary>
    public const string OrderKey = "wiredns.order";

    /// <summary>The footer's entry for what hides the addresses of clients: <c>none</c> or <c>hidden</c>.</summary>
    public const string PrivacyKey = "wiredns.privacy";

    /// <summary>
    /// The footer's entry that tells the public suffix list from others. Missing where a message of the file is cut, or a name has an escape: the text of <c>a\.b.example</c> ends like a name below
    /// <c>b.example</c>, and its registered domain is another.
    /// </summary>
    public const string SuffixesKey = "wiredns.suffixes";

    /// <summary>The footer's entry for the version of the program that saw the lookups.</summary>
    public const string ProductVersionKey = "wiredns.version";

    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>The column of ids, which is null unless they are asked for.</summary>
    public static LogColumn Id { get; } = new OctetsColumn("lookup_id", lookup => Convert.FromHexString(lookup.Id));

    /// <summary>The columns. The first three are what rows are sorted by.</summary>
    public static IReadOnlyList<LogColumn> All { get; } =
    [
        new NumberColumn("ts", ColumnType.Time, lookup => lookup.UnixTimeNanoseconds is { } time ? Floor(time) : null),
        new TextColumn("registered_domain", lookup => lookup.RegisteredDomain?.ToLowerInvariant(), isOrder: true),
        new TextColumn("qname", lookup => lookup.Question?.Name.ToLowerInvariant(), isOrder: true),
        new TextColumn("qname_wire", lookup => lookup.Question?.Name is { } name && name.AsSpan().ContainsAnyInRange('A', 'Z') ? name : null),
        new TextColumn("qname_query", lookup => lookup.Remainder?.QueryName),
        new TextColumn("tld", lookup => lookup.Question?.Name is { } name && name != "." ? name[(name.LastIndexOf('.') + 1)..].ToLowerInvariant() : null),
        Int("qtype", lookup => lookup.Question?.Type.Number),
        new TextColumn("qtype_name", lookup => lookup.Question?.Type.Text),
        Int("qclass", lookup => lookup.Question?.Class.Number),
        new ListColumn<LookupQuestion>(
            "further_questions", lookup => lookup.Remainder?.FurtherQuestions ?? [],
            new("name", question => question.Name), new("type", question => question.Type.Text), new("class", question => question.Class.Text)),
        new TextColumn("client_ip", lookup => lookup.Client.Address),
        Int("client_port", lookup => lookup.Client.Port),
        new TextColumn("server_ip", lookup => lookup.Server.Address),
        Int("server_port", lookup => lookup.Server.Port),
        new TextColumn("transport", lookup => lookup.Transport),
        Int("dns_id", lookup => lookup.MessageId),
        Int("opcode", lookup => lookup.Opcode.Number),
        Int("query_flags", lookup => lookup.Query?.Flags),
        Int("queries", lookup => lookup.Queries),
        Int("flags", lookup => lookup.Response?.Flags),
        Int("rcode", lookup => lookup.ResponseCode?.Number),
        new TextColumn("rcode_name", lookup => lookup.ResponseCode?.Text),
        Long("rtt_us", lookup => lookup.Remainder?.RoundTripNanoseconds is { } time ? Floor(time) : null),
        Switch("further_response", lookup => lookup.IsFurtherResponse),
        new ListColumn<AlertAnswer>(
            "answers", lookup => lookup.Answers,
            new("name", answer => answer.Name), new("type", answer => answer.Type), new("class", answer => answer.Class), new("ttl", null, answer => answer.TimeToLive), new("data", answer => answer.Data)),
        Int("answers_left_out", lookup => lookup.AnswersLeftOut),
        Int("authority_count", lookup => lookup.Response is null ? null : lookup.Remainder?.AuthorityRecords),
        Int("additional_count", lookup => lookup.Response is null ? null : lookup.Remainder?.AdditionalRecords),
        Switch("dnssec_ok", lookup => lookup.Remainder?.IsDnssecOk ?? false),
        new TextColumn("query_malformed", lookup => lookup.Query?.Malformed),
        new TextColumn("response_malformed", lookup => lookup.Response?.Malformed),
        Switch("query_cut", lookup => lookup.Query?.IsTruncated ?? false),
        Switch("response_cut", lookup => lookup.Response?.IsTruncated ?? false),
        new OctetsColumn("query_wire", lookup => lookup.Remainder?.QueryOctets),
        new OctetsColumn("response_wire", lookup => lookup.Remainder?.ResponseOctets),
        new TextColumn("vlan", lookup => lookup.VlanIds.Count == 0 ? null : string.Join(',', lookup.VlanIds.Select(id => id.ToString(CultureInfo.InvariantCulture)))),
        new TextColumn("tunnels", lookup => lookup.Tunnels.Count == 0 ? null : string.Join(',', lookup.Tunnels)),
        new TextColumn("file", lookup => lookup.File),
        new TextColumn("interface", lookup => lookup.Interface),
        Int("source_index", lookup => lookup.Remainder?.SourceIndex ?? 0),
        Long("source_packet", lookup => lookup.Query?.PacketNumber ?? lookup.Response?.PacketNumber),
        Long("rtt_packets", lookup => lookup is { Query: { } query, Response: { } response } ? response.PacketNumber - query.PacketNumber : null),
        Int("query_part", lookup => lookup.Query is null ? null : lookup.Remainder?.QueryPart),
        Int("response_part", lookup => lookup.Response is null ? null : lookup.Remainder?.ResponsePart),
        Int("ts_nanos", lookup => lookup.UnixTimeNanoseconds is { } time ? Rest(time) : null),
        Int("rtt_nanos", lookup => lookup.Remainder?.RoundTripNanoseconds is { } time ? Rest(time) : null),
        Id,
    ];

    /// <summary>The schema of a file.</summary>
    public static IReadOnlyList<SchemaField> Schema { get; } = [.. All.Select(column => column.Field)];

    private static NumberColumn Int(string name, Func<DnsLookup, long?> read) => new(name, ColumnType.Int32, read);

    private static NumberColumn Long(string name, Func<DnsLookup, long?> read) => new(name, ColumnType.Int64, read);

    private static NumberColumn Switch(string name, Func<DnsLookup, bool> read) => new(name, ColumnType.Switch, lookup => read(lookup) ? 1 : 0);

    // Rounded down, so that the rest is never negative.
    private static long Floor(long nanoseconds) => (nanoseconds - Rest(nanoseconds)) / NanosecondsPerMicrosecond;

    private static long Rest(long nanoseconds) => ((nanoseconds % NanosecondsPerMicrosecond) + NanosecondsPerMicrosecond) % NanosecondsPerMicrosecond;
}
