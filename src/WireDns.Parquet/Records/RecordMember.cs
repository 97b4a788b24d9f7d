using System.Buffers;
using System.Text.Json;
using WireDns.Parquet.Columns;
using WireDns.Parquet.Format;

namespace WireDns.Parquet.Records;

/// <summary>
/// A value of a row as a member of a JSON object. A value that is null, false or an empty list has no member. Immutable.
/// </summary>
internal abstract class RecordMember(string name)
{
    /// <summary>Its name: that of the column.</summary>
    public string Name => name;

    /// <summary>Its name, ready to be written.</summary>
    protected JsonEncodedText Written { get; } = JsonEncodedText.Encode(name);

    /// <summary>The member for a column, or for a part of the items of a list.</summary>
    public static RecordMember Of(SchemaField field) => field switch
    {
        ListField list => new ListMember(field.Name, [.. list.Parts.Select(Of)]),
        ValueField { Type: ColumnType.Int32 } => new NumberMember(field.Name, int.MinValue, int.MaxValue),
        ValueField { Type: ColumnType.Int64 or ColumnType.Time } => new NumberMember(field.Name, -NumberMember.Most, NumberMember.Most),
        ValueField { Type: ColumnType.Switch } => new SwitchMember(field.Name),
        ValueField { Type: ColumnType.Text } => new TextMember(field.Name),
        ValueField { Type: ColumnType.Octets } => new OctetsMember(field.Name),
        _ => throw new ArgumentException($"the column {field.Name} has a type that a record does not have", nameof(field)),
    };

    /// <summary>Writes the next value of a row.</summary>
    public abstract void Write(ref RowReader row, Utf8JsonWriter json);

    /// <summary>Reads the value at hand into a row.</summary>
    /// <returns>False if it is of another type, or out of range.</returns>
    public abstract bool TryRead(ref Utf8JsonReader json, ref RowWriter row);

    /// <summary>Puts into a row what an object without this member means.</summary>
    public virtual void WriteAbsent(ref RowWriter row) => row.WriteCount(0);
}

/// <summary>A whole number.</summary>
internal sealed class NumberMember(string name, long least, long most) : RecordMember(name)
{
    /// <summary>The largest number of microseconds that can be told in nanoseconds: about 292 years.</summary>
    public const long Most = long.MaxValue / 1000;

    public override void Write(ref RowReader row, Utf8JsonWriter json)
    {
        if (row.ReadNumber() is { } number)
        {
            json.WriteNumber(Written, number);
        }
    }

    public override bool TryRead(ref Utf8JsonReader json, ref RowWriter row)
    {
        if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var number) || number < least || number > most)
        {
            return false;
        }

        row.WriteNumber(number);
        return true;
    }
}

/// <summary>A switch, which is written where it is on.</summary>
internal sealed class SwitchMember(string name) : RecordMember(name)
{
    public override void Write(ref RowReader row, Utf8JsonWriter json)
    {
        if (row.ReadNumber() == 1)
        {
            json.WriteBoolean(Written, true);
        }
    }

    public override bool TryRead(ref Utf8JsonReader json, ref RowWriter row)
    {
        row.WriteNumber(json.TokenType == JsonTokenType.True ? 1 : 0);
        return json.TokenType is JsonTokenType.True or JsonTokenType.False;
    }

    public override void WriteAbsent(ref RowWriter row) => row.WriteNumber(0);
}

/// <summary>A text.</summary>
internal sealed class TextMember(string name) : RecordMember(name)
{
    public override void Write(ref RowReader row, Utf8JsonWriter json)
    {
        if (row.TryReadOctets(out var text))
        {
            json.WriteString(Written, text);
        }
    }

    public override bool TryRead(ref Utf8JsonReader json, ref RowWriter row)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            return false;
        }

        var text = new byte[json.ValueSpan.Length]; // never longer than with its escapes
        row.WriteUtf8(text.AsSpan(0, json.CopyString(text)));
        return true;
    }
}

/// <summary>Octets, in base64.</summary>
internal sealed class OctetsMember(string name) : RecordMember(name)
{
    public override void Write(ref RowReader row, Utf8JsonWriter json)
    {
        if (row.TryReadOctets(out var octets))
        {
            json.WriteBase64String(Written, octets);
        }
    }

    public override bool TryRead(ref Utf8JsonReader json, ref RowWriter row)
    {
        if (json.TokenType != JsonTokenType.String || !json.TryGetBytesFromBase64(out var octets))
        {
            return false;
        }

        row.WriteOctets(octets);
        return true;
    }
}

/// <summary>A list of objects.</summary>
internal sealed class ListMember(string name, IReadOnlyList<RecordMember> parts) : RecordMember(name)
{
    // As many as a reader of the log takes.
    private const int MostItems = 1024;

    public override void Write(ref RowReader row, Utf8JsonWriter json)
    {
        var count = row.ReadCount();
        if (count == 0)
        {
            return;
        }

        json.WriteStartArray(Written);
        for (ulong item = 0; item < count; item++)
        {
            json.WriteStartObject();
            foreach (var part in parts)
            {
                part.Write(ref row, json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public override bool TryRead(ref Utf8JsonReader json, ref RowWriter row)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        var (values, count) = (new ArrayBufferWriter<byte>(), 0UL);
        var items = new RowWriter(values);
        var item = new RecordObject(parts);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (++count > MostItems || item.TryRead(ref json) is not null || !item.IsComplete)
            {
                return false;
            }

            item.WriteTo(ref items, 0, parts.Count);
        }

        row.WriteCount(count);
        items.Flush();
        row.WriteValues(values.WrittenSpan);
        return true;
    }
}
