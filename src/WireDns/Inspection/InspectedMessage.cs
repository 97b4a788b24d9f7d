using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Inspection;

/// <summary>A payload that the decoder delivered as a DNS message, with all that it said of it: a copy that outlives the packet.</summary>
internal sealed record InspectedMessage
{
    /// <summary>The message; over TCP without its length prefix.</summary>
    public required byte[] Data { get; init; }

    /// <summary>UDP or TCP.</summary>
    public required Transport Transport { get; init; }

    /// <summary>Who sent it.</summary>
    public required NetAddress Source { get; init; }

    /// <summary>To whom.</summary>
    public required NetAddress Destination { get; init; }

    /// <summary>The sender's port.</summary>
    public required ushort SourcePort { get; init; }

    /// <summary>The receiver's port.</summary>
    public required ushort DestinationPort { get; init; }

    /// <summary>Time of the packet that completed it.</summary>
    public required PacketTime Time { get; init; }

    /// <summary>Number of the packet that completed it.</summary>
    public required long PacketNumber { get; init; }

    /// <summary>Interface of the packet that completed it.</summary>
    public required int InterfaceIndex { get; init; }

    /// <summary>VLAN ids, outermost first.</summary>
    public required ushort[] VlanIds { get; init; }

    /// <summary>Tunnels, outermost first.</summary>
    public required Tunnel[] Tunnels { get; init; }

    /// <summary>Whether the snap length cut it.</summary>
    public required bool IsTruncated { get; init; }

    /// <summary>Whether fragments or segments of it contradict each other.</summary>
    public required bool HasOverlap { get; init; }

    /// <summary>Numbers of the packets that it came in, ascending; empty where they are not known.</summary>
    public IReadOnlyList<long> Packets { get; init; } = [];

    /// <summary>Whether it was delivered because the capture ended, and not by what the packet holds.</summary>
    public bool IsReleasedByEnd { get; init; }

    /// <summary>A copy of what the decoder delivered.</summary>
    public static InspectedMessage Of(in TransportPayload payload) => new()
    {
        Data = payload.Data.ToArray(),
        Transport = payload.Transport,
        Source = payload.Source,
        Destination = payload.Destination,
        SourcePort = payload.SourcePort,
        DestinationPort = payload.DestinationPort,
        Time = payload.Time,
        PacketNumber = payload.PacketNumber,
        InterfaceIndex = payload.InterfaceIndex,
        VlanIds = payload.VlanIds.ToArray(),
        Tunnels = payload.Tunnels.ToArray(),
        IsTruncated = payload.IsTruncated,
        HasOverlap = payload.HasOverlap,
    };

    /// <summary>The message as the decoder delivers it.</summary>
    public TransportPayload ToPayload() => new()
    {
        Data = Data,
        Transport = Transport,
        Source = Source,
        Destination = Destination,
        SourcePort = SourcePort,
        DestinationPort = DestinationPort,
        Time = Time,
        PacketNumber = PacketNumber,
        InterfaceIndex = InterfaceIndex,
        VlanIds = VlanIds,
        Tunnels = Tunnels,
        IsTruncated = IsTruncated,
        HasOverlap = HasOverlap,
    };
}
