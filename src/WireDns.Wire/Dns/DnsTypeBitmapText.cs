namespace WireDns.Wire.Dns;

/// <summary>Bitmaps as lists: the types that NSEC, NSEC3, CSYNC and NXT name, the ports that WKS names.</summary>
internal static class DnsTypeBitmapText
{
    // RFC 4034 §4.1.2: a window of 256 types has at most 32 octets.
    private const int MaximumWindowLength = 32;

    // RFC 2535 §5.2: types 0 to 127, with bit 0 clear.
    private const int MaximumOldLength = 16;

    /// <summary>Windows of bits in ascending order, each at its own offset (RFC 4034 §4.1.2).</summary>
    public static void Write(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        // Ascending windows are also what keeps the text of a record bounded: no type is written twice.
        var previous = -1;
        while (data.Remaining > 0)
        {
            int window = data.ReadByte();
            var bits = data.ReadString();
            if (window <= previous || bits.IsEmpty || bits.Length > MaximumWindowLength)
            {
                data.Fail();
                return;
            }

            previous = window;
            ForEachBit(bits, window << 8, ref text, isType: true);
        }
    }

    /// <summary>The one bitmap of an NXT record.</summary>
    public static void WriteOld(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        // RFC 2535 §5.2: bit 0 would announce a format that was never defined.
        var bits = data.ReadRest();
        if (bits.Length > MaximumOldLength || (bits.Length > 0 && (bits[0] & 0x80) != 0))
        {
            data.Fail();
            return;
        }

        ForEachBit(bits, 0, ref text, isType: true);
    }

    /// <summary>Writes the number of each bit that is set, from the most significant of the first octet on, after a space.</summary>
    public static void ForEachBit(ReadOnlySpan<byte> bits, int first, ref DnsTextWriter text, bool isType)
    {
        for (var i = 0; i < bits.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if ((bits[i] & (0x80 >> bit)) == 0)
                {
                    continue;
                }

                text.WriteSeparator();
                var number = first + (i * 8) + bit;
                if (isType)
                {
                    text.WriteType((DnsRecordType)number);
                }
                else
                {
                    text.WriteDecimal((uint)number);
                }
            }
        }
    }
}
