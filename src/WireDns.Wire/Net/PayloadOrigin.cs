namespace WireDns.Wire.Net;

/// <summary>Where and when a payload was captured, and who sent it to whom. Large: read in place, and copied only to be kept.</summary>
public struct PayloadOrigin
{
    internal Flow Flow;
    internal int VlanCount;
    internal int TunnelCount;
    private ushort[]? _vlanIds;
    private Tunnel[]? _tunnels;

    /// <summary>UDP or TCP.</summary>
    public Transport Transport { readonly get; set; }

    /// <summary>Who sent it.</summary>
    public NetAddress Source
    {
        readonly get => Flow.Source;
        set => Flow.Source = value;
    }

    /// <summary>To whom it was sent.</summary>
    public NetAddress Destination
    {
        readonly get => Flow.Destination;
        set => Flow.Destination = value;
    }

    /// <summary>The sender's port.</summary>
    public ushort SourcePort
    {
        readonly get => Flow.SourcePort;
        set => Flow.SourcePort = value;
    }

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort
    {
        readonly get => Flow.DestinationPort;
        set => Flow.DestinationPort = value;
    }

    /// <summary>Time of the packet that completed it. For a message of a stream after bytes that never came: of the packet of its last octet.</summary>
    public PacketTime Time { readonly get; set; }

    /// <summary>Number of the packet whose time <see cref="Time"/> is, from 1.</summary>
    public long PacketNumber { readonly get; set; }

    /// <summary>How many packets a datagram came in: more than one where it was reassembled from fragments. 0 for a message of a stream.</summary>
    public int PacketCount { readonly get; set; }

    /// <summary>Of a message of a stream: the sequence number after its last octet. Its length prefix is the first two octets that it has there.</summary>
    public uint StreamEnd { readonly get; set; }

    /// <summary>Index of the interface of that packet, within its source.</summary>
    public int InterfaceIndex { readonly get; set; }

    /// <summary>Whether the packet was cut within the payload: by the snap length, or by the device that mirrored it.</summary>
    public bool IsTruncated { readonly get; set; }

    /// <summary>Whether fragments or segments of it overlapped with different bytes: two readers could see two messages.</summary>
    public bool HasOverlap { readonly get; set; }

    /// <summary>VLAN ids (0 to 4095) of the completing packet's innermost frame, outermost first; empty where untagged.</summary>
    public readonly ReadOnlySpan<ushort> VlanIds => _vlanIds.AsSpan(0, VlanCount);

    /// <summary>Encapsulations, outermost first; empty where there is none.</summary>
    public readonly ReadOnlySpan<Tunnel> Tunnels => _tunnels.AsSpan(0, TunnelCount);

    /// <summary>Sets <see cref="VlanIds"/> to the first elements of an array, which is not copied.</summary>
    public void SetVlanIds(ushort[]? ids, int count) => (_vlanIds, VlanCount) = (ids, count);

    /// <summary>Sets <see cref="Tunnels"/> to the first elements of an array, which is not copied.</summary>
    public void SetTunnels(Tunnel[]? tunnels, int count) => (_tunnels, TunnelCount) = (tunnels, count);

    /// <summary>Makes a deep copy of another one. Allocates only if that has more tags or tunnels than any before.</summary>
    public void CopyFrom(in PayloadOrigin other)
    {
        var (vlanIds, tunnels) = (_vlanIds, _tunnels);
        this = other;
        _vlanIds = Copy(other.VlanIds, vlanIds);
        _tunnels = Copy(other.Tunnels, tunnels);
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
