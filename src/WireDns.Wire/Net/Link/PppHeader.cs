using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A PPP protocol field, of one byte where compressed, perhaps after HDLC address and control (RFC 1661 §2, RFC 1662 §3.1).</summary>
internal static class PppHeader
{
    private const ushort BridgingProtocol = 0x0031;
    private const ushort MultilinkProtocol = 0x003d;

    // RFC 1968, and RFC 1962, whose compressed datagrams carry MPPE's ciphertext (RFC 3078).
    private const ushort EncryptedProtocol = 0x0053;
    private const ushort EncryptedLinkProtocol = 0x0055;
    private const ushort CompressedProtocol = 0x00fd;
    private const ushort CompressedLinkProtocol = 0x00fb;

    /// <summary>False where the bytes end within the header, or where what follows is encrypted.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
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
            return TryReadMultilink(bytes, out carried);
        }

        if (protocol == BridgingProtocol)
        {
            return TryReadBridged(bytes, out carried);
        }

        var next = protocol switch
        {
            // EtherTypes are not PPP numbers, but some senders write them all the same.
            0x0021 or EtherType.Ipv4 => Layer.Ipv4,
            0x0057 or EtherType.Ipv6 => Layer.Ipv6,
            0x0281 or 0x0283 => Layer.Mpls,
            _ => Layer.Other,
        };
        carried = new Carried(next, bytes);
        fault = UndecodableReason.Encrypted;
        return protocol is not (EncryptedProtocol or EncryptedLinkProtocol or CompressedProtocol or CompressedLinkProtocol);
    }

    // RFC 1990 §3: a fragment that is first and last is a whole frame. Sequence numbers have 24 bits, or 12 where the bits that a 24-bit
    // number leaves 0 say so.
    private static bool TryReadMultilink(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        const byte BeginningAndEnding = 0xc0;
        carried = default;
        if (bytes.Length < 4)
        {
            return false;
        }

        var isWhole = (bytes[0] & BeginningAndEnding) == BeginningAndEnding;
        var length = (bytes[0] & ~BeginningAndEnding) == 0 ? 4 : 2;
        carried = new Carried(isWhole ? Layer.Ppp : Layer.Other, bytes[length..]);
        return true;
    }

    // RFC 3518 §4.1: flags with the number of padding bytes at the end, the type of the frame, and a LAN's identifier where a flag says so.
    private static bool TryReadBridged(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        const byte LanIdentifierFlag = 0x40;
        const byte Ethernet = 1;
        carried = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        var length = (bytes[0] & LanIdentifierFlag) != 0 ? 6 : 2;
        if (bytes.Length < length)
        {
            return false;
        }

        carried = new Carried(bytes[1] == Ethernet ? Layer.Ethernet : Layer.Other, bytes[length..]);
        return true;
    }
}
