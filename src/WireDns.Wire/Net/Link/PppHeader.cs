using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A PPP protocol field, of one byte where compressed, perhaps behind HDLC address and control (RFC 1661 §2, RFC 1662 §3.1).</summary>
internal readonly ref struct PppHeader
{
    private const ushort BridgingProtocol = 0x0031;
    private const ushort MultilinkProtocol = 0x003d;

    private PppHeader(Layer next, ReadOnlySpan<byte> payload, bool isEncrypted)
    {
        Next = next;
        Payload = payload;
        IsEncrypted = isEncrypted;
    }

    public Layer Next { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the payload is enciphered (RFC 1968, and MPPE, which travels as a compressed datagram).</summary>
    public bool IsEncrypted { get; }

    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PppHeader header)
    {
        header = default;
        if (bytes.Length >= 2 && bytes[0] == 0xff && bytes[1] == 0x03)
        {
            bytes = bytes[2..];
        }

        if (bytes.IsEmpty)
        {
            return false;
        }

        // A protocol number's last byte is odd and its first is even, so an odd first byte is the whole of a compressed field.
        ushort protocol;
        if ((bytes[0] & 1) != 0)
        {
            protocol = bytes[0];
            bytes = bytes[1..];
        }
        else if (bytes.Length >= 2)
        {
            protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }
        else
        {
            return false;
        }

        if (protocol == MultilinkProtocol)
        {
            return TryReadMultilink(bytes, out header);
        }

        if (protocol == BridgingProtocol)
        {
            return TryReadBridged(bytes, out header);
        }

        var next = protocol switch
        {
            // The EtherTypes are none of PPP's numbers, and written all the same.
            0x0021 or EtherType.Ipv4 => Layer.Ipv4,
            0x0057 or EtherType.Ipv6 => Layer.Ipv6,
            0x0281 or 0x0283 => Layer.Mpls,
            _ => Layer.Other,
        };
        header = new PppHeader(next, bytes, protocol is 0x0053 or 0x0055 or 0x00fd or 0x00fb);
        return true;
    }

    // RFC 1990 §3: a fragment that is first and last is a whole frame. Sequence numbers have 24 bits, or 12 where those say so that a
    // number of 24 leaves 0.
    private static bool TryReadMultilink(ReadOnlySpan<byte> bytes, out PppHeader header)
    {
        const byte BeginningAndEnding = 0xc0;
        header = default;
        if (bytes.Length < 4)
        {
            return false;
        }

        var isWhole = (bytes[0] & BeginningAndEnding) == BeginningAndEnding;
        var length = (bytes[0] & ~BeginningAndEnding) == 0 ? 4 : 2;
        header = new PppHeader(isWhole ? Layer.Ppp : Layer.Other, bytes[length..], false);
        return true;
    }

    // RFC 3518 §4.1: flags with the number of padding bytes at the end, the type of the frame, and a LAN's identifier where a flag says so.
    private static bool TryReadBridged(ReadOnlySpan<byte> bytes, out PppHeader header)
    {
        const byte LanIdentifierFlag = 0x40;
        const byte Ethernet = 1;
        header = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        var length = (bytes[0] & LanIdentifierFlag) != 0 ? 6 : 2;
        if (bytes.Length < length)
        {
            return false;
        }

        header = new PppHeader(bytes[1] == Ethernet ? Layer.Ethernet : Layer.Other, bytes[length..], false);
        return true;
    }
}
