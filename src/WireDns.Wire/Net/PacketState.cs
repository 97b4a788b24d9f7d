using System.Runtime.CompilerServices;

namespace WireDns.Wire.Net;

/// <summary>What is known of the current packet while its layers are read. One object per decoder, reset for each packet.</summary>
internal sealed class PacketState
{
    // Odd, without a pattern. The products are independent, so the processor computes them in parallel.
    private const ulong Factor0 = 0x9e37_79b9_7f4a_7c15;
    private const ulong Factor1 = 0xc2b2_ae3d_27d4_eb4f;
    private const ulong Factor2 = 0x1656_67b1_9e37_79f9;

    private readonly ulong _seed = SecretSeed.Next();
    private readonly ushort[] _vlanIds;
    private readonly Tunnel[] _tunnels;
    private ulong _addressHash;

    /// <summary>What is known of a payload that the packet holds.</summary>
    public PayloadOrigin Origin;

    /// <summary>Why the packet could not be decoded, where the selector says that it could not.</summary>
    public PacketFault Fault;

    public PacketState(PacketDecoderOptions options)
    {
        _vlanIds = new ushort[options.MaximumVlanTags];
        _tunnels = new Tunnel[options.MaximumTunnels];
        Origin.SetVlanIds(_vlanIds, 0);
        Origin.SetTunnels(_tunnels, 0);
    }

    /// <summary>Ends of the innermost transport.</summary>
    public ref Flow Flow => ref Origin.Plain.Flow;

    /// <summary>Whether the snap length cut the packet.</summary>
    public bool IsSnapped { get; private set; }

    /// <summary>Length of the packet as captured, in bytes.</summary>
    public int CapturedLength { get; private set; }

    /// <summary>How many packets its bytes came in: more than one if it was reassembled from fragments.</summary>
    public int Count
    {
        get => Origin.PacketCount;
        set => Origin.PacketCount = value;
    }

    /// <summary>The packet, for bytes that are kept beyond it.</summary>
    public PacketStamp Stamp => new(Origin.PacketNumber, Origin.Time, Origin.InterfaceIndex);

    /// <summary>A quick hash of <see cref="Flow"/>: different hashes mean different flows.</summary>
    public ulong FlowHash { get; private set; }

    /// <summary>Whether the innermost IP packet is longer than what was captured of it.</summary>
    public bool IsIpCut { get; private set; }

    /// <summary>Identification of the innermost IPv4 header, 0 for IPv6.</summary>
    public ushort IpIdentification { get; private set; }

    /// <summary>The latest TCP segment with data: the number of its packet, its first sequence number, and its length in bytes.</summary>
    public (long Packet, uint Sequence, int Length) Segment { get; set; }

    public ReadOnlySpan<Tunnel> Tunnels => Origin.Tunnels;

    /// <summary>
    /// Distinguishes combinations of tunnels, by their kinds and the networks that they name; 0 for none. Thanks to the seed, no sender can
    /// build two equal ones.
    /// </summary>
    public ulong TunnelHash { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(scoped in Packet packet)
    {
        Origin.Time = packet.Time;
        Origin.PacketNumber = packet.Number;
        Origin.InterfaceIndex = packet.InterfaceIndex;
        CapturedLength = packet.Data.Length;
        IsSnapped = packet.OriginalLength > packet.Data.Length;
        Restart(1);
    }

    /// <summary>Begins an IP packet, the innermost until another one begins.</summary>
    /// <param name="source">Its source.</param>
    /// <param name="destination">Its destination.</param>
    /// <param name="identification">The IPv4 identification, 0 for IPv6.</param>
    /// <param name="isCut">Whether it says that it is longer than what was captured.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginIp(NetAddress source, NetAddress destination, ushort identification, bool isCut)
    {
        Flow.Source = source;
        Flow.Destination = destination;
        IpIdentification = identification;
        IsIpCut = isCut;
        _addressHash = HashAddresses(source.Low ^ source.High, destination.Low ^ destination.High);
    }

    /// <summary>Sets the ports of the innermost transport: the source's in the higher half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetPorts(uint ports)
    {
        Flow.SourcePort = (ushort)(ports >> 16);
        Flow.DestinationPort = (ushort)ports;
        FlowHash = HashFlow(_addressHash, ports);
    }

    /// <summary>The <see cref="FlowHash"/> of a packet.</summary>
    /// <param name="source">The lower half of the source's address, exclusive or the upper half.</param>
    /// <param name="destination">The same of the destination's.</param>
    /// <param name="ports">The source's port in the higher half.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HashFlow(ulong source, ulong destination, uint ports) => HashFlow(HashAddresses(source, destination), ports);

    /// <summary>Begins a frame: VLAN tags are those of the innermost.</summary>
    public void BeginFrame() => Origin.Plain.VlanCount = 0;

    /// <summary>Adds a tag's id; false where there are too many.</summary>
    public bool TryAddVlan(ushort tagControl)
    {
        if (Origin.Plain.VlanCount == _vlanIds.Length)
        {
            return false;
        }

        _vlanIds[Origin.Plain.VlanCount++] = (ushort)(tagControl & 0x0fff);
        return true;
    }

    /// <summary>Begins again with another frame of the same packet.</summary>
    /// <param name="count">How many packets the frame counts as: 0 where the packet is counted elsewhere.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Restart(int count)
    {
        Count = count;
        Origin.HasOverlap = false;
        Origin.IsTruncated = false;
        Origin.Plain.VlanCount = 0;
        Origin.Plain.TunnelCount = 0;
        TunnelHash = 0;
    }

    /// <summary>Adds a tunnel; false where there are too many.</summary>
    public bool TryAddTunnel(Tunnel tunnel)
    {
        if (Origin.Plain.TunnelCount == _tunnels.Length)
        {
            return false;
        }

        _tunnels[Origin.Plain.TunnelCount++] = tunnel;
        TunnelHash = PayloadHash.Mix((TunnelHash ^ _seed) | 1, ((ulong)tunnel.Kind << 32) | tunnel.NetworkId);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HashAddresses(ulong source, ulong destination) => (source * Factor0) + (destination * Factor1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HashFlow(ulong addressHash, uint ports) => addressHash + (ports * Factor2);
}

/// <summary>Which packet brought some bytes.</summary>
/// <param name="Number">Its number in its source, from 1.</param>
/// <param name="Time">When it was captured.</param>
/// <param name="InterfaceIndex">Index of its interface within its source.</param>
internal readonly record struct PacketStamp(long Number, PacketTime Time, int InterfaceIndex);
