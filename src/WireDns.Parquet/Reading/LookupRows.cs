namespace WireDns.Parquet.Reading;

/// <summary>
/// Rows of a group: an array for each column, with a place for each row. Texts that are null are empty, and numbers 0, where nothing else is said. Immutable.
/// </summary>
public sealed class LookupRows
{
    private bool[]? _hasNoTime;
    private bool[]? _hasNoQuery;
    private bool[]? _hasNoResponse;
    private bool[]? _hasNoRoundTrip;
    private bool[]? _hasNoQuestion;

    private LookupRows(int count) => Count = count;

    /// <summary>How many rows there are.</summary>
    public int Count { get; }

    /// <summary>Column ts.</summary>
    public DateTime[] Time { get; private set; } = [];

    /// <summary>Column ts_nanos.</summary>
    public int[] TimeNanoseconds { get; private set; } = [];

    /// <summary>Column qname.</summary>
    public ReadOnlyMemory<char>[] Name { get; private set; } = [];

    /// <summary>Column qname_wire.</summary>
    public ReadOnlyMemory<char>[] NameOnWire { get; private set; } = [];

    /// <summary>Column qname_query.</summary>
    public ReadOnlyMemory<char>[] NameInQuery { get; private set; } = [];

    /// <summary>Column qtype.</summary>
    public int[] Type { get; private set; } = [];

    /// <summary>Column qclass.</summary>
    public int[] Class { get; private set; } = [];

    /// <summary>Column client_ip.</summary>
    public ReadOnlyMemory<char>[] Client { get; private set; } = [];

    /// <summary>Column client_port.</summary>
    public int[] ClientPort { get; private set; } = [];

    /// <summary>Column server_ip.</summary>
    public ReadOnlyMemory<char>[] Server { get; private set; } = [];

    /// <summary>Column server_port.</summary>
    public int[] ServerPort { get; private set; } = [];

    /// <summary>Column transport.</summary>
    public ReadOnlyMemory<char>[] Transport { get; private set; } = [];

    /// <summary>Column dns_id.</summary>
    public int[] MessageId { get; private set; } = [];

    /// <summary>Column query_flags.</summary>
    public int[] QueryFlags { get; private set; } = [];

    /// <summary>Column flags.</summary>
    public int[] ResponseFlags { get; private set; } = [];

    /// <summary>Column rcode.</summary>
    public int[] ResponseCode { get; private set; } = [];

    /// <summary>Column rtt_us.</summary>
    public long[] RoundTrip { get; private set; } = [];

    /// <summary>Column rtt_nanos.</summary>
    public int[] RoundTripNanoseconds { get; private set; } = [];

    /// <summary>Column further_response.</summary>
    public bool[] IsFurther { get; private set; } = [];

    /// <summary>Column authority_count.</summary>
    public int[] Authority { get; private set; } = [];

    /// <summary>Column additional_count.</summary>
    public int[] Additional { get; private set; } = [];

    /// <summary>Column dnssec_ok.</summary>
    public bool[] IsDnssecOk { get; private set; } = [];

    /// <summary>Column query_cut.</summary>
    public bool[] IsQueryCut { get; private set; } = [];

    /// <summary>Column response_cut.</summary>
    public bool[] IsResponseCut { get; private set; } = [];

    /// <summary>Column query_malformed.</summary>
    public ReadOnlyMemory<char>[] QueryFault { get; private set; } = [];

    /// <summary>Column response_malformed.</summary>
    public ReadOnlyMemory<char>[] ResponseFault { get; private set; } = [];

    /// <summary>Column query_wire.</summary>
    public ReadOnlyMemory<byte>[] QueryOctets { get; private set; } = [];

    /// <summary>Column response_wire.</summary>
    public ReadOnlyMemory<byte>[] ResponseOctets { get; private set; } = [];

    /// <summary>Column vlan.</summary>
    public ReadOnlyMemory<char>[] VlanIds { get; private set; } = [];

    /// <summary>Column tunnels.</summary>
    public ReadOnlyMemory<char>[] Tunnels { get; private set; } = [];

    /// <summary>Column file.</summary>
    public ReadOnlyMemory<char>[] File { get; private set; } = [];

    /// <summary>Column interface.</summary>
    public ReadOnlyMemory<char>[] Interface { get; private set; } = [];

    /// <summary>Column source_index.</summary>
    public int[] SourceIndex { get; private set; } = [];

    /// <summary>Column source_packet.</summary>
    public long[] Packet { get; private set; } = [];

    /// <summary>Column rtt_packets.</summary>
    public long[] RoundTripPackets { get; private set; } = [];

    /// <summary>Column query_part.</summary>
    public int[] QueryPart { get; private set; } = [];

    /// <summary>Column response_part.</summary>
    public int[] ResponsePart { get; private set; } = [];

    /// <summary>Where the answers of a row begin in the next five, and those of the last one end.</summary>
    public int[] AnswerStarts { get; private set; } = [];

    /// <summary>Column answers, name.</summary>
    public ReadOnlyMemory<char>[] AnswerName { get; private set; } = [];

    /// <summary>Column answers, type.</summary>
    public ReadOnlyMemory<char>[] AnswerType { get; private set; } = [];

    /// <summary>Column answers, ttl.</summary>
    public long[] AnswerTimeToLive { get; private set; } = [];

    /// <summary>Column answers, data.</summary>
    public ReadOnlyMemory<char>[] AnswerData { get; private set; } = [];

    /// <summary>Whether a row has a time.</summary>
    public bool HasTime(int row) => _hasNoTime?[row] != true && Time.Length > 0;

    /// <summary>Whether a row has a question.</summary>
    public bool HasQuestion(int row) => _hasNoQuestion?[row] != true && Name.Length > 0;

    /// <summary>Whether the query was seen.</summary>
    public bool HasQuery(int row) => _hasNoQuery?[row] != true && QueryFlags.Length > 0;

    /// <summary>Whether there is a response.</summary>
    public bool HasResponse(int row) => _hasNoResponse?[row] != true && ResponseFlags.Length > 0;

    /// <summary>Whether a row has a round-trip time.</summary>
    public bool HasRoundTrip(int row) => _hasNoRoundTrip?[row] != true && RoundTrip.Length > 0;

    internal static LookupRows Read(ColumnSource source)
    {
        var count = source.Count;
        var rows = new LookupRows(count)
        {
            NameOnWire = Texts("qname_wire"),
            NameInQuery = Texts("qname_query"),
            Type = Numbers("qtype"),
            Class = Numbers("qclass"),
            Client = Texts("client_ip"),
            ClientPort = Numbers("client_port"),
            Server = Texts("server_ip"),
            ServerPort = Numbers("server_port"),
            Transport = Texts("transport"),
            MessageId = Numbers("dns_id"),
            ResponseCode = Numbers("rcode"),
            TimeNanoseconds = Numbers("ts_nanos"),
            RoundTripNanoseconds = Numbers("rtt_nanos"),
            IsFurther = Switches("further_response"),
            Authority = Numbers("authority_count"),
            Additional = Numbers("additional_count"),
            IsDnssecOk = Switches("dnssec_ok"),
            IsQueryCut = Switches("query_cut"),
            IsResponseCut = Switches("response_cut"),
            QueryFault = Texts("query_malformed"),
            ResponseFault = Texts("response_malformed"),
            QueryOctets = source.Read<ReadOnlyMemory<byte>>("query_wire", out _) ?? new ReadOnlyMemory<byte>[count],
            ResponseOctets = source.Read<ReadOnlyMemory<byte>>("response_wire", out _) ?? new ReadOnlyMemory<byte>[count],
            VlanIds = Texts("vlan"),
            Tunnels = Texts("tunnels"),
            File = Texts("file"),
            Interface = Texts("interface"),
            SourceIndex = Numbers("source_index"),
            Packet = source.Read<long>("source_packet", out _) ?? new long[count],
            RoundTripPackets = source.Read<long>("rtt_packets", out _) ?? new long[count],
            QueryPart = Numbers("query_part"),
            ResponsePart = Numbers("response_part"),
            AnswerStarts = new int[count + 1],
        };
        rows.Time = source.Read<DateTime>("ts", out rows._hasNoTime) ?? [];
        rows.Name = source.Read<ReadOnlyMemory<char>>("qname", out rows._hasNoQuestion) ?? [];
        rows.QueryFlags = source.Read<int>("query_flags", out rows._hasNoQuery) ?? [];
        rows.ResponseFlags = source.Read<int>("flags", out rows._hasNoResponse) ?? [];
        rows.RoundTrip = source.Read<long>("rtt_us", out rows._hasNoRoundTrip) ?? [];
        rows.AnswerName = source.ReadList<ReadOnlyMemory<char>>("answers/list/element/name", rows.AnswerStarts) ?? [];
        rows.AnswerType = source.ReadList<ReadOnlyMemory<char>>("answers/list/element/type", rows.AnswerStarts) ?? [];
        rows.AnswerTimeToLive = source.ReadList<long>("answers/list/element/ttl", rows.AnswerStarts) ?? [];
        rows.AnswerData = source.ReadList<ReadOnlyMemory<char>>("answers/list/element/data", rows.AnswerStarts) ?? [];
        var items = rows.AnswerStarts[count];
        if (rows.AnswerName.Length < items || rows.AnswerType.Length < items || rows.AnswerTimeToLive.Length < items || rows.AnswerData.Length < items)
        {
            throw new InvalidDataException();
        }

        return rows;

        ReadOnlyMemory<char>[] Texts(string name) => source.Read<ReadOnlyMemory<char>>(name, out _) ?? new ReadOnlyMemory<char>[count];
        int[] Numbers(string name) => source.Read<int>(name, out _) ?? new int[count];
        bool[] Switches(string name) => source.Read<bool>(name, out _) ?? new bool[count];
    }
}
