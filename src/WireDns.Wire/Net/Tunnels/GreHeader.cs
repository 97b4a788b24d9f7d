using System.Buffers.Binary;
using WireDns.Wire.Net.Link;

namespace WireDns.Wire.Net.Tunnels;

/// <summary>
/// A GRE header (RFC 2784, 2890), version 1 of PPTP included (RFC 2637 §4.1), and after it an ERSPAN header where there is one
/// (draft-foschiano-erspan).
/// </summary>
internal static class GreHeader
{
    private const ushort ChecksumFlag = 0x8000;
    private const ushort RoutingFlag = 0x4000;
    private const ushort KeyFlag = 0x2000;
    private const ushort SequenceFlag = 0x1000;
    private const ushort AcknowledgementFlag = 0x0080;

    // MikroTik's Ethernet over IP: version 1 with a key and a type that no one else uses.
    private const ushort EoipFlags = 0x2001;
    private const ushort EoipType = 0x6400;

    // Aruba's controllers carry the frames of their access points under these, a number for each queue of a tunnel.
    private const ushort LeastArubaType = 0x8200;
    private const ushort GreatestArubaType = 0x83ff;

    // RFC 7637 §3.2 keeps VSIDs under 0x1000 free, so that a smaller key is a key of GRE and holds no flow number in its last byte.
    private const uint LeastNvGreKey = 0x1000_00;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out TunnelHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < 4)
        {
            return false;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        switch (flags & 7)
        {
            case 0 when (flags & RoutingFlag) != 0:
                // Source routes of RFC 1701, which RFC 2784 took out.
                fault = UndecodableReason.UnsupportedHeader;
                return false;
            case 0:
                return TryReadVersion0(bytes, flags, type, out header, out fault);
            case 1 when flags == EoipFlags && type == EoipType:
                return TryReadEoip(bytes, out header);
            case 1 when type == EtherType.GrePpp:
                return TryReadVersion1(bytes, flags, out header);
            default:
                fault = UndecodableReason.BadVersion;
                return false;
        }
    }

    private static bool TryReadVersion0(ReadOnlySpan<byte> bytes, ushort flags, ushort type, out TunnelHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        var keyOffset = 4 + ((flags & ChecksumFlag) != 0 ? 4 : 0);
        var length = keyOffset + ((flags & KeyFlag) != 0 ? 4 : 0) + ((flags & SequenceFlag) != 0 ? 4 : 0);
        if (bytes.Length < length)
        {
            return false;
        }

        var key = (flags & KeyFlag) != 0 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[keyOffset..]) : 0;
        var payload = bytes[length..];
        switch (type)
        {
            case EtherType.TransparentEthernetBridging:
                var vsid = key < LeastNvGreKey ? key : key >> 8;
                header = new TunnelHeader(TunnelKind.NvGre, vsid, Layer.Ethernet, payload, type);
                return true;
            case EtherType.ErspanTypeOneOrTwo when (flags & SequenceFlag) == 0:
                // Type I: no ERSPAN header, and no sequence number in GRE.
                header = new TunnelHeader(TunnelKind.Erspan, key, Layer.Ethernet, payload, type);
                return true;
            case EtherType.ErspanTypeOneOrTwo or EtherType.ErspanTypeThree:
                return TryReadErspan(payload, out header, out fault);
            case EtherType.GreWccp:
                // WCCP version 2 puts a redirect header of 4 bytes before the IP packet, version 1 does not.
                payload = payload.Length >= 4 && payload[0] >> 4 != 4 ? payload[4..] : payload;
                header = new TunnelHeader(TunnelKind.Gre, key, Layer.Ip, payload, type);
                return true;
            case EtherType.MellanoxMirror:
                return ReadMellanoxMirror(payload, key, out header);
            case >= LeastArubaType and <= GreatestArubaType:
                header = new TunnelHeader(TunnelKind.Gre, key, Layer.Ieee80211, payload, type);
                return true;
            default:
                header = new TunnelHeader(TunnelKind.Gre, key, Layer.EtherType, payload, type);
                return true;
        }
    }

    // Nvidia's (Mellanox's) switches mirror frames as they are, or after an undocumented header of their own.
    private static bool ReadMellanoxMirror(ReadOnlySpan<byte> payload, uint key, out TunnelHeader header)
    {
        const int HeaderLength = 22;
        var hasHeader = !EthernetFrame.IsPlausible(payload) && payload.Length > HeaderLength && EthernetFrame.IsPlausible(payload[HeaderLength..]);
        header = new TunnelHeader(TunnelKind.Erspan, key, Layer.Ethernet, hasHeader ? payload[HeaderLength..] : payload);
        return true;
    }

    private static bool TryReadVersion1(ReadOnlySpan<byte> bytes, ushort flags, out TunnelHeader header)
    {
        header = default;
        var length = 8 + ((flags & SequenceFlag) != 0 ? 4 : 0) + ((flags & AcknowledgementFlag) != 0 ? 4 : 0);
        if (bytes.Length < length)
        {
            return false;
        }

        // Without a sequence number the packet is an acknowledgement alone.
        var next = (flags & SequenceFlag) != 0 ? Layer.Ppp : Layer.Other;
        var call = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        header = new TunnelHeader(TunnelKind.Gre, call, next, bytes[length..], EtherType.GrePpp);
        return true;
    }

    // The key field holds the payload's length, and the tunnel in little endian.
    private static bool TryReadEoip(ReadOnlySpan<byte> bytes, out TunnelHeader header)
    {
        header = default;
        if (bytes.Length < 8)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var payload = bytes[8..];
        payload = length < payload.Length ? payload[..length] : payload;
        var tunnel = new Tunnel(TunnelKind.Eoip, BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]));
        header = new TunnelHeader(tunnel, new Carried(Layer.Ethernet, payload, EoipType));
        return true;
    }

    private static bool TryReadErspan(ReadOnlySpan<byte> bytes, out TunnelHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < 8)
        {
            return false;
        }

        int length;
        switch (bytes[0] >> 4)
        {
            case 1:
                length = 8;
                break;
            case 2 when bytes.Length >= 12:
                // The last bit says that a platform-specific subheader of 8 bytes follows.
                length = (bytes[11] & 1) != 0 ? 20 : 12;
                break;
            case 2:
                return false;
            default:
                fault = UndecodableReason.BadVersion;
                return false;
        }

        if (bytes.Length < length)
        {
            return false;
        }

        var session = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) & 0x3ffu;
        header = new TunnelHeader(TunnelKind.Erspan, session, Layer.Ethernet, bytes[length..], 0);
        return true;
    }
}
