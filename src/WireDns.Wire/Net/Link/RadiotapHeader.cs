using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A radiotap header before an IEEE 802.11 frame (https://www.radiotap.org), as far as its flags matter.</summary>
internal readonly ref struct RadiotapHeader
{
    private const int MinimumLength = 8;
    private const byte DataPadFlag = 0x20;

    private RadiotapHeader(ReadOnlySpan<byte> payload, bool isPadded)
    {
        Payload = payload;
        IsPadded = isPadded;
    }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the 802.11 header is padded to a multiple of 4 bytes.</summary>
    public bool IsPadded { get; }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out RadiotapHeader header, out UndecodableReason fault)
    {
        header = default;
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

        header = new RadiotapHeader(bytes[length..], (ReadFlags(bytes[..length]) & DataPadFlag) != 0);
        return true;
    }

    private static byte ReadFlags(ReadOnlySpan<byte> header)
    {
        var present = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if ((present & 2) == 0)
        {
            return 0;
        }

        // Bit 31 of each presence word says that another one follows; the fields of the first come behind the last.
        var offset = MinimumLength;
        for (var word = present; (word & 0x8000_0000) != 0; offset += 4)
        {
            if (offset + 4 > header.Length)
            {
                return 0;
            }

            word = BinaryPrimitives.ReadUInt32LittleEndian(header[offset..]);
        }

        // The flags come first, or behind the 8 bytes of a time stamp that is aligned to 8.
        offset = (present & 1) != 0 ? ((offset + 7) & ~7) + 8 : offset;
        return offset < header.Length ? header[offset] : (byte)0;
    }
}
