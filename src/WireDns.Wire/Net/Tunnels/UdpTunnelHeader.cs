using System.Buffers.Binary;
using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;

namespace WireDns.Wire.Net.Tunnels;

/// <summary>
/// Reads the header of a tunnel over UDP. A tunnel's port may be any client's port too, so a datagram that does not read as the tunnel's
/// header is no tunnel; one that does and then overruns is undecodable. Reserved bits are ignored on receipt, as the standards ask; if they
/// are set, what follows must look like a frame or a packet.
/// </summary>
internal static class UdpTunnelHeader
{
    // VXLAN and Geneve: flags, a network's number in three bytes, and a reserved byte.
    private const int NetworkHeaderLength = 8;

    public static TunnelReading TryRead(UdpTunnelKind kind, ReadOnlySpan<byte> bytes, out TunnelHeader header, out UndecodableReason fault)
    {
        fault = UndecodableReason.CutHeader;
        switch (kind)
        {
            case UdpTunnelKind.Vxlan:
                return ReadVxlan(bytes, out header);
            case UdpTunnelKind.VxlanGpe:
                return ReadVxlanGpe(bytes, out header);
            case UdpTunnelKind.Geneve:
                return ReadGeneve(bytes, out header);
            case UdpTunnelKind.GtpU:
                return ReadGtpUser(bytes, out header, ref fault);
            case UdpTunnelKind.Teredo:
                return ReadTeredo(bytes, out header);
            case UdpTunnelKind.Tzsp:
                return TzspHeader.TryRead(bytes, out var sniffed)
                    ? Found(new TunnelHeader(new Tunnel(TunnelKind.Tzsp, 0), sniffed), out header)
                    : NotATunnel(out header);
            case UdpTunnelKind.Capwap:
                return CapwapHeader.TryRead(bytes, out var wireless)
                    ? Found(new TunnelHeader(new Tunnel(TunnelKind.Capwap, 0), wireless), out header)
                    : NotATunnel(out header);
            case UdpTunnelKind.Lwapp:
                // RFC 5412 §3.1: version 0, no control message, not a fragment nor followed by one, and a length that may reach past what was captured.
                return bytes.Length > 6 && (bytes[0] & 0xc7) <= 1 && BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) >= bytes.Length - 6
                    ? Found(new TunnelHeader(TunnelKind.Capwap, 0, Layer.Ieee80211, bytes[6..]), out header)
                    : NotATunnel(out header);
            case UdpTunnelKind.Gre:
                // RFC 8086
                return GreHeader.TryRead(bytes, out header, out _) ? TunnelReading.Found : NotATunnel(out header);
            case UdpTunnelKind.Mpls:
                return ReadMpls(bytes, out header);
            case UdpTunnelKind.Lisp:
                return ReadIpAfter(bytes, 8, TunnelKind.Lisp, out header);
            case UdpTunnelKind.JuniperMirror:
                return ReadIpAfter(bytes, 8, TunnelKind.JuniperMirror, out header);
            case UdpTunnelKind.RemoteMirror:
                return ReadFrameAfter(bytes, 12, TunnelKind.RemoteMirror, out header);
            case UdpTunnelKind.BroadcomIntercept:
                return ReadIntercept(bytes, out header);
            case UdpTunnelKind.GtpVersion0:
                // 3GPP TS 09.60 §6: version 0, 20 bytes, message type 255 for a packet.
                return bytes.Length > 20 && bytes[0] >> 5 == 0 && (bytes[0] & 0x10) != 0 && bytes[1] == 255
                    ? ReadIpAfter(bytes, 20, TunnelKind.GtpU, out header)
                    : NotATunnel(out header);
            case UdpTunnelKind.L2tp:
                return L2tpHeader.TryReadOverUdp(bytes, out header) ? TunnelReading.Found : NotATunnel(out header);
            default:
                return NotATunnel(out header);
        }
    }

    private static TunnelReading Found(TunnelHeader found, out TunnelHeader header)
    {
        header = found;
        return TunnelReading.Found;
    }

    private static TunnelReading NotATunnel(out TunnelHeader header)
    {
        header = default;
        return TunnelReading.NotATunnel;
    }

    private static TunnelReading Faulty(out TunnelHeader header)
    {
        header = default;
        return TunnelReading.Faulty;
    }

    // RFC 7510
    private static TunnelReading ReadMpls(ReadOnlySpan<byte> bytes, out TunnelHeader header)
    {
        if (bytes.Length < 4)
        {
            return NotATunnel(out header);
        }

        var label = BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 12;
        return Found(new TunnelHeader(TunnelKind.Mpls, label, Layer.Mpls, bytes), out header);
    }

    // A header with little to recognise it by: IP must follow.
    private static TunnelReading ReadIpAfter(ReadOnlySpan<byte> bytes, int length, TunnelKind kind, out TunnelHeader header) =>
        bytes.Length > length && bytes[length] >> 4 is 4 or 6
            ? Found(new TunnelHeader(kind, 0, Layer.Ip, bytes[length..]), out header)
            : NotATunnel(out header);

    // The same for a frame, which must follow.
    private static TunnelReading ReadFrameAfter(ReadOnlySpan<byte> bytes, int length, TunnelKind kind, out TunnelHeader header) =>
        bytes.Length > length && EthernetFrame.IsPlausible(bytes[length..])
            ? Found(new TunnelHeader(kind, 0, Layer.Ethernet, bytes[length..]), out header)
            : NotATunnel(out header);

    // Direction, packet type and the number of the interception in 4 bytes; then a frame or a packet.
    private static TunnelReading ReadIntercept(ReadOnlySpan<byte> bytes, out TunnelHeader header)
    {
        const int Length = 4;
        return ReadFrameAfter(bytes, Length, TunnelKind.BroadcomIntercept, out header) == TunnelReading.Found
            ? TunnelReading.Found
            : bytes.Length > Length && IpHeaders.ArePlausible(bytes[Length..])
                ? Found(new TunnelHeader(TunnelKind.BroadcomIntercept, 0, Layer.Ip, bytes[Length..]), out header)
                : NotATunnel(out header);
    }

    // RFC 7348 §5. The flag I must be set, but some senders leave it out. The group policy extension and Cisco's fabrics use the reserved
    // fields.
    private static TunnelReading ReadVxlan(ReadOnlySpan<byte> bytes, out TunnelHeader header)
    {
        if (bytes.Length < NetworkHeaderLength + EthernetFrame.HeaderLength
            || (((bytes[0] & 0x77) | bytes[7]) != 0 && !EthernetFrame.IsPlausible(bytes[NetworkHeaderLength..])))
        {
            return NotATunnel(out header);
        }

        var network = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8;
        return Found(new TunnelHeader(TunnelKind.Vxlan, network, Layer.Ethernet, bytes[NetworkHeaderLength..]), out header);
    }

    // draft-ietf-nvo3-vxlan-gpe §3: version 0. The flag P says that the next protocol is named; senders that name it without the flag
    // exist, and 0 is no protocol. Without a name, the frame is Ethernet.
    private static TunnelReading ReadVxlanGpe(ReadOnlySpan<byte> bytes, out TunnelHeader header)
    {
        if (bytes.Length < NetworkHeaderLength || (bytes[0] & 0x30) != 0)
        {
            return NotATunnel(out header);
        }

        var next = bytes[3] != 0 ? NetworkServiceHeader.NextOf(bytes[3]) : Layer.Ethernet;
        var payload = bytes[NetworkHeaderLength..];
        var isRegular = (bytes[0] & 0xc8) == 0x08 && bytes[7] == 0;
        if (!isRegular && !IsPlausible(next, payload))
        {
            return NotATunnel(out header);
        }

        var network = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8;
        return Found(new TunnelHeader(TunnelKind.VxlanGpe, network, next, payload), out header);
    }

    // RFC 8926 §3.4
    private static TunnelReading ReadGeneve(ReadOnlySpan<byte> bytes, out TunnelHeader header)
    {
        if (bytes.Length < NetworkHeaderLength || bytes[0] >> 6 != 0)
        {
            return NotATunnel(out header);
        }

        var length = NetworkHeaderLength + ((bytes[0] & 0x3f) * 4);
        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var next = type == EtherType.TransparentEthernetBridging ? Layer.Ethernet : Layer.EtherType;
        var isRegular = ((bytes[1] & 0x3f) | bytes[7]) == 0;
        if (!isRegular && (length > bytes.Length || !IsPlausible(LayerOf(next, type), bytes[length..])))
        {
            return NotATunnel(out header);
        }

        if (length > bytes.Length)
        {
            return Faulty(out header);
        }

        var network = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8;
        return Found(new TunnelHeader(TunnelKind.Geneve, network, next, bytes[length..], type), out header);
    }

    private static Layer LayerOf(Layer next, ushort etherType) => etherType switch
    {
        EtherType.Ipv4 => Layer.Ipv4,
        EtherType.Ipv6 => Layer.Ipv6,
        _ => next,
    };

    private static bool IsPlausible(Layer layer, ReadOnlySpan<byte> payload) => layer switch
    {
        Layer.Ethernet => EthernetFrame.IsPlausible(payload),
        Layer.Ipv4 => IpHeaders.ArePlausible(payload) && payload[0] >> 4 == 4,
        Layer.Ipv6 => IpHeaders.ArePlausible(payload) && payload[0] >> 4 == 6,
        _ => false,
    };

    // 3GPP TS 29.281 §5.1, §5.2
    private static TunnelReading ReadGtpUser(ReadOnlySpan<byte> bytes, out TunnelHeader header, scoped ref UndecodableReason fault)
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

            // Each extension begins with its length in units of 4 bytes, and ends with what follows it.
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
        return Found(new TunnelHeader(TunnelKind.GtpU, endpoint, Layer.Ip, bytes[offset..]), out header);
    }

    // RFC 4380 §5.1.1: an authentication and an origin indication may come first.
    private static TunnelReading ReadTeredo(ReadOnlySpan<byte> bytes, out TunnelHeader header)
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
            ? Found(new TunnelHeader(TunnelKind.Teredo, 0, Layer.Ipv6, bytes), out header)
            : NotATunnel(out header);
    }
}
