namespace WireDns.Alerts.Signals;

/// <summary>
/// A match of a rule that a correlation refers to, on its way from a sensor to the process that correlates for all of them (docs/fleet.md). It has the message itself, so
/// that whatever the correlation or its alert asks for is there. Names and texts are hostile. Immutable.
/// </summary>
public sealed record CorrelationSignal : Notification
{
    /// <summary>The key of its group: all signals of a group of a correlation have it, and so are in one partition. 32 hexadecimal digits.</summary>
    public override required string Id { get; init; }

    /// <summary>The sensor that saw the message. By default empty: the format has the sensor's name.</summary>
    public string Sensor { get; init; } = "";

    /// <summary>The id, or else the title, of the correlation; of several that refer to one another, the last.</summary>
    public required string Correlation { get; init; }

    /// <summary>A digest of what the correlation and its rules look for: 32 hexadecimal digits.</summary>
    public required string Digest { get; init; }

    /// <summary>The id, or else the title, of the rule that matched.</summary>
    public required string Rule { get; init; }

    /// <summary>Tells the lookup from others of about the same time: 32 hexadecimal digits, the same at each sensor that saw it.</summary>
    public required string Lookup { get; init; }

    /// <summary>Which of the groups that the event belongs to, from 0.</summary>
    public int Group { get; init; }

    /// <summary>The values of group-by, for people.</summary>
    public IReadOnlyList<CorrelatedValue> GroupValues { get; init; } = [];

    /// <summary>When the sensor decided it, in packet time, nanoseconds since the Unix epoch: that of the message, or the end of the wait for a response. It gives the order.</summary>
    public required long DecidedAt { get; init; }

    /// <summary>When the message was captured, in nanoseconds since the Unix epoch.</summary>
    public required long UnixTimeNanoseconds { get; init; }

    /// <summary>Who sent the message.</summary>
    public required AlertEndpoint Source { get; init; }

    /// <summary>To whom.</summary>
    public required AlertEndpoint Destination { get; init; }

    /// <summary>udp or tcp.</summary>
    public required string Transport { get; init; }

    /// <summary>The number of the message's packet, from 1.</summary>
    public long PacketNumber { get; init; }

    /// <summary>The number of the query's packet; 0 if the query was not seen.</summary>
    public long QueryPacketNumber { get; init; }

    /// <summary>From the query to the response, in nanoseconds; null unless both were seen.</summary>
    public long? RoundTripNanoseconds { get; init; }

    /// <summary>The 16 bits of the query's header, for a response whose query was seen.</summary>
    public int? QueryFlags { get; init; }

    /// <summary>The capture file, or null for a live capture.</summary>
    public string? File { get; init; }

    /// <summary>The interface; null if it is not known.</summary>
    public string? Interface { get; init; }

    /// <summary>VLAN ids, outermost first.</summary>
    public IReadOnlyList<int> VlanIds { get; init; } = [];

    /// <summary>Encapsulations, outermost first, as KIND or KIND:ID.</summary>
    public IReadOnlyList<string> Tunnels { get; init; } = [];

    /// <summary>Whether the message was cut.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether fragments or segments of it overlapped with different octets.</summary>
    public bool HasOverlap { get; init; }

    /// <summary>The DNS message as it was on the wire.</summary>
    public required ReadOnlyMemory<byte> Message { get; init; }
}
