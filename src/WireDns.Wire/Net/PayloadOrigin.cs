namespace WireDns.Wire.Net;

/// <summary>Where and when a payload was captured, and who sent it to whom. Large: read in place, and copied only to be kept.</summary>
public struct PayloadOrigin
{
    internal PlainOrigin Plain;
    private ushort[]? _vlanIds;
    private Tunnel[]? _tunnels;

    /// <summary>UDP or TCP.</summary>
    public Transport Transport
    {
        readonly get => Plain.Transport;
        set => Plain.Transport = value;
    }

    /// <summary>Who sent it.</summary>
    public NetAddress Source
    {
        readonly get => Plain.Flow.Source;
        set => Plain.Flow.Source = value;
    }

    /// <summary>To whom it was sent.</summary>
    public NetAddress Destination
    {
        readonly get => Plain.Flow.Destination;
        set => Plain.Flow.Destination = value;
    }

    /// <summary>The sender's port.</summary>
    public ushort SourcePort
    {
        readonly get => Plain.Flow.SourcePort;
        set => Plain.Flow.SourcePort = value;
    }

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort
    {
        readonly get => Plain.Flow.DestinationPort;
        set => Plain.Flow.DestinationPort = value;
    }

    /// <summary>Time of the packet that completed it. For a message of a stream after bytes that never came: of the packet of its last octet.</summary>
    public PacketTime Time
    {
        readonly get => Plain.Time;
        set => Plain.Time = value;
    }

    /// <summary>Number of the packet whose time <see cref="Time"/> is, from 1.</summary>
    public long PacketNumber
    {
        readonly get => Plain.PacketNumber;
        set => Plain.PacketNumber = value;
    }

    /// <summary>How many packets a datagram came in: more than one where it was reassembled from fragments. 0 for a message of a stream.</summary>
    public int PacketCount
    {
        readonly get => Plain.PacketCount;
        set => Plain.PacketCount = value;
    }

    /// <summary>Of a message of a stream: the sequence number after its last octet. Its length prefix is the first two octets that it has there.</summary>
    public uint StreamEnd
    {
        readonly get => Plain.StreamEnd;
        set => Plain.StreamEnd = value;
    }

    /// <summary>Index of the interface of that packet, within its source.</summary>
    public int InterfaceIndex
    {
        readonly get => Plain.InterfaceIndex;
        set => Plain.InterfaceIndex = value;
    }

    /// <summary>Whether the packet was cut within the payload: by the snap length, or by the device that mirrored it.</summary>
    public bool IsTruncated
    {
        readonly get => Plain.IsTruncated;
        set => Plain.IsTruncated = value;
    }

    /// <summary>Whether fragments or segments of it overlapped with different bytes: two readers could see two messages.</summary>
    public bool HasOverlap
    {
        readonly get => Plain.HasOverlap;
        set => Plain.HasOverlap = value;
    }

    /// <summary>VLAN ids (0 to 4095) of the completing packet's innermost frame, outermost first; empty where untagged.</summary>
    public readonly ReadOnlySpan<ushort> VlanIds => _vlanIds.AsSpan(0, Plain.VlanCount);

    /// <summary>Encapsulations, outermost first; empty where there is none.</summary>
    public readonly ReadOnlySpan<Tunnel> Tunnels => _tunnels.AsSpan(0, Plain.TunnelCount);

    /// <summary>Sets <see cref="VlanIds"/> to the first elements of an array, which is not copied.</summary>
    public void SetVlanIds(ushort[]? ids, int count) => (_vlanIds, Plain.VlanCount) = (ids, count);

    /// <summary>Sets <see cref="Tunnels"/> to the first elements of an array, which is not copied.</summary>
    public void SetTunnels(Tunnel[]? tunnels, int count) => (_tunnels, Plain.TunnelCount) = (tunnels, count);

    /// <summary>Makes a deep copy of another one. Allocates only if that has more tags or tunnels than any before.</summary>
    public void CopyFrom(in PayloadOrigin other)
    {
        // Without a look at the arrays, which takes longer than all the rest.
        Plain = other.Plain;
        if (Plain.VlanCount > 0)
        {
            _vlanIds = Copy(other.VlanIds, _vlanIds);
        }

        if (Plain.TunnelCount > 0)
        {
            _tunnels = Copy(other.Tunnels, _tunnels);
        }
    }

    private static T[]? Copy<T>(ReadOnlySpan<T> items, T[]? copy)
    {
        if (items.Length > (copy?.Length ?? 0))
        {
            return items.ToArray();
        }

        items.CopyTo(copy);
        return copy;
    }
}

/// <summary>What of a <see cref="PayloadOrigin"/> is no array.</summary>
internal struct PlainOrigin
{
    public Flow Flow;
    public PacketTime Time;
    public long PacketNumber;
    public int VlanCount;
    public int TunnelCount;
    public int PacketCount;
    public int InterfaceIndex;
    public uint StreamEnd;
    public Transport Transport;
    public bool IsTruncated;
    public bool HasOverlap;
}
