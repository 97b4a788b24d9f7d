namespace WireDns.Wire.Net;

/// <summary>
/// The payload of one UDP datagram, or one length-prefixed message of a TCP stream: a view that is valid until the decoder is called
/// again. Source and destination are those of the innermost IP header.
/// </summary>
public readonly ref struct TransportPayload
{
    /// <summary>The payload; for TCP without its two length octets (RFC 7766 §8). May be empty.</summary>
    public required ReadOnlySpan<byte> Data { get; init; }

    /// <summary>UDP or TCP.</summary>
    public required Transport Transport { get; init; }

    /// <summary>Who sent it.</summary>
    public required NetAddress Source { get; init; }

    /// <summary>To whom it was sent.</summary>
    public required NetAddress Destination { get; init; }

    /// <summary>The sender's port.</summary>
    public required ushort SourcePort { get; init; }

    /// <summary>The receiver's port.</summary>
    public required ushort DestinationPort { get; init; }

    /// <summary>Time of the packet that completed it.</summary>
    public required PacketTime Time { get; init; }

    /// <summary>Number of the packet that completed it, from 1.</summary>
    public required long PacketNumber { get; init; }

    /// <summary>Index of the interface of the packet that completed it, within its source.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>VLAN ids (0 to 4095) of the completing packet's innermost frame, outermost first; empty where untagged.</summary>
    public ReadOnlySpan<ushort> VlanIds { get; init; }

    /// <summary>Encapsulations, outermost first; empty where there is none.</summary>
    public ReadOnlySpan<Tunnel> Tunnels { get; init; }

    /// <summary>Whether the snap length cut the packet within this payload.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Whether fragments or segments of it overlapped with different bytes: two readers could see two messages.</summary>
    public bool HasOverlap { get; init; }
}
