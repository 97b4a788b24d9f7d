using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using WireDns.Detection.Messages;
using WireDns.Terminal;
using WireDns.Wire.Dns;
using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>
/// The data of a record, field by field. Data that does not fit its type is shown as far as it does, and the rest as octets.
/// </summary>
internal sealed class RecordDataReport(FieldTable table)
{
    private readonly byte[] _message = table.Message;

    /// <summary>Writes the fields of the data from <paramref name="offset"/> to <paramref name="end"/>.</summary>
    public void Write(DnsRecordType type, int offset, int end)
    {
        var layout = DnsRecordLayout.Of(type);
        var names = layout.Names;
        for (var i = 0; i < names.Length; i++)
        {
            if (!TryWrite(new Field(names[i], layout.Fields[i], i == names.Length - 1), ref offset, end))
            {
                break;
            }
        }

        if (offset < end)
        {
            var note = names.Length == 0 ? "" : " that are not what the type says";
            table.Row(offset, end - offset, "  data", [new Part(Count(end - offset, "octet") + note)]);
        }
    }

    private bool TryWrite(Field field, ref int offset, int end)
    {
        switch (field.Form)
        {
            case DnsRecordField.UInt8:
                return TryWriteNumber(field, ref offset, end, 1);
            case DnsRecordField.UInt16:
            case DnsRecordField.Type:
            case DnsRecordField.SignatureError:
            case DnsRecordField.CertificateType:
                return TryWriteNumber(field, ref offset, end, 2);
            case DnsRecordField.UInt32:
            case DnsRecordField.Seconds:
            case DnsRecordField.Time:
                return TryWriteNumber(field, ref offset, end, 4);
            case DnsRecordField.UInt48:
                return TryWriteNumber(field, ref offset, end, 6);
            case DnsRecordField.UInt64:
                return TryWriteNumber(field, ref offset, end, 8);
            case DnsRecordField.Name:
                return TryWriteName(field, ref offset, end);
            case DnsRecordField.Ipv4:
                return TryWriteFixed(field, ref offset, end, 4);
            case DnsRecordField.Ipv6:
                return TryWriteFixed(field, ref offset, end, 16);
            case DnsRecordField.Eui48:
                return TryWriteFixed(field, ref offset, end, 6);
            case DnsRecordField.Eui64:
            case DnsRecordField.Locator64:
                return TryWriteFixed(field, ref offset, end, 8);
            case DnsRecordField.String:
            case DnsRecordField.Tag:
            case DnsRecordField.Salt:
            case DnsRecordField.HashedName:
                return TryWriteCounted(field, ref offset, end, 1);
            case DnsRecordField.CountedBase64:
                return TryWriteCounted(field, ref offset, end, 2);
            case DnsRecordField.Strings:
                while (offset < end && TryWriteCounted(field, ref offset, end, 1))
                {
                }

                return true;
            case DnsRecordField.TypeBitmap:
                while (offset < end && TryWriteTypes(field, ref offset, end))
                {
                }

                return true;
            case DnsRecordField.ServiceParameters:
                while (offset < end && TryWriteParameter(field, ref offset, end))
                {
                }

                return true;
            default:
                return TryWriteRest(field, ref offset, end);
        }
    }

    private bool TryWriteNumber(Field field, ref int offset, int end, int length)
    {
        if (end - offset < length)
        {
            return false;
        }

        ulong number = 0;
        foreach (var octet in _message.AsSpan(offset, length))
        {
            number = (number << 8) | octet;
        }

        var note = field.Form switch
        {
            DnsRecordField.Type => DnsMnemonics.Text((DnsRecordType)number),
            DnsRecordField.Seconds => DnsWords.Duration((uint)number),
            DnsRecordField.Time => DateTimeOffset.FromUnixTimeSeconds((long)number).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            _ => "",
        };
        Row(field, ref offset, length, new Part(number.ToString(CultureInfo.InvariantCulture)), Note(note));
        return true;
    }

    private bool TryWriteName(Field field, ref int offset, int end)
    {
        if (offset == end)
        {
            return false;
        }

        var isSound = DnsName.TryRead(_message, offset, out var name, out var next, out _);
        var isInside = isSound && next <= end;
        table.Row(offset, (isInside ? next : end) - offset, "  " + field.Name, [
            new Part(name.ToString(), Style.Value),
            new Part(isInside ? "" : isSound ? "  reaches past the data" : "  not a name", Style.Fault)], NameDrawing.Draw(_message, offset));
        offset = isInside ? next : end;
        return isInside;
    }

    private bool TryWriteFixed(Field field, ref int offset, int end, int length)
    {
        if (field.IsLast ? end - offset != length : end - offset < length)
        {
            return false;
        }

        var octets = _message.AsSpan(offset, length);
        var text = field.Form is DnsRecordField.Ipv4 or DnsRecordField.Ipv6 ? new IPAddress(octets).ToString() : Convert.ToHexStringLower(octets);
        Row(field, ref offset, length, new Part(text, Style.Value));
        return true;
    }

    private bool TryWriteCounted(Field field, ref int offset, int end, int prefixLength)
    {
        if (end - offset < prefixLength)
        {
            return false;
        }

        var count = prefixLength == 1 ? _message[offset] : BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(offset));
        var length = prefixLength + count;
        if (end - offset < length)
        {
            return false;
        }

        var octets = _message.AsSpan(offset + prefixLength, count);
        var value = field.Form is DnsRecordField.String or DnsRecordField.Strings or DnsRecordField.Tag
            ? new Part(Quote(octets), Style.Value)
            : new Part(count == 0 ? "none" : Convert.ToHexStringLower(octets));
        Row(field, ref offset, length, new Part($"{Count(count, "octet")}: ", Style.Faint), value);
        return true;
    }

    private bool TryWriteTypes(Field field, ref int offset, int end)
    {
        if (end - offset < 2 || _message[offset + 1] is var count && (count is < 1 or > 32 || end - offset - 2 < count))
        {
            return false;
        }

        var text = new StringBuilder();
        for (var bit = 0; bit < 8 * count; bit++)
        {
            if ((_message[offset + 2 + (bit / 8)] & (0x80 >> (bit % 8))) != 0)
            {
                text.Append(text.Length > 0 ? " " : "").Append(DnsMnemonics.Text((DnsRecordType)((_message[offset] << 8) | bit)));
            }
        }

        Row(field, ref offset, 2 + count, new Part(Invariant($"window {_message[offset]}: "), Style.Faint), new Part(text.ToString()));
        return true;
    }

    private bool TryWriteParameter(Field field, ref int offset, int end)
    {
        if (end - offset < 4)
        {
            return false;
        }

        var key = BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(offset));
        var length = 4 + BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(offset + 2));
        if (end - offset < length)
        {
            return false;
        }

        var name = DnsMnemonics.Get((DnsServiceParameterKey)key);
        var text = name.IsEmpty ? Invariant($"key{key}") : Encoding.ASCII.GetString(name);
        Row(field, ref offset, length, new Part(text), Note(Count(length - 4, "octet")));
        return true;
    }

    private bool TryWriteRest(Field field, ref int offset, int end)
    {
        if (offset == end)
        {
            return false;
        }

        var octets = _message.AsSpan(offset, end - offset);
        var value = field.Form == DnsRecordField.StringRest
            ? new Part(Quote(octets), Style.Value)
            : new Part(Count(octets.Length, "octet"), Style.Faint);
        Row(field, ref offset, octets.Length, value);
        return true;
    }

    private void Row(Field field, ref int offset, int length, params Part[] value)
    {
        table.Row(offset, length, "  " + field.Name, value);
        offset += length;
    }

    private static Part Note(string note) => new(note.Length == 0 ? "" : $"  ({note})", Style.Faint);

    private static string Count(int number, string what) =>
        Invariant($"{number:N0} {what}{(number == 1 ? "" : "s")}");

    // A character string in presentation form (RFC 1035 §5.1).
    private static string Quote(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder("\"", octets.Length + 2);
        foreach (var octet in octets)
        {
            if (octet is (byte)'"' or (byte)'\\')
            {
                text.Append('\\').Append((char)octet);
            }
            else if (octet is < 0x20 or > 0x7e)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{octet:D3}");
            }
            else
            {
                text.Append((char)octet);
            }
        }

        return text.Append('"').ToString();
    }

    // A field of a layout, and whether the data ends with it.
    private readonly record struct Field(string Name, DnsRecordField Form, bool IsLast);
}
