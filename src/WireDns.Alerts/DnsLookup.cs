namespace WireDns.Alerts;

/// <summary>
/// A lookup, for a log of all of them: a query and its response, or one of the two alone. Names and data are hostile text in presentation form: printable
/// ASCII. Immutable.
/// </summary>
/// <remarks>Its id is a hash of flow, DNS id, name and the times of its messages, as hex: the same capture gives the same ids.</remarks>
public sealed record DnsLookup : Notification
{
    /// <inheritdoc/>
    public override required string Id { get; init; }

    /// <summary>Time of its first message that was seen, in nanoseconds since the Unix epoch; null where the capture has none.</summary>
    public required long? UnixTimeNanoseconds { get; init; }

    /// <summary>Who asked.</summary>
    public required AlertEndpoint Client { get; init; }

    /// <summary>Who was asked.</summary>
    public required AlertEndpoint Server { get; init; }

    /// <summary>udp or tcp.</summary>
    public required string Transport { get; init; }

    /// <summary>The DNS message id.</summary>
    public required int MessageId { get; init; }

    /// <summary>The opcode and its mnemonic (QUERY).</summary>
    public required Mnemonic Opcode { get; init; }

    /// <summary>The first question; null if no message has one that can be read.</summary>
    public LookupQuestion? Question { get; init; }

    /// <summary>The registered domain of the question's name, with its case; null if it has none.</summary>
    public string? RegisteredDomain { get; init; }

    /// <summary>The query; null if it was not seen.</summary>
    public LookupMessage? Query { get; init; }

    /// <summary>How many times the query was seen, with its repetitions; 0 if it was not seen.</summary>
    public int Queries { get; init; }

    /// <summary>The response; null if none was seen in time.</summary>
    public LookupMessage? Response { get; init; }

    /// <summary>Whether the query had been answered before, by a response with other content.</summary>
    public bool IsFurtherResponse { get; init; }

    /// <summary>The response code, with the upper bits of an OPT record, and its mnemonic; null without a response.</summary>
    public Mnemonic? ResponseCode { get; init; }

    /// <summary>From the query to the response, in nanoseconds, at least 0; null unless both were seen.</summary>
    public long? RoundTripNanoseconds { get; init; }

    /// <summary>The records of the answer section, as many as are logged.</summary>
    public IReadOnlyList<AlertAnswer> Answers { get; init; } = [];

    /// <summary>Records of the answer section that are not logged.</summary>
    public int AnswersLeftOut { get; init; }

    /// <summary>The same in Zeek's words; null unless the log was asked for them.</summary>
    public LookupInZeek? Zeek { get; init; }

    /// <summary>What else is needed to see the same messages again; null unless the log was asked for it.</summary>
    public LookupRemainder? Remainder { get; init; }

    /// <summary>The capture file, or null for a live capture.</summary>
    public string? File { get; init; }

    /// <summary>The capture interface; null if it is not known.</summary>
    public string? Interface { get; init; }

    /// <summary>VLAN ids of its last message, outermost first.</summary>
    public IReadOnlyList<int> VlanIds { get; init; } = [];

    /// <summary>Encapsulations of its last message, outermost first (vxlan, gre …).</summary>
    public IReadOnlyList<string> Tunnels { get; init; } = [];

    /// <summary>The flow's Community ID, version 1, or null where it was not computed.</summary>
    public string? CommunityId { get; init; }
}

/// <summary>A number and the word for it.</summary>
public readonly record struct Mnemonic(int Number, string Text);

/// <summary>What a lookup asks for.</summary>
/// <param name="Name">The name in presentation form, case kept.</param>
/// <param name="Type">The type (A, 1).</param>
/// <param name="Class">The class (IN, 1).</param>
public sealed record LookupQuestion(string Name, Mnemonic Type, Mnemonic Class);

/// <summary>A message of a lookup.</summary>
/// <param name="PacketNumber">The packet that completed it, from 1 in its file or capture.</param>
/// <param name="Flags">The 16 bits of its header.</param>
/// <param name="Malformed">Its first fault, or null if it was sound.</param>
/// <param name="IsTruncated">Whether it was cut, before the capture or by the snap length.</param>
public sealed record LookupMessage(long PacketNumber, int Flags, string? Malformed, bool IsTruncated);

/// <summary>
/// What Zeek's dns.log writes in other words. Octets that cannot be printed are <c>\x00</c>, a backslash is doubled: text of printable ASCII.
/// </summary>
public sealed record LookupInZeek
{
    /// <summary>A name for the connection: C and 17 letters and digits. The same in each run over the same packets.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The question's name in lower case, or else the owner of the first answer; null without either.</summary>
    public string? Query { get; init; }

    /// <summary>Zeek's words for the question's type and class; null without a question.</summary>
    public (string Type, string Class)? Question { get; init; }

    /// <summary>Zeek's word for the response code; null without a response.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>Zeek's word for the opcode.</summary>
    public required string Opcode { get; init; }

    /// <summary>The data of answers, with their times to live in seconds.</summary>
    public IReadOnlyList<(string Data, uint TimeToLive)> Answers { get; init; } = [];

    /// <summary>Whether the response has no record at all.</summary>
    public bool IsRejected { get; init; }
}

/// <summary>What a lookup's other members leave out, and rules can ask for: with it, the lookup's messages can be matched again, with the same result.</summary>
public sealed record LookupRemainder
{
    /// <summary>The place of its source among those of the run that are read separately, from 0.</summary>
    public int SourceIndex { get; init; }

    /// <summary>
    /// Whether packets of several captures make up the source (interfaces, files that are read as one): their time, and not their number, gives their order.
    /// </summary>
    public bool IsOrderedByTime { get; init; }

    /// <summary>From the query to the response, in nanoseconds; negative if time went backwards. Null unless both were seen.</summary>
    public long? RoundTripNanoseconds { get; init; }

    /// <summary>Which message of its packet the query is, from 0: a TCP segment may complete several.</summary>
    public int QueryPart { get; init; }

    /// <summary>Which message of its packet the response is, from 0.</summary>
    public int ResponsePart { get; init; }

    /// <summary>The query's name where its spelling is not that of the question; null where it is, and without a query.</summary>
    public string? QueryName { get; init; }

    /// <summary>The questions after the first one.</summary>
    public IReadOnlyList<LookupQuestion> FurtherQuestions { get; init; } = [];

    /// <summary>Records of the response's authority section.</summary>
    public int AuthorityRecords { get; init; }

    /// <summary>Records of the response's additional section, OPT left out.</summary>
    public int AdditionalRecords { get; init; }

    /// <summary>Whether the last message has the flag DO (RFC 3225).</summary>
    public bool IsDnssecOk { get; init; }

    /// <summary>The query as it was on the wire, if the other members do not say all of it: it is malformed, cut, or of an unusual shape.</summary>
    public ReadOnlyMemory<byte>? QueryOctets { get; init; }

    /// <summary>The response as it was on the wire, if the other members do not say all of it.</summary>
    public ReadOnlyMemory<byte>? ResponseOctets { get; init; }
}
