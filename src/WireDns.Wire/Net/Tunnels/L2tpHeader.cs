using System.Buffers.Binary;
using WireDns.Wire.Net.Link;

namespace WireDns.Wire.Net.Tunnels;

/// <summary>
/// Reads an L2TP data header: version 2 (RFC 2661 §3.1), and version 3 over UDP and over IP (RFC 3931 §4.1). The
/// tunnel's id is the session, in version 2 with the tunnel in the higher 16 bits.
/// </summary>
internal static class L2tpHeader
{
    private const ushort ControlFlag = 0x8000;
    private const ushort LengthFlag = 0x4000;
    private const ushort SequenceFlag = 0x0800;
    private const ushort OffsetFlag = 0x0200;

    /// <summary>False where it is no L2TP data message: a control message, or other traffic on the port.</summary>
    public static bool TryReadOverUdp(ReadOnlySpan<byte> bytes, out TunnelHeader header)
    {
        header = default;
        if (bytes.Length < 6)
        {
            return false;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return (flags & 0x0f) switch
        {
            _ when (flags & ControlFlag) != 0 => false,
            2 => TryReadVersion2(bytes, flags, out header),
            3 when bytes.Length >= 8 => TryReadSession(bytes[4..], out header),
            _ => false,
        };
    }

    /// <summary>Reads a message of IP protocol 115. False where it is a control message or too short.</summary>
    public static bool TryReadOverIp(ReadOnlySpan<byte> bytes, out TunnelHeader header) => TryReadSession(bytes, out header);

    private static bool TryReadVersion2(ReadOnlySpan<byte> bytes, ushort flags, out TunnelHeader header)
    {
        header = default;
        var ids = 2 + ((flags & LengthFlag) != 0 ? 2 : 0);
        var length = ids + 4 + ((flags & SequenceFlag) != 0 ? 4 : 0);
        if ((flags & OffsetFlag) != 0)
        {
            if (bytes.Length < length + 2)
            {
                return false;
            }

            length += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]);
        }

        if (bytes.Length < length)
        {
            return false;
        }

        header = new TunnelHeader(TunnelKind.L2tp, BinaryPrimitives.ReadUInt32BigEndian(bytes[ids..]), Layer.Ppp, bytes[length..]);
        return true;
    }

    // The length of the cookie, whether a sublayer follows it, and what the session carries are known only to its two ends. Anything that
    // reads as a frame with IP in it is taken for one.
    private static bool TryReadSession(ReadOnlySpan<byte> bytes, out TunnelHeader header)
    {
        header = default;
        if (bytes.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(bytes) is var session && session == 0)
        {
            return false;
        }

        var rest = bytes[4..];
        for (var offset = 0; offset <= 12 && offset < rest.Length; offset += 4)
        {
            var next = LayerOf(rest[offset..]);
            if (next != Layer.Other)
            {
                header = new TunnelHeader(TunnelKind.L2tp, session, next, rest[offset..]);
                return true;
            }
        }

        header = new TunnelHeader(TunnelKind.L2tp, session, Layer.Other, rest);
        return true;
    }

    private static Layer LayerOf(ReadOnlySpan<byte> bytes)
    {
        if (EthernetFrame.TryRead(bytes, out var frame) && !frame.Payload.IsEmpty)
        {
            var nibble = frame.Payload[0] >> 4;
            if ((frame.Type == EtherType.Ipv4 && nibble == 4) || (frame.Type == EtherType.Ipv6 && nibble == 6) || EtherType.IsVlan(frame.Type))
            {
                return Layer.Ethernet;
            }
        }

        var startsWithPpp = bytes.Length > 4 && bytes[0] == 0xff && bytes[1] == 0x03 && bytes[2] == 0 && bytes[3] is 0x21 or 0x57;
        return startsWithPpp ? Layer.Ppp : Layer.Other;
    }
}
