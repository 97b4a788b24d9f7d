using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WireDns.Wire.Dns;

/// <summary>
/// Turns text back into wire form: names as <see cref="DnsName.WriteText"/> writes them, and the data of the types that <see cref="IsReadable"/> names as
/// <see cref="DnsRecordData"/> writes it. The result has the same text again. Text from outside may hold anything: what is not such a text is refused.
/// </summary>
public static class DnsPresentation
{
    // RFC 1035 §3.3.14: the length of a string is one octet.
    private const int MaximumStringLength = 255;

    /// <summary>Whether <see cref="TryReadData"/> knows the type: A, AAAA, CNAME, NS, PTR, DNAME, MX, TXT. They are nearly all of the answers on a network.</summary>
    public static bool IsReadable(DnsRecordType type) => type is DnsRecordType.A or DnsRecordType.AAAA or DnsRecordType.CNAME or DnsRecordType.NS
        or DnsRecordType.PTR or DnsRecordType.DNAME or DnsRecordType.MX or DnsRecordType.TXT;

    /// <summary>Writes a name in wire form, uncompressed, with its root.</summary>
    /// <param name="text">The name in presentation form (RFC 1035 §5.1), without a dot at the end; a dot alone is the root.</param>
    /// <param name="wire">Where to write: room for <see cref="DnsName.MaximumWireLength"/> octets is enough.</param>
    /// <param name="length">Octets written.</param>
    /// <returns>False if it is no name, or there is no room.</returns>
    public static bool TryReadName(ReadOnlySpan<char> text, Span<byte> wire, out int length)
    {
        if (TryReadPlainName(text, wire, out length))
        {
            return true;
        }

        length = 0;
        if (text is ".")
        {
            return TryPut(0, wire, ref length);
        }

        while (true)
        {
            var start = length;
            if (!TryPut(0, wire, ref length))
            {
                return false;
            }

            while (!text.IsEmpty && text[0] != '.')
            {
                if (!TryReadOctet(ref text, out var octet) || !TryPut(octet, wire, ref length))
                {
                    return false;
                }
            }

            var label = length - start - 1;
            if (label is 0 or > DnsName.MaximumLabelLength)
            {
                return false;
            }

            wire[start] = (byte)label;
            if (text.IsEmpty)
            {
                return TryPut(0, wire, ref length) && length <= DnsName.MaximumWireLength;
            }

            text = text[1..];
        }
    }

    /// <summary>Writes the data of a record in wire form, names uncompressed.</summary>
    /// <param name="type">The record's type, in class IN.</param>
    /// <param name="text">Its data in presentation form.</param>
    /// <param name="wire">Where to write. As many octets as <paramref name="text"/> has characters, and 16 more, are enough.</param>
    /// <param name="length">Octets written.</param>
    /// <returns>False if it is not the text of such data, the type is not readable, or there is no room.</returns>
    public static bool TryReadData(DnsRecordType type, ReadOnlySpan<char> text, Span<byte> wire, out int length)
    {
        length = 0;
        switch (type)
        {
            case DnsRecordType.A when wire.Length >= 4 && TryReadPlainAddress(text, wire):
                length = 4;
                return true;
            case DnsRecordType.A or DnsRecordType.AAAA:
                return IPAddress.TryParse(text, out var address)
                    && address.AddressFamily == (type == DnsRecordType.A ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6) && address.TryWriteBytes(wire, out length);
            case DnsRecordType.CNAME or DnsRecordType.NS or DnsRecordType.PTR or DnsRecordType.DNAME:
                return TryReadName(text, wire, out length);
            case DnsRecordType.MX:
                var space = text.IndexOf(' ');
                if (space < 0 || wire.Length < 2 || !ushort.TryParse(text[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var preference)
                    || !TryReadName(text[(space + 1)..], wire[2..], out length))
                {
                    return false;
                }

                BinaryPrimitives.WriteUInt16BigEndian(wire, preference);
                length += 2;
                return true;
            case DnsRecordType.TXT:
                return TryReadStrings(text, wire, out length);
            default:
                return false;
        }
    }

    // A name without escapes, as nearly all are: as many octets as characters, with a length before the first and in the place of each dot. False says nothing.
    private static bool TryReadPlainName(ReadOnlySpan<char> text, Span<byte> wire, out int length)
    {
        length = text.Length + 2;
        if (text.IsEmpty || length > Math.Min(wire.Length, DnsName.MaximumWireLength) || Ascii.FromUtf16(text, wire[1..], out _) != OperationStatus.Done)
        {
            return false;
        }

        var start = 0;
        for (var place = 1; place < length; place++)
        {
            var isEnd = place == length - 1;
            if (!isEnd && wire[place] == '\\')
            {
                return false;
            }

            if (isEnd || wire[place] == '.')
            {
                var label = place - start - 1;
                if (label is 0 or > DnsName.MaximumLabelLength)
                {
                    return false;
                }

                wire[start] = (byte)label;
                start = place;
            }
        }

        wire[start] = 0;
        return true;
    }

    // RFC 1035 §3.4.1, as AddressText writes it. False says nothing.
    private static bool TryReadPlainAddress(ReadOnlySpan<char> text, Span<byte> wire)
    {
        const int Length = 4;
        var (parts, value, digits) = (0, 0, 0);
        foreach (var character in text)
        {
            if (char.IsAsciiDigit(character) && digits < 3 && (digits == 0 || value > 0))
            {
                (value, digits) = ((value * 10) + (character - '0'), digits + 1);
            }
            else if (character == '.' && digits > 0 && value <= byte.MaxValue && parts < Length - 1)
            {
                wire[parts++] = (byte)value;
                (value, digits) = (0, 0);
            }
            else
            {
                return false;
            }
        }

        if (parts != Length - 1 || digits == 0 || value > byte.MaxValue)
        {
            return false;
        }

        wire[parts] = (byte)value;
        return true;
    }

    private static bool TryReadStrings(ReadOnlySpan<char> text, Span<byte> wire, out int length)
    {
        length = 0;
        while (!text.IsEmpty)
        {
            var start = length;
            if (text[0] != '"' || !TryPut(0, wire, ref length))
            {
                return false;
            }

            text = text[1..];
            while (!text.IsEmpty && text[0] != '"')
            {
                if (!TryReadOctet(ref text, out var octet) || !TryPut(octet, wire, ref length))
                {
                    return false;
                }
            }

            var count = length - start - 1;
            if (text.IsEmpty || count > MaximumStringLength)
            {
                return false;
            }

            wire[start] = (byte)count;
            text = text[1..].TrimStart(' ');
        }

        return true;
    }

    // RFC 1035 §5.1: \DDD is an octet in decimal, \X is X itself.
    private static bool TryReadOctet(ref ReadOnlySpan<char> text, out byte octet)
    {
        var isEscaped = text[0] == '\\';
        var first = text[isEscaped && text.Length > 1 ? 1 : 0];
        if (!char.IsAscii(first) || (isEscaped && text.Length == 1))
        {
            octet = 0;
            return false;
        }

        if (isEscaped && char.IsAsciiDigit(first))
        {
            octet = 0;
            if (text.Length < 4 || !byte.TryParse(text[1..4], NumberStyles.None, CultureInfo.InvariantCulture, out octet))
            {
                return false;
            }

            text = text[4..];
            return true;
        }

        octet = (byte)first;
        text = text[(isEscaped ? 2 : 1)..];
        return true;
    }

    private static bool TryPut(byte octet, Span<byte> wire, ref int length)
    {
        if (length >= wire.Length)
        {
            return false;
        }

        wire[length++] = octet;
        return true;
    }
}
