namespace WireDns.Alerts;

/// <summary>
/// One lookup that one rule matched: who asked whom for what, when, where it was seen, and why it is an alert. Immutable.
/// </summary>
public sealed record Alert
{
    /// <summary>A hash of rule id, packet time, flow, DNS id and name, as hex: the same capture gives the same ids.</summary>
    public required string Id { get; init; }

    /// <summary>Packet time in nanoseconds since the Unix epoch; null where the capture has no time for the packet.</summary>
    public required long? UnixTimeNanoseconds { get; init; }

    /// <summary>The rule that matched.</summary>
    public required AlertRule Rule { get; init; }

    /// <summary>Who asked.</summary>
    public required AlertEndpoint Client { get; init; }

    /// <summary>Who was asked.</summary>
    public required AlertEndpoint Server { get; init; }

    /// <summary>udp or tcp.</summary>
    public required string Transport { get; init; }

    /// <summary>The DNS message.</summary>
    public required AlertMessage Message { get; init; }

    /// <summary>Why the rule fired: at least one value that matched, or none where the condition holds by absence (not).</summary>
    public required IReadOnlyList<AlertReason> Reasons { get; init; }

    /// <summary>What was found across several events, where the rule is a correlation; else null.</summary>
    public AlertCorrelation? Correlation { get; init; }

    /// <summary>The capture file that held the packet, or null for a live capture.</summary>
    public string? File { get; init; }

    /// <summary>The capture interface, where known.</summary>
    public string? Interface { get; init; }

    /// <summary>Number of the packet that completed the message, from 1 in its file or capture.</summary>
    public required long PacketNumber { get; init; }

    /// <summary>Number of the packet of the other message of the lookup (query or response), where both were seen.</summary>
    public long? RelatedPacketNumber { get; init; }

    /// <summary>VLAN ids, outermost first.</summary>
    public IReadOnlyList<int> VlanIds { get; init; } = [];

    /// <summary>Encapsulations, outermost first (vxlan, gre …).</summary>
    public IReadOnlyList<string> Tunnels { get; init; } = [];

    /// <summary>The flow's Community ID, version 1, or null where it was not computed.</summary>
    public string? CommunityId { get; init; }

    /// <summary>Whether the client is a known resolver that passed on the lookup of a client of its own.</summary>
    public bool IsForwarded { get; init; }
}
