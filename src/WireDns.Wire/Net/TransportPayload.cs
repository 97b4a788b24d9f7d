namespace WireDns.Wire.Net;

/// <summary>
/// The payload of one UDP datagram, or one length-prefixed message of a TCP stream: a view that is valid until the decoder is called
/// again. Source and destination are those of the innermost IP header.
/// </summary>
/// <param name="data">The payload.</param>
/// <param name="origin">Where it comes from; must not change while the view is used.</param>
public readonly ref struct TransportPayload(ReadOnlySpan<byte> data, ref readonly PayloadOrigin origin)
{
    private readonly ref readonly PayloadOrigin _origin = ref origin;

    /// <summary>The payload; for TCP without its two length octets (RFC 7766 §8). May be empty.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Where it comes from.</summary>
    public ref readonly PayloadOrigin Origin => ref _origin;

    /// <inheritdoc cref="PayloadOrigin.Transport"/>
    public Transport Transport => _origin.Transport;

    /// <inheritdoc cref="PayloadOrigin.Source"/>
    public NetAddress Source => _origin.Source;

    /// <inheritdoc cref="PayloadOrigin.Destination"/>
    public NetAddress Destination => _origin.Destination;

    /// <inheritdoc cref="PayloadOrigin.SourcePort"/>
    public ushort SourcePort => _origin.SourcePort;

    /// <inheritdoc cref="PayloadOrigin.DestinationPort"/>
    public ushort DestinationPort => _origin.DestinationPort;

    /// <inheritdoc cref="PayloadOrigin.Time"/>
    public PacketTime Time => _origin.Time;

    /// <inheritdoc cref="PayloadOrigin.PacketNumber"/>
    public long PacketNumber => _origin.PacketNumber;

    /// <inheritdoc cref="PayloadOrigin.InterfaceIndex"/>
    public int InterfaceIndex => _origin.InterfaceIndex;

    /// <inheritdoc cref="PayloadOrigin.VlanIds"/>
    public ReadOnlySpan<ushort> VlanIds => _origin.VlanIds;

    /// <inheritdoc cref="PayloadOrigin.Tunnels"/>
    public ReadOnlySpan<Tunnel> Tunnels => _origin.Tunnels;

    /// <inheritdoc cref="PayloadOrigin.IsTruncated"/>
    public bool IsTruncated => _origin.IsTruncated;

    /// <inheritdoc cref="PayloadOrigin.HasOverlap"/>
    public bool HasOverlap => _origin.HasOverlap;
}
