using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A record of Endace's extensible record format: time, type, lengths, perhaps extension headers, and the frame.</summary>
internal static class ErfRecord
{
    private const int HeaderLength = 16;
    private const int ExtensionLength = 8;
    private const int TypeOffset = 8;
    private const byte MoreFlag = 0x80;

    // 7 bits of a type and a bit for "more" in each extension; real records have one or two.
    private const int MaximumExtensions = 16;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        var type = bytes[TypeOffset];
        var length = HeaderLength;
        var hasMore = (type & MoreFlag) != 0;
        for (var extension = 0; hasMore && extension < MaximumExtensions; extension++)
        {
            if (bytes.Length < length + ExtensionLength)
            {
                return false;
            }

            hasMore = (bytes[length] & MoreFlag) != 0;
            length += ExtensionLength;
        }

        // The record is padded to a multiple of 8; the length on the wire, without Ethernet's two bytes, comes before the payload.
        var wireLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        switch (type & ~MoreFlag)
        {
            case 2 or 11 or 16 or 20:
                // Ethernet, plain and with colour, after an offset and a pad byte.
                length += 2;
                return TryTake(bytes, length, wireLength, Layer.Ethernet, out carried);
            case 1 or 10 or 15 or 17:
                return TryTake(bytes, length, wireLength, Layer.Link, out carried);
            case 4 or 18:
                // An AAL5 frame after an ATM cell header.
                return TryTake(bytes, length + 4, wireLength, Layer.Llc, out carried);
            case 22:
                return TryTake(bytes, length, wireLength, Layer.Ipv4, out carried);
            case 23:
                return TryTake(bytes, length, wireLength, Layer.Ipv6, out carried);
            default:
                return TryTake(bytes, length, wireLength, Layer.Other, out carried);
        }
    }

    private static bool TryTake(ReadOnlySpan<byte> bytes, int length, int wireLength, Layer next, out Carried carried)
    {
        carried = default;
        if (bytes.Length < length)
        {
            return false;
        }

        var frame = bytes[length..];
        frame = wireLength < frame.Length ? frame[..wireLength] : frame;
        carried = next == Layer.Link ? new Carried(LinkType.PppHdlc, frame) : new Carried(next, frame);
        return true;
    }
}
