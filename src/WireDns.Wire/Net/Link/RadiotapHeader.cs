using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A radiotap header before an IEEE 802.11 frame (https://www.radiotap.org), as far as its flags matter.</summary>
internal static class RadiotapHeader
{
    private const int MinimumLength = 8;
    private const byte DataPadFlag = 0x20;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < MinimumLength)
        {
            return false;
        }

        if (bytes[0] != 0)
        {
            fault = UndecodableReason.BadVersion;
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        if (length < MinimumLength)
        {
            fault = UndecodableReason.BadLength;
            return false;
        }

        if (length > bytes.Length)
        {
            return false;
        }

        var isPadded = (ReadFlags(bytes[..length]) & DataPadFlag) != 0;
        carried = new Carried(isPadded ? Layer.PaddedIeee80211 : Layer.Ieee80211, bytes[length..]);
        return true;
    }

    private static byte ReadFlags(ReadOnlySpan<byte> header)
    {
        var present = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if ((present & 2) == 0)
        {
            return 0;
        }

        // Bit 31 of each presence word says that another one follows; the fields of the first come after the last.
        var offset = MinimumLength;
        for (var word = present; (word & 0x8000_0000) != 0; offset += 4)
        {
            if (offset + 4 > header.Length)
            {
                return 0;
            }

            word = BinaryPrimitives.ReadUInt32LittleEndian(header[offset..]);
        }

        // The flags come first, or after the 8 bytes of a time stamp that is aligned to 8.
        offset = (present & 1) != 0 ? ((offset + 7) & ~7) + 8 : offset;
        return offset < header.Length ? header[offset] : (byte)0;
    }
}
