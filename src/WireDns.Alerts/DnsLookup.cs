namespace WireDns.Alerts;

/// <summary>
/// A lookup, for a log of all of them: a query and its response, or one of the two alone. Names and data are hostile text in presentation form: printable
/// ASCII. Immutable.
/// </summary>
/// <remarks>Its id is a hash of flow, DNS id, name and the times of its messages, as hex: the same capture gives the same ids.</remarks>
public sealed record DnsLookup : Notification
{
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
