namespace WireDns.Wire.Net;

/// <summary>
/// The payload of one UDP datagram, or one length-prefixed message of a TCP stream: a view that is valid until the decoder is called
/// again. Source and destination are those of the innermost IP header.
/// </summary>
public ref struct TransportPayload
{
    // Fields that are filled in place: on the packet path, a copy of the whole would cost as much as decoding it.
    private ReadOnlySpan<byte> _data;
    private Transport _transport;
    private NetAddress _source;
    private NetAddress _destination;
    private ushort _sourcePort;
    private ushort _destinationPort;
    private PacketTime _time;
    private long _packetNumber;
    private int _interfaceIndex;
    private ReadOnlySpan<ushort> _vlanIds;
    private ReadOnlySpan<Tunnel> _tunnels;
    private bool _isTruncated;
    private bool _hasOverlap;

    /// <summary>The payload; for TCP without its two length octets (RFC 7766 §8). May be empty.</summary>
    public required ReadOnlySpan<byte> Data
    {
        readonly get => _data;
        init => _data = value;
    }

    /// <summary>UDP or TCP.</summary>
    public required Transport Transport
    {
        readonly get => _transport;
        init => _transport = value;
    }

    /// <summary>Who sent it.</summary>
    public required NetAddress Source
    {
        readonly get => _source;
        init => _source = value;
    }

    /// <summary>To whom it was sent.</summary>
    public required NetAddress Destination
    {
        readonly get => _destination;
        init => _destination = value;
    }

    /// <summary>The sender's port.</summary>
    public required ushort SourcePort
    {
        readonly get => _sourcePort;
        init => _sourcePort = value;
    }

    /// <summary>The receiver's port.</summary>
    public required ushort DestinationPort
    {
        readonly get => _destinationPort;
        init => _destinationPort = value;
    }

    /// <summary>Time of the packet that completed it.</summary>
    public required PacketTime Time
    {
        readonly get => _time;
        init => _time = value;
    }

    /// <summary>Number of the packet that completed it, from 1.</summary>
    public required long PacketNumber
    {
        readonly get => _packetNumber;
        init => _packetNumber = value;
    }

    /// <summary>Index of the interface of the packet that completed it, within its source.</summary>
    public int InterfaceIndex
    {
        readonly get => _interfaceIndex;
        init => _interfaceIndex = value;
    }

    /// <summary>VLAN ids (0 to 4095) of the completing packet's innermost frame, outermost first; empty where untagged.</summary>
    public ReadOnlySpan<ushort> VlanIds
    {
        readonly get => _vlanIds;
        init => _vlanIds = value;
    }

    /// <summary>Encapsulations, outermost first; empty where there is none.</summary>
    public ReadOnlySpan<Tunnel> Tunnels
    {
        readonly get => _tunnels;
        init => _tunnels = value;
    }

    /// <summary>Whether the snap length cut the packet within this payload.</summary>
    public bool IsTruncated
    {
        readonly get => _isTruncated;
        init => _isTruncated = value;
    }

    /// <summary>Whether fragments or segments of it overlapped with different bytes: two readers could see two messages.</summary>
    public bool HasOverlap
    {
        readonly get => _hasOverlap;
        init => _hasOverlap = value;
    }

    /// <summary>Describes a payload that the packet at hand completed.</summary>
    internal static void Fill(
        out TransportPayload payload, PacketState packet, ReadOnlySpan<byte> data, Transport transport, scoped in Flow flow)
    {
        payload._data = data;
        payload._transport = transport;
        payload._source = flow.Source;
        payload._destination = flow.Destination;
        payload._sourcePort = flow.SourcePort;
        payload._destinationPort = flow.DestinationPort;
        payload._time = packet.Time;
        payload._packetNumber = packet.Number;
        payload._interfaceIndex = packet.InterfaceIndex;
        payload._vlanIds = packet.VlanIds;
        payload._tunnels = packet.Tunnels;
        payload._isTruncated = packet.IsPayloadTruncated;
        payload._hasOverlap = packet.HasOverlap;
    }

    /// <summary>Describes a payload that the packet at hand released.</summary>
    internal static void Fill(
        out TransportPayload payload, PacketState packet, ReadOnlySpan<byte> data, scoped in Delivery delivery, bool hasOverlap)
    {
        Fill(out payload, packet, data, delivery.Transport, in delivery.Flow);
        payload._isTruncated = delivery.IsTruncated;
        payload._hasOverlap = hasOverlap;
        if (!delivery.IsOfCurrentPacket)
        {
            payload._vlanIds = default;
            payload._tunnels = delivery.Tunnels;
        }
    }
}
