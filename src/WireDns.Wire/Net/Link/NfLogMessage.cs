using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A Linux netfilter log message: a family and attributes, one of which holds the packet (LINKTYPE_NFLOG).</summary>
internal static class NfLogMessage
{
    private const int HeaderLength = 4;
    private const int AttributeHeaderLength = 4;
    private const ushort PayloadAttribute = 9;

    // The kernel sets the two highest bits of a type for its own purposes.
    private const ushort TypeMask = 0x3fff;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        if (bytes[1] != 0)
        {
            fault = UndecodableReason.BadVersion;
            return false;
        }

        // Attributes are in the byte order of the logging host, which no field names; the first one is shorter than 256 bytes.
        var rest = bytes[HeaderLength..];
        var isBigEndian = rest.Length >= 2 && rest[0] == 0 && rest[1] >= AttributeHeaderLength;
        while (rest.Length >= AttributeHeaderLength)
        {
            var length = isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(rest) : BinaryPrimitives.ReadUInt16LittleEndian(rest);
            var type = isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) : BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            if (length < AttributeHeaderLength)
            {
                fault = UndecodableReason.BadLength;
                return false;
            }

            if ((type & TypeMask) == PayloadAttribute)
            {
                carried = new Carried(FamilyHeader.LayerOf(bytes[0]), rest[AttributeHeaderLength..Math.Min(length, rest.Length)]);
                return true;
            }

            var padded = (length + 3) & ~3;
            rest = padded < rest.Length ? rest[padded..] : default;
        }

        return rest.IsEmpty && bytes.Length > HeaderLength;
    }
}
