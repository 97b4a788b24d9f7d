namespace WireDns.Alerts;

/// <summary>
/// A lookup that a rule matched: who asked whom for what, when and where it was seen, and why the rule fired. Immutable.
/// </summary>
/// <remarks>Its id is a hash of rule id, packet time, flow, DNS id and name, as hex: the same capture gives the same ids.</remarks>
public sealed record Alert : Notification
{
    /// <summary>
    /// The id of the rule whose alerts are canaries: lookups that the sensor's owner sends to learn whether it works. Whoever reads alerts leaves them out by it.
    /// </summary>
    public const string CanaryRuleId = "c7e0c0de-5e1f-4e57-9a11-0dd5ca9a4d15";

    private readonly string? _communityId;
    private readonly bool _isCommunityIdGiven;

    /// <inheritdoc/>
    public override string Id
    {
        get => GivenId ?? Identity?.Id ?? "";
        init => GivenId = value;
    }

    /// <summary>What makes <see cref="Id"/> and <see cref="CommunityId"/> where they were not given. An alert has this or an id.</summary>
    public AlertIdentity? Identity { get; init; }

    /// <summary>The id, where it was given; else <see cref="Identity"/> makes it.</summary>
    internal string? GivenId { get; private init; }

    /// <summary>Whether this is a canary, which nothing holds back, and which goes to each sink that takes alerts, whatever the sink's level and rules.</summary>
    public bool IsCanary => Rule.Id == CanaryRuleId;

    /// <summary>Packet time in nanoseconds since the Unix epoch; null where the capture has no time for the packet.</summary>
    public required long? UnixTimeNanoseconds { get; init; }

    /// <summary>The rule that matched.</summary>
    public required AlertRule Rule { get; init; }

    /// <summary>Who asked.</summary>
    public required AlertEndpoint Client { get; init; }

    /// <summary>Who was asked.</summary>
    public required AlertEndpoint Server { get; init; }

    /// <summary>udp or tcp; empty where a packet could not be read so far.</summary>
    public required string Transport { get; init; }

    /// <summary>The DNS message.</summary>
    public required AlertMessage Message { get; init; }

    /// <summary>Why the rule fired: at least one value that matched, or none if the condition holds because something is absent (not).</summary>
    public required IReadOnlyList<AlertReason> Reasons { get; init; }

    /// <summary>What was found across several events, if the rule is a correlation; else null.</summary>
    public AlertCorrelation? Correlation { get; init; }

    /// <summary>What is wrong with the message or packet, where this tells of that and of no rule; else null.</summary>
    public AlertAnomaly? Anomaly { get; init; }

    /// <summary>What was held back, where this is the summary of alerts that were not sent; else null.</summary>
    public AlertRepeats? Repeats { get; init; }

    /// <summary>The indicators of threat intelligence that cover a name of the lookup, where the rule asks for them; the most specific of each list.</summary>
    public IReadOnlyList<AlertIndicator> Indicators { get; init; } = [];

    /// <summary>The capture file that held the packet, or null for a live capture.</summary>
    public string? File { get; init; }

    /// <summary>The capture interface; null if it is not known.</summary>
    public string? Interface { get; init; }

    /// <summary>Number of the packet that completed the message, from 1 in its file or capture.</summary>
    public required long PacketNumber { get; init; }

    /// <summary>Number of the packet with the other message of the lookup (query or response); null unless both were seen.</summary>
    public long? RelatedPacketNumber { get; init; }

    /// <summary>Time from the query to the response in nanoseconds; null unless this is a response whose query was seen.</summary>
    public long? RoundTripNanoseconds { get; init; }

    /// <summary>VLAN ids, outermost first.</summary>
    public IReadOnlyList<int> VlanIds { get; init; } = [];

    /// <summary>Encapsulations, outermost first (vxlan, gre …).</summary>
    public IReadOnlyList<string> Tunnels { get; init; } = [];

    /// <summary>The flow's Community ID, version 1; null where there is none. By default that of <see cref="Identity"/>.</summary>
    public string? CommunityId
    {
        get => _isCommunityIdGiven ? _communityId : Identity?.CommunityId;
        init => (_communityId, _isCommunityIdGiven) = (value, true);
    }

    /// <summary>Whether the client is a known resolver, which passed on the lookup of one of its own clients.</summary>
    public bool IsForwarded { get; init; }
}

/// <summary>A host of a lookup.</summary>
/// <param name="Address">IPv4 or IPv6 address as text (RFC 5952).</param>
/// <param name="Port">UDP or TCP port; <see cref="UnknownPort"/> where a packet could not be read so far.</param>
public sealed record AlertEndpoint(string Address, int Port)
{
    /// <summary>In the place of a port: it is not known.</summary>
    public const int UnknownPort = -1;
}

/// <summary>
/// What an alert says about the DNS message that raised it. Names and data are hostile text in presentation form: printable ASCII.
/// </summary>
public sealed record AlertMessage
{
    /// <summary>There is no message, only a packet.</summary>
    public static AlertMessage None { get; } = new() { Id = 0, IsResponse = false, Opcode = "" };

    /// <summary>The DNS message id.</summary>
    public required int Id { get; init; }

    /// <summary>Whether the message is a response.</summary>
    public required bool IsResponse { get; init; }

    /// <summary>The opcode's mnemonic (QUERY).</summary>
    public required string Opcode { get; init; }

    /// <summary>The response code's mnemonic (NXDOMAIN); null in a query.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>The header flags that are set, as mnemonics (AA, TC, RD, RA, AD, CD).</summary>
    public IReadOnlyList<string> HeaderFlags { get; init; } = [];

    /// <summary>The question's name, or null if the message has no question.</summary>
    public string? QuestionName { get; init; }

    /// <summary>The question's type mnemonic, or null.</summary>
    public string? QuestionType { get; init; }

    /// <summary>The question's class mnemonic, or null.</summary>
    public string? QuestionClass { get; init; }

    /// <summary>The registered domain of the question's name by the public suffix list; null if it has none.</summary>
    public string? RegisteredDomain { get; init; }

    /// <summary>The answers that were read; none in a query.</summary>
    public IReadOnlyList<AlertAnswer> Answers { get; init; } = [];

    /// <summary>The addresses of A and AAAA answers.</summary>
    public IReadOnlyList<string> ResolvedAddresses { get; init; } = [];

    /// <summary>Whether the sender accepts DNSSEC records (the DO bit of EDNS, RFC 3225).</summary>
    public bool IsDnssecOk { get; init; }

    /// <summary>Length of the message in octets, as far as it was captured; 0 if it is not known.</summary>
    public int LengthInOctets { get; init; }

    /// <summary>How the message was malformed, or null if it was sound.</summary>
    public string? Malformed { get; init; }

    /// <summary>Whether the snap length cut the message.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether fragments or segments overlapped with different bytes.</summary>
    public bool HasOverlap { get; init; }
}

/// <summary>A resource record of the answer section.</summary>
/// <param name="Name">Owner name in presentation form.</param>
/// <param name="Type">Type mnemonic (A, HTTPS, TYPE65400).</param>
/// <param name="Class">Class mnemonic (IN).</param>
/// <param name="TimeToLive">TTL in seconds.</param>
/// <param name="Data">Record data in presentation form.</param>
public sealed record AlertAnswer(string Name, string Type, string Class, uint TimeToLive, string Data);

/// <summary>Why a rule fired: one value that matched, or a field that had to be otherwise, or absent.</summary>
/// <param name="Selection">The name of the selection in the rule's detection.</param>
/// <param name="Field">The field as the rule names it, or null for a keyword.</param>
/// <param name="Modifiers">The modifiers as written, in order (contains, all …); empty for a plain value.</param>
/// <param name="Pattern">The rule's value, as written.</param>
/// <param name="Value">The event's value that it matched, as text (hostile: escape it before a person sees it).</param>
/// <param name="Start">First character of the matched span in <paramref name="Value"/>, from 0.</param>
/// <param name="Length">Length of the matched span in characters.</param>
public sealed record AlertReason(
    string Selection, string? Field, IReadOnlyList<string> Modifiers, string Pattern, string Value, int Start, int Length)
{
    /// <summary>Whether the pattern had to be missed: the rule has it under <c>not</c>.</summary>
    public bool IsNegated { get; init; }

    /// <summary>Whether the message has no such field; <see cref="Value"/> is empty then.</summary>
    public bool IsAbsent { get; init; }
}

/// <summary>
/// What is wrong with a message or a packet. An alert that has one belongs to no rule: it is sent if the user asks for anomalies, its level is
/// informational, and its client and server are the packet's sender and receiver unless a message says more.
/// </summary>
/// <param name="Kind">malformed (a message with a fault) or undecodable (a packet that could not be read as far as its payload).</param>
/// <param name="Reason">Why, as the ledger names it (pointer_outside, cut_header).</param>
/// <param name="Packets">How many packets it is about, at least 1; more if fragments were put together.</param>
public sealed record AlertAnomaly(string Kind, string Reason, int Packets)
{
    /// <summary>What stands in place of a rule in every alert about an anomaly.</summary>
    public static AlertRule Rule { get; } = new() { Title = "anomaly", Level = AlertLevel.Informational, File = "" };

    /// <summary>The sender or receiver of a packet whose addresses are not known.</summary>
    public static AlertEndpoint UnknownEnd { get; } = new("", AlertEndpoint.UnknownPort);
}
