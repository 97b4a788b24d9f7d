using System.Buffers;

namespace WireDns.Wire.Dns;

/// <summary>
/// Record data as presentation text in ASCII: numbers in decimal, types as mnemonics, names as <see cref="DnsName.WriteText"/> writes
/// them (without a dot at the end), TXT and the like as strings in quotes, digests in upper-case hexadecimal, keys in base 64, an OPT
/// record as its options (<c>NAME=value</c>). Types without a form of their own, and data that is not what its type says, are written as
/// <c>\# length hex</c> (RFC 3597 §5), so every record has a text.
/// </summary>
public static class DnsRecordData
{
    // Enough for nearly every record, so that the first attempt succeeds.
    private const int FirstAttemptLength = 2048;

    /// <summary>Writes the text of a record's data; false if <paramref name="destination"/> is too short for it.</summary>
    /// <param name="record">The record, of any type and content.</param>
    /// <param name="destination">
    /// Where to write; undefined after a failure. Most texts are shorter than 300 bytes, a record of 64 KiB may need a megabyte.
    /// </param>
    /// <param name="bytesWritten">Length of the text, in bytes; 0 on failure.</param>
    public static bool TryWriteText(in DnsRecord record, Span<byte> destination, out int bytesWritten)
    {
        // By far the most records.
        if (record.Type == DnsRecordType.A && record.Class == DnsClass.IN && destination.Length >= AddressText.MaximumIpv4Length
            && record.Data is { Length: 4 } address)
        {
            bytesWritten = AddressText.WriteIpv4(address, destination);
            return true;
        }

        var text = new DnsTextWriter(destination);
        Write(record, ref text);
        bytesWritten = text.IsOverflow ? 0 : text.Length;
        return !text.IsOverflow;
    }

    /// <summary>Writes the text of a record's data, however long it is.</summary>
    public static void WriteText(in DnsRecord record, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        for (var length = Math.Max(FirstAttemptLength, record.Data.Length * 4); ; length *= 2)
        {
            if (TryWriteText(record, destination.GetSpan(length), out var written))
            {
                destination.Advance(written);
                return;
            }
        }
    }

    private static void Write(in DnsRecord record, ref DnsTextWriter text)
    {
        // RFC 2136 §2.4 and §2.5: prerequisites and deletions have no data.
        var octets = record.Data;
        if (octets.IsEmpty && record.Class is (DnsClass.ANY or DnsClass.NONE))
        {
            return;
        }

        // Chaosnet addresses are a name and a number (RFC 1035 §3.4.1 defines A for class IN).
        var layout = record is { Type: DnsRecordType.A, Class: DnsClass.CH } ? default : DnsRecordLayout.Of(record.Type);
        var data = new DnsRdataReader(record.Message, record.DataOffset, record.DataOffset + octets.Length);
        foreach (var field in layout.Fields)
        {
            DnsRecordFieldText.Write(field, ref data, ref text);
        }

        if (layout.Fields.IsEmpty || data.IsFailed || (data.Remaining > 0 && !layout.ToleratesSlack))
        {
            text.Clear();
            WriteGeneric(octets, ref text);
        }
    }

    private static void WriteGeneric(ReadOnlySpan<byte> octets, ref DnsTextWriter text)
    {
        text.Write("\\# "u8);
        text.WriteDecimal((uint)octets.Length);
        if (!octets.IsEmpty)
        {
            text.WriteSeparator();
            text.WriteHex(octets);
        }
    }
}
