using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Inspection;

/// <summary>A payload that the decoder delivered as a DNS message, with all that it said of it: a copy that outlives the packet.</summary>
internal sealed record InspectedMessage
{
    private readonly PayloadOrigin _origin;

    /// <summary>A copy of what the decoder delivered.</summary>
    public InspectedMessage(in TransportPayload payload)
    {
        Data = payload.Data.ToArray();
        _origin.CopyFrom(payload.Origin);
    }

    /// <summary>The message; over TCP without its length prefix.</summary>
    public byte[] Data { get; }

    /// <summary>UDP or TCP.</summary>
    public Transport Transport => _origin.Transport;

    /// <summary>Who sent it.</summary>
    public NetAddress Source => _origin.Source;

    /// <summary>To whom.</summary>
    public NetAddress Destination => _origin.Destination;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => _origin.SourcePort;

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => _origin.DestinationPort;

    /// <summary>Time of the packet that completed it.</summary>
    public PacketTime Time => _origin.Time;

    /// <summary>Number of the packet that completed it.</summary>
    public long PacketNumber => _origin.PacketNumber;

    /// <summary>Interface of the packet that completed it.</summary>
    public int InterfaceIndex => _origin.InterfaceIndex;

    /// <summary>VLAN ids, outermost first.</summary>
    public ushort[] VlanIds => _origin.VlanIds.ToArray();

    /// <summary>Tunnels, outermost first.</summary>
    public Tunnel[] Tunnels => _origin.Tunnels.ToArray();

    /// <summary>Whether the snap length cut it.</summary>
    public bool IsTruncated => _origin.IsTruncated;

    /// <summary>Whether fragments or segments of it contradict each other.</summary>
    public bool HasOverlap => _origin.HasOverlap;

    /// <summary>Numbers of the packets that it came in, ascending; empty where they are not known.</summary>
    public IReadOnlyList<long> Packets { get; init; } = [];

    /// <summary>Whether it was delivered because the capture ended, and not by what the packet holds.</summary>
    public bool IsReleasedByEnd { get; init; }

    /// <summary>The message as the decoder delivers it.</summary>
    public TransportPayload ToPayload() => new(Data, in _origin);
}
