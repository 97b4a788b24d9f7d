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
/// The data of a record, field by field. Data that is not what its type says is shown as far as it is, and the rest as octets.
/// </summary>
internal sealed class RecordDataReport(FieldTable table)
{
    private readonly byte[] _message = table.Message;

    /// <summary>Writes the fields of the data from <paramref name="offset"/> to <paramref name="end"/>.</summary>
    public void Write(DnsRecordType type, int offset, int end)
    {
        foreach (var field in DataFields.Of(type))
        {
            if (!TryWrite(field, ref offset, end))
            {
                break;
            }
        }

        if (offset < end)
        {
            var note = DataFields.Of(type).Length == 0 ? "" : " that are not what the type says";
            table.Row(offset, end - offset, "  data", [new Part(Count(end - offset, "octet") + note)]);
        }
    }

    private bool TryWrite(DataField field, ref int offset, int end)
    {
        switch (field.Form)
        {
            case DataFieldForm.UInt8:
            case DataFieldForm.UInt16:
            case DataFieldForm.UInt32:
            case DataFieldForm.UInt48:
            case DataFieldForm.Seconds:
            case DataFieldForm.Time:
            case DataFieldForm.Type:
                return TryWriteNumber(field, ref offset, end);
            case DataFieldForm.Name:
                return TryWriteName(field, ref offset, end);
            case DataFieldForm.Ipv4:
                return TryWriteFixed(field, ref offset, end, 4);
            case DataFieldForm.Ipv6:
                return TryWriteFixed(field, ref offset, end, 16);
            case DataFieldForm.String:
            case DataFieldForm.CountedOctets:
                return TryWriteCounted(field, ref offset, end, 1);
            case DataFieldForm.LongCountedOctets:
                return TryWriteCounted(field, ref offset, end, 2);
            case DataFieldForm.Strings:
                while (offset < end && TryWriteCounted(field, ref offset, end, 1))
                {
                }

                return true;
            case DataFieldForm.TypeBitmap:
                while (offset < end && TryWriteTypes(field, ref offset, end))
                {
                }

                return true;
            case DataFieldForm.ServiceParameters:
                while (offset < end && TryWriteParameter(ref offset, end))
                {
                }

                return true;
            default:
                return TryWriteRest(field, ref offset, end);
        }
    }

    private bool TryWriteNumber(DataField field, ref int offset, int end)
    {
        var length = field.Form switch
        {
            DataFieldForm.UInt8 => 1,
            DataFieldForm.UInt16 or DataFieldForm.Type => 2,
            DataFieldForm.UInt48 => 6,
            _ => 4,
        };
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
            DataFieldForm.Type => DnsMnemonics.Text((DnsRecordType)number),
            DataFieldForm.Seconds => DnsWords.Duration((uint)number),
            DataFieldForm.Time => DateTimeOffset.FromUnixTimeSeconds((long)number).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            _ => "",
        };
        Row(field, ref offset, length, new Part(number.ToString(CultureInfo.InvariantCulture)), Note(note));
        return true;
    }

    private bool TryWriteName(DataField field, ref int offset, int end)
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

    private bool TryWriteFixed(DataField field, ref int offset, int end, int length)
    {
        if (end - offset != length)
        {
            return false;
        }

        Row(field, ref offset, length, new Part(new IPAddress(_message.AsSpan(offset, length)).ToString(), Style.Value));
        return true;
    }

    private bool TryWriteCounted(DataField field, ref int offset, int end, int prefixLength)
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
        var value = field.Form is DataFieldForm.String or DataFieldForm.Strings
            ? new Part(Quote(octets), Style.Value)
            : new Part(count == 0 ? "none" : Convert.ToHexStringLower(octets));
        Row(field, ref offset, length, new Part($"{Count(count, "octet")}: ", Style.Faint), value);
        return true;
    }

    private bool TryWriteTypes(DataField field, ref int offset, int end)
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

    private bool TryWriteParameter(ref int offset, int end)
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

        // IANA "DNS Service Parameter Keys (SvcParamKeys)".
        var name = key switch
        {
            0 => "mandatory",
            1 => "alpn",
            2 => "no-default-alpn",
            3 => "port",
            4 => "ipv4hint",
            5 => "ech",
            6 => "ipv6hint",
            7 => "dohpath",
            8 => "ohttp",
            _ => Invariant($"key{key}"),
        };
        Row(new DataField("parameter", DataFieldForm.ServiceParameters), ref offset, length, new Part(name), Note(Count(length - 4, "octet")));
        return true;
    }

    private bool TryWriteRest(DataField field, ref int offset, int end)
    {
        if (offset == end)
        {
            return false;
        }

        var octets = _message.AsSpan(offset, end - offset);
        var value = field.Form == DataFieldForm.Text
            ? new Part(Quote(octets), Style.Value)
            : new Part(Count(octets.Length, "octet"), Style.Faint);
        Row(field, ref offset, octets.Length, value);
        return true;
    }

    private void Row(DataField field, ref int offset, int length, params Part[] value)
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
}
