using System.Buffers.Binary;
using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;

namespace WireDns.Wire.Net.Tunnels;

/// <summary>
/// The header of a tunnel over UDP, as its port says. A tunnel's port may be any client's port too, so that a datagram which does not
/// read as the tunnel's header is no tunnel; one that does and then overruns is undecodable.
/// </summary>
internal readonly ref struct UdpTunnelHeader
{
    public const ushort L2tpPort = 1701;
    public const ushort GtpUserPort = 2152;
    public const ushort GtpVersion0Port = 3386;
    public const ushort TeredoPort = 3544;
    public const ushort LispPort = 4341;
    public const ushort GrePort = 4754;
    public const ushort VxlanPort = 4789;
    public const ushort VxlanGpePort = 4790;
    public const ushort CapwapDataPort = 5247;
    public const ushort GenevePort = 6081;
    public const ushort MplsPort = 6635;
    public const ushort LwappDataPort = 12222;
    public const ushort JuniperMirrorPort = 30030;
    public const ushort TzspPort = 37008;

    /// <summary>VXLAN within Cisco's ACI fabrics, whose reserved fields are in use.</summary>
    public const ushort FabricVxlanPort = 48879;

    /// <summary>What Linux used for VXLAN before the IANA assigned a port, and still does by default.</summary>
    public const ushort LinuxVxlanPort = 8472;

    private UdpTunnelHeader(Layer next, ushort type, Tunnel tunnel, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Type = type;
        Tunnel = tunnel;
        Payload = payload;
    }

    /// <summary>What <see cref="Payload"/> starts with.</summary>
    public Layer Next { get; }

    /// <summary>The EtherType, where <see cref="Next"/> is that.</summary>
    public ushort Type { get; }

    public Tunnel Tunnel { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Every port that a tunnel may be on.</summary>
    public static ReadOnlySpan<ushort> Ports =>
    [
        L2tpPort, GtpUserPort, GtpVersion0Port, TeredoPort, LispPort, GrePort, VxlanPort, VxlanGpePort, CapwapDataPort, GenevePort,
        MplsPort, LinuxVxlanPort, LwappDataPort, JuniperMirrorPort, TzspPort, FabricVxlanPort,
    ];

    /// <summary>Reads the header of the tunnel that <paramref name="port"/> belongs to.</summary>
    public static TunnelReading TryRead(ushort port, ReadOnlySpan<byte> bytes, out UdpTunnelHeader header, out UndecodableReason fault)
    {
        fault = UndecodableReason.CutHeader;
        switch (port)
        {
            case VxlanPort or LinuxVxlanPort:
                return ReadVxlan(bytes, out header);
            case FabricVxlanPort:
                return ReadFabricVxlan(bytes, out header);
            case VxlanGpePort:
                return ReadVxlanGpe(bytes, out header);
            case GenevePort:
                return ReadGeneve(bytes, out header);
            case GtpUserPort:
                return ReadGtpUser(bytes, out header, ref fault);
            case TeredoPort:
                return ReadTeredo(bytes, out header);
            case TzspPort:
                return TzspHeader.TryRead(bytes, out var sniffed)
                    ? Found(new UdpTunnelHeader(sniffed.Next, sniffed.Type, new Tunnel(TunnelKind.Tzsp, 0), sniffed.Payload), out header)
                    : NotATunnel(out header);
            case CapwapDataPort:
                return CapwapHeader.TryRead(bytes, out var wireless)
                    ? Found(new UdpTunnelHeader(wireless.Next, 0, new Tunnel(TunnelKind.Capwap, 0), wireless.Payload), out header)
                    : NotATunnel(out header);
            case LwappDataPort:
                // RFC 5412 §3.1: version 0, no control message, not a fragment nor followed by one, and its length.
                return bytes.Length > 6 && (bytes[0] & 0xc7) <= 1 && BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) == bytes.Length - 6
                    ? Found(new UdpTunnelHeader(Layer.Ieee80211, 0, new Tunnel(TunnelKind.Capwap, 0), bytes[6..]), out header)
                    : NotATunnel(out header);
            case GrePort:
                // RFC 8086
                return GreHeader.TryRead(bytes, out var gre, out _)
                    ? Found(new UdpTunnelHeader(gre.Next, gre.Type, gre.Tunnel, gre.Payload), out header)
                    : NotATunnel(out header);
            case MplsPort:
                // RFC 7510
                return ReadMpls(bytes, out header);
            case LispPort:
                return ReadIpBehind(bytes, 8, TunnelKind.Lisp, out header);
            case JuniperMirrorPort:
                return ReadIpBehind(bytes, 8, TunnelKind.JuniperMirror, out header);
            case GtpVersion0Port:
                // 3GPP TS 09.60 §6: version 0, 20 bytes, message type 255 for a packet.
                return bytes.Length > 20 && bytes[0] >> 5 == 0 && (bytes[0] & 0x10) != 0 && bytes[1] == 255
                    ? ReadIpBehind(bytes, 20, TunnelKind.GtpU, out header)
                    : NotATunnel(out header);
            case L2tpPort:
                return L2tpHeader.TryReadOverUdp(bytes, out var l2tp)
                    ? Found(new UdpTunnelHeader(l2tp.Next, 0, l2tp.Tunnel, l2tp.Payload), out header)
                    : NotATunnel(out header);
            default:
                return NotATunnel(out header);
        }
    }

    private static TunnelReading Found(UdpTunnelHeader found, out UdpTunnelHeader header)
    {
        header = found;
        return TunnelReading.Found;
    }

    private static TunnelReading NotATunnel(out UdpTunnelHeader header)
    {
        header = default;
        return TunnelReading.NotATunnel;
    }

    private static TunnelReading Faulty(out UdpTunnelHeader header)
    {
        header = default;
        return TunnelReading.Faulty;
    }

    private static TunnelReading ReadMpls(ReadOnlySpan<byte> bytes, out UdpTunnelHeader header)
    {
        if (bytes.Length < 4)
        {
            return NotATunnel(out header);
        }

        var label = BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 12;
        return Found(new UdpTunnelHeader(Layer.Mpls, 0, new Tunnel(TunnelKind.Mpls, label), bytes), out header);
    }

    // A header that little can be told by: what follows must be IP.
    private static TunnelReading ReadIpBehind(ReadOnlySpan<byte> bytes, int length, TunnelKind kind, out UdpTunnelHeader header) =>
        bytes.Length > length && bytes[length] >> 4 is 4 or 6
            ? Found(new UdpTunnelHeader(Layer.Ip, 0, new Tunnel(kind, 0), bytes[length..]), out header)
            : NotATunnel(out header);

    // The flags I and, for the group policy that the fabric is about, G; the group and the last byte hold what the fabric puts there.
    private static TunnelReading ReadFabricVxlan(ReadOnlySpan<byte> bytes, out UdpTunnelHeader header)
    {
        if (bytes.Length < 8 + EthernetFrame.HeaderLength || (bytes[0] & 0x88) == 0)
        {
            return NotATunnel(out header);
        }

        var vni = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8;
        return Found(new UdpTunnelHeader(Layer.Ethernet, 0, new Tunnel(TunnelKind.Vxlan, vni), bytes[8..]), out header);
    }

    // RFC 7348 §5. The flag I must be set, but senders that leave it out exist; the flags of the group policy extension may be. The
    // reserved last byte must be 0, which keeps most other traffic out.
    private static TunnelReading ReadVxlan(ReadOnlySpan<byte> bytes, out UdpTunnelHeader header)
    {
        if (bytes.Length < 8 + EthernetFrame.HeaderLength || (bytes[0] & 0x77) != 0 || bytes[7] != 0)
        {
            return NotATunnel(out header);
        }

        var vni = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8;
        return Found(new UdpTunnelHeader(Layer.Ethernet, 0, new Tunnel(TunnelKind.Vxlan, vni), bytes[8..]), out header);
    }

    // draft-ietf-nvo3-vxlan-gpe §3: version 0. The flag P says that the next protocol is named; senders that name it without the flag
    // exist, and 0 is no protocol. Without a name, the frame is Ethernet.
    private static TunnelReading ReadVxlanGpe(ReadOnlySpan<byte> bytes, out UdpTunnelHeader header)
    {
        if (bytes.Length < 8 || (bytes[0] & 0xf0) != 0 || (bytes[0] & 0x08) == 0 || bytes[7] != 0)
        {
            return NotATunnel(out header);
        }

        var next = bytes[3] != 0 ? NetworkServiceHeader.NextOf(bytes[3]) : Layer.Ethernet;
        var vni = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8;
        return Found(new UdpTunnelHeader(next, 0, new Tunnel(TunnelKind.VxlanGpe, vni), bytes[8..]), out header);
    }

    // RFC 8926 §3.4
    private static TunnelReading ReadGeneve(ReadOnlySpan<byte> bytes, out UdpTunnelHeader header)
    {
        if (bytes.Length < 8 || bytes[0] >> 6 != 0 || (bytes[1] & 0x3f) != 0 || bytes[7] != 0)
        {
            return NotATunnel(out header);
        }

        var length = 8 + ((bytes[0] & 0x3f) * 4);
        if (length > bytes.Length)
        {
            return Faulty(out header);
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var next = type == EtherType.TransparentEthernetBridging ? Layer.Ethernet : Layer.EtherType;
        var vni = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8;
        return Found(new UdpTunnelHeader(next, type, new Tunnel(TunnelKind.Geneve, vni), bytes[length..]), out header);
    }

    // 3GPP TS 29.281 §5.1, §5.2
    private static TunnelReading ReadGtpUser(ReadOnlySpan<byte> bytes, out UdpTunnelHeader header, scoped ref UndecodableReason fault)
    {
        const byte TunnelledPacket = 255;
        if (bytes.Length < 8 || (bytes[0] & 0xf0) != 0x30 || bytes[1] != TunnelledPacket)
        {
            return NotATunnel(out header);
        }

        var offset = 8;
        if ((bytes[0] & 0x07) != 0)
        {
            offset = 12;
            if (bytes.Length < offset)
            {
                return Faulty(out header);
            }

            // Each extension names its length in units of 4 bytes first, and what follows it last.
            var next = (bytes[0] & 0x04) != 0 ? bytes[11] : (byte)0;
            while (next != 0)
            {
                if (offset >= bytes.Length)
                {
                    return Faulty(out header);
                }

                if (bytes[offset] == 0)
                {
                    fault = UndecodableReason.BadLength;
                    return Faulty(out header);
                }

                offset += bytes[offset] * 4;
                if (offset > bytes.Length)
                {
                    return Faulty(out header);
                }

                next = bytes[offset - 1];
            }
        }

        var endpoint = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        return Found(new UdpTunnelHeader(Layer.Ip, 0, new Tunnel(TunnelKind.GtpU, endpoint), bytes[offset..]), out header);
    }

    // RFC 4380 §5.1.1: an authentication and an origin indication may come first.
    private static TunnelReading ReadTeredo(ReadOnlySpan<byte> bytes, out UdpTunnelHeader header)
    {
        if (bytes.Length >= 13 && bytes[0] == 0 && bytes[1] == 1)
        {
            var length = 13 + bytes[2] + bytes[3];
            bytes = length <= bytes.Length ? bytes[length..] : default;
        }

        if (bytes.Length >= 8 && bytes[0] == 0 && bytes[1] == 0)
        {
            bytes = bytes[8..];
        }

        return bytes.Length >= Ipv6Packet.HeaderLength && bytes[0] >> 4 == 6
            ? Found(new UdpTunnelHeader(Layer.Ipv6, 0, new Tunnel(TunnelKind.Teredo, 0), bytes), out header)
            : NotATunnel(out header);
    }
}
