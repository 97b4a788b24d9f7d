using System.Buffers.Binary;
using WireDns.Wire.Net.Decoding;
using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;

namespace WireDns.Wire.Net.Rewriting;

/// <summary>What is in a packet's payload that must be replaced too.</summary>
/// <param name="payload">The payload of UDP, the bytes of a TCP segment, or those of a fragment, with the header of UDP in the first one.</param>
/// <param name="transport">UDP or TCP; null for a fragment.</param>
/// <param name="edits">Takes what is to be replaced, by its place in the payload.</param>
/// <returns>False if it cannot be done, so that the packet must not be kept.</returns>
public delegate bool PayloadCheck(ReadOnlySpan<byte> payload, Transport? transport, List<(int Start, byte[] Bytes)> edits);

/// <summary>
/// Replaces addresses in a captured packet, in every IP header, inside tunnels too, and corrects the checksums by what was changed (RFC 1624), so that one that
/// was wrong stays wrong. The addresses of link layers are overwritten. For packets that are kept, one at a time; not for the packet path.
/// </summary>
/// <remarks>A packet of which it is not known that no other field has an address is refused: other link layers, source routes, some tunnels.</remarks>
public sealed class PacketRewriter
{
    private const int AddressesOfEthernet = 12;
    private const int AddressesOfIpv4 = 12;
    private const int AddressesOfIpv6 = 8;
    private const int MinimumIpv4Header = 20;
    private const int UdpHeader = 8;
    private const int MinimumTcpHeader = 20;

    private readonly LayerTrace _trace = new();
    private readonly PacketDecoder _decoder;
    private readonly List<(int Start, byte[] Bytes)> _edits = [];

    /// <param name="options">What is decoded, as where the packets were decoded first.</param>
    public PacketRewriter(PacketDecoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _decoder = new PacketDecoder(
            options with { MaximumFragmentedDatagrams = 2, FragmentMemoryInBytes = 1 << 20, MaximumTcpConnections = 1, TcpMemoryInBytes = 1 << 20 }, (_, _) => true, _trace);
    }

    /// <summary>Rewrites a packet in place.</summary>
    /// <param name="packet">The packet, and a copy of its bytes.</param>
    /// <param name="bytes">The same bytes, which are rewritten. After a refusal they must not be used.</param>
    /// <param name="replace">Gives what stands in the place of an address, of the same length; the address itself if it stays.</param>
    /// <param name="check">Looks at the payload.</param>
    /// <returns>False if it cannot be done.</returns>
    public bool TryRewrite(scoped in Packet packet, Span<byte> bytes, Func<NetAddress, NetAddress> replace, PayloadCheck check)
    {
        ArgumentNullException.ThrowIfNull(replace);
        ArgumentNullException.ThrowIfNull(check);
        _trace.Begin();
        Drain(_decoder.DecodeAny(packet));
        var isAllowed = _trace.Places.All(IsAllowed) && !_decoder.LastOrigin.Tunnels.ToArray().Any(tunnel => IsRefused(tunnel.Kind));
        Drain(_decoder.Finish());
        return isAllowed && Rewrite(new ChecksummedBytes(bytes), replace, check);
    }

    private static void Drain(PayloadReader payloads)
    {
        while (payloads.TryRead(out _))
        {
        }
    }

    private static bool IsAllowed(LayerPlace place) => place.Layer switch
    {
        Layer.Link => (LinkType)place.Type is LinkType.Ethernet or LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.Ipv4 or LinkType.Ipv6 or LinkType.Null
            or LinkType.Loop or LinkType.LinuxSll or LinkType.LinuxSll2 or LinkType.Ppp or LinkType.PppHdlc or LinkType.PppPppd or LinkType.PppEther or LinkType.Mpls,
        Layer.EtherType => EtherType.IsVlan((ushort)place.Type) || (ushort)place.Type is EtherType.Ipv4 or EtherType.Ipv6 or EtherType.Mpls or EtherType.MplsMulticast
            or EtherType.PppoeSession or EtherType.TransparentEthernetBridging or EtherType.GrePpp or EtherType.ErspanTypeOneOrTwo or EtherType.ErspanTypeThree,
        Layer.IpProtocol => place.Type is IpProtocol.Udp or IpProtocol.Tcp or IpProtocol.Gre or IpProtocol.Ipv4 or IpProtocol.Ipv6 or IpProtocol.Fragment or IpProtocol.IpIp
            or IpProtocol.EtherIp or IpProtocol.Ethernet or IpProtocol.L2tp or IpProtocol.Mpls,
        Layer.Ethernet or Layer.Llc or Layer.Ppp or Layer.PppoeSession or Layer.Mpls or Layer.Ip or Layer.Ipv4 or Layer.Ipv6 => true,
        _ => false,
    };

    private static bool IsRefused(TunnelKind kind) =>
        kind is TunnelKind.Teredo or TunnelKind.Tzsp or TunnelKind.Capwap or TunnelKind.JuniperMirror or TunnelKind.RemoteMirror or TunnelKind.BroadcomIntercept;

    private bool Rewrite(ChecksummedBytes packet, Func<NetAddress, NetAddress> replace, PayloadCheck check)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[AddressesOfEthernet];
        var ends = new Ends();
        foreach (var place in _trace.Places)
        {
            var bytes = packet.Bytes[place.Start..place.End];
            switch (place.Layer)
            {
                case Layer.Link when (LinkType)place.Type == LinkType.LinuxSll:
                    packet.Put(place.Start + 6, zeros[..8]);
                    break;
                case Layer.Link when (LinkType)place.Type == LinkType.LinuxSll2:
                    packet.Put(place.Start + 12, zeros[..8]);
                    break;
                case Layer.Ethernet:
                    packet.Put(place.Start, zeros);
                    break;
                case Layer.Ipv4 when HasOptions(bytes):
                    return false;
                case Layer.Ipv4:
                    ends = Replace(packet, place.Start + AddressesOfIpv4, 4, place, replace);
                    if (Ipv4Packet.TryRead(bytes, out var ip, out _) && ip.IsFragment)
                    {
                        var start = place.Start + MinimumIpv4Header;
                        return TryEndFragment(packet, place with { Type = ip.Protocol, Start = start, End = start + ip.Payload.Length }, ip.FragmentOffset, ends, check);
                    }

                    break;
                case Layer.Ipv6:
                    ends = Replace(packet, place.Start + AddressesOfIpv6, 16, place, replace);
                    break;
                case Layer.IpProtocol when place.Type == IpProtocol.Fragment:
                    if (FragmentHeader.TryRead(bytes, out var fragment) && !fragment.IsAtomic)
                    {
                        return TryEndFragment(packet, place with { Type = fragment.NextHeader, Start = place.End - fragment.Payload.Length }, fragment.Offset, ends, check);
                    }

                    break;
                case Layer.IpProtocol when place.Type == IpProtocol.Gre && (bytes[0] & 0x80) != 0:
                    packet.Add(place.Start + 4, place.Start, place.End, isOfUdp: false);
                    break;
                case Layer.IpProtocol when place.Type is IpProtocol.Udp or IpProtocol.Tcp:
                    FollowEnds(packet, place, ends);
                    break;
                default:
                    break;
            }
        }

        var last = _trace.Places[^1];
        return last.Layer == Layer.IpProtocol && last.Type is IpProtocol.Udp or IpProtocol.Tcp && TryEnd(packet, last, check);
    }

    // Record route and source routes are addresses; an option that is not known may have some.
    private static bool HasOptions(ReadOnlySpan<byte> ip) => (ip[0] & 0x0f) * 4 > MinimumIpv4Header;

    /// <summary>Replaces the two addresses of an IP header.</summary>
    private static Ends Replace(ChecksummedBytes packet, int place, int length, LayerPlace ip, Func<NetAddress, NetAddress> replace)
    {
        if (length == 4)
        {
            packet.Add(ip.Start + 10, ip.Start, ip.Start + MinimumIpv4Header, isOfUdp: false);
        }

        var old = packet.Bytes.Slice(place, 2 * length).ToArray();
        var changed = new byte[2 * length];
        for (var end = 0; end <= length; end += length)
        {
            replace(length == 4 ? NetAddress.FromIpv4(old.AsSpan(end)) : NetAddress.FromIpv6(old.AsSpan(end))).WriteTo(changed.AsSpan(end));
        }

        packet.Put(place, changed);
        return new Ends(old, changed);
    }

    /// <summary>The checksum of a transport's header covers the addresses of the IP header before it.</summary>
    private static void FollowEnds(ChecksummedBytes packet, LayerPlace transport, Ends ends)
    {
        var count = packet.Count;
        packet.Add(transport.Start + (transport.Type == IpProtocol.Udp ? 6 : 16), transport.Start, transport.End, transport.Type == IpProtocol.Udp);
        if (packet.Count > count && ends.Old is not null)
        {
            packet.FollowPseudoHeader(ends.Old, ends.New);
        }
    }

    private bool TryEndFragment(ChecksummedBytes packet, LayerPlace place, int offset, Ends ends, PayloadCheck check)
    {
        // Of a tunnel in fragments the inner addresses are not at hand.
        if (place.Type is not (IpProtocol.Udp or IpProtocol.Tcp))
        {
            return false;
        }

        if (offset == 0)
        {
            FollowEnds(packet, place, ends);
        }

        return TryEdit(packet, place.Start, place.End, null, check);
    }

    private bool TryEnd(ChecksummedBytes packet, LayerPlace place, PayloadCheck check)
    {
        var bytes = packet.Bytes[place.Start..place.End];
        var isUdp = place.Type == IpProtocol.Udp;
        var header = isUdp ? UdpHeader : bytes.Length < MinimumTcpHeader ? int.MaxValue : (bytes[12] >> 4) * 4;
        if (bytes.Length < header)
        {
            return false;
        }

        var length = isUdp && BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) is >= UdpHeader and var said ? Math.Min((int)said, bytes.Length) : bytes.Length;
        return TryEdit(packet, place.Start + header, place.Start + length, isUdp ? Transport.Udp : Transport.Tcp, check);
    }

    private bool TryEdit(ChecksummedBytes packet, int start, int end, Transport? transport, PayloadCheck check)
    {
        _edits.Clear();
        if (!check(packet.Bytes[start..end], transport, _edits))
        {
            return false;
        }

        foreach (var (place, changed) in _edits)
        {
            packet.Put(start + place, changed);
        }

        // What a frame was filled up with may be anything.
        packet.Put(end, new byte[packet.Bytes.Length - end]);
        return true;
    }

    /// <summary>The addresses of an IP header, before and after.</summary>
    private readonly record struct Ends(byte[] Old, byte[] New);
}
