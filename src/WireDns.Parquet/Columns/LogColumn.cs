using Parquet;
using Parquet.Schema;
using WireDns.Alerts;

namespace WireDns.Parquet.Columns;

/// <summary>A column of the log: what it is called, and how it gets its value from a lookup. Immutable.</summary>
internal abstract class LogColumn(string name)
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its place in the file's schema.</summary>
    public abstract Field Field { get; }

    /// <summary>Its type as the documentation words it: <c>int32</c>, <c>list of struct(name string)</c>.</summary>
    public abstract string TypeText { get; }

    /// <summary>Writes its value into a row.</summary>
    public abstract void Write(DnsLookup lookup, ref RowWriter row);

    /// <summary>What collects its values for a group of rows.</summary>
    /// <param name="room">Where they are until they are saved, one column after the other.</param>
    public abstract ColumnValues CreateValues(ColumnRoom room);
}

/// <summary>The values of a column for a group of rows.</summary>
internal abstract class ColumnValues
{
    /// <summary>Takes the value of the next row.</summary>
    public abstract void Take(ref RowReader row);

    /// <summary>Writes the values into a file, and forgets them.</summary>
    public abstract void Save(ParquetRowGroupWriter group);
}

/// <summary>A column of numbers, switches or times: what is written as a <typeparamref name="T"/>.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">Its type as the documentation words it.</param>
/// <param name="read">The number of a lookup.</param>
/// <param name="convert">Makes of it what is written.</param>
/// <param name="field">Its place in the schema, if that says more than the type. The library would write times with the least and the largest one in another unit than the rest, so
/// that engines pass over groups that have what they look for; numbers are written as they are.</param>
internal sealed class NumberColumn<T>(string name, string type, Func<DnsLookup, long?> read, Func<long, T> convert, DataField? field = null) : LogColumn(name)
    where T : struct
{
    // Of a schema of its own.
    private readonly DataField _written = new ParquetSchema(new DataField<T>(name, true)).GetDataFields()[0];
    private readonly DataField _field = field ?? new DataField<T>(name, true);

    public override Field Field => _field;

    public override string TypeText => type;

    public override void Write(DnsLookup lookup, ref RowWriter row) => row.WriteNumber(read(lookup));

    public override ColumnValues CreateValues(ColumnRoom room) => new Values(this, room.BufferOf<T>());

    private sealed class Values(NumberColumn<T> column, ColumnBuffer<T> buffer) : ColumnValues
    {
        public override void Take(ref RowReader row)
        {
            if (row.ReadNumber() is { } number)
            {
                buffer.Add(column.Convert(number));
            }
            else
            {
                buffer.AddNull();
            }
        }

        public override void Save(ParquetRowGroupWriter group) => buffer.Save(group, column._written);
    }

    private T Convert(long number) => convert(number);
}

/// <summary>A column of octets: of any length, or ids of 16 octets.</summary>
internal sealed class OctetsColumn(string name, Func<DnsLookup, ReadOnlyMemory<byte>?> read) : LogColumn(name)
{
    private readonly DataField _field = new DataField<byte[]>(name, true);

    public override Field Field => _field;

    public override string TypeText => "binary";

    public override void Write(DnsLookup lookup, ref RowWriter row) => row.WriteOctets(read(lookup).GetValueOrDefault().Span);

    public override ColumnValues CreateValues(ColumnRoom room) => new Values(_field, room.BufferOf<ReadOnlyMemory<byte>>());

    private sealed class Values(DataField field, ColumnBuffer<ReadOnlyMemory<byte>> buffer) : ColumnValues
    {
        public override void Take(ref RowReader row)
        {
            if (row.TryReadOctets(out var octets))
            {
                buffer.Add(octets.ToArray());
            }
            else
            {
                buffer.AddNull();
            }
        }

        public override void Save(ParquetRowGroupWriter group) => buffer.Save(group, field);
    }
}

/// <summary>A column of texts.</summary>
internal sealed class TextColumn(string name, Func<DnsLookup, string?> read) : LogColumn(name)
{
    private readonly DataField _field = new DataField<string>(name, true);

    public override Field Field => _field;

    public override string TypeText => "string";

    public override void Write(DnsLookup lookup, ref RowWriter row)
    {
        var text = read(lookup);
        row.WriteText(text, isNull: text is null);
    }

    public override ColumnValues CreateValues(ColumnRoom room) => new Values(_field, room.BufferOf<ReadOnlyMemory<char>>(), room.Texts);

    private sealed class Values(DataField field, ColumnBuffer<ReadOnlyMemory<char>> buffer, TextStore texts) : ColumnValues
    {
        public override void Take(ref RowReader row)
        {
            if (row.TryReadOctets(out var octets))
            {
                buffer.Add(texts.Keep(octets));
            }
            else
            {
                buffer.AddNull();
            }
        }

        public override void Save(ParquetRowGroupWriter group)
        {
            buffer.Save(group, field);
            texts.Clear();
        }
    }
}

/// <summary>A column with a list of structs: records, or questions.</summary>
/// <param name="name">Its name.</param>
/// <param name="read">The items of a lookup.</param>
/// <param name="parts">The parts of an item: texts, or numbers where <c>Number</c> is given.</param>
internal sealed class ListColumn<TItem>(string name, Func<DnsLookup, IReadOnlyList<TItem>> read, params ListPart<TItem>[] parts) : LogColumn(name)
{
    private readonly Field _field = new ListField(name, new StructField("element", [.. parts.Select(part => (Field)part.Field)]));

    public override Field Field => _field;

    public override string TypeText => $"list of struct({string.Join(", ", parts.Select(part => $"{part.Name} {(part.Number is null ? "string" : "int64")}"))})";

    public override void Write(DnsLookup lookup, ref RowWriter row)
    {
        var items = read(lookup);
        row.WriteCount((ulong)items.Count);
        for (var index = 0; index < items.Count; index++)
        {
            var item = items[index];
            foreach (var part in parts)
            {
                if (part.Number is null)
                {
                    row.WriteText(part.Text!(item));
                }
                else
                {
                    row.WriteNumber(part.Number(item));
                }
            }
        }
    }

    public override ColumnValues CreateValues(ColumnRoom room) => new Values(parts, room.Texts);

    private sealed class Values(ListPart<TItem>[] parts, TextStore texts) : ColumnValues
    {
        private readonly ColumnBuffer<ReadOnlyMemory<char>>[] _text = [.. parts.Select(_ => new ColumnBuffer<ReadOnlyMemory<char>>())];
        private readonly ColumnBuffer<long>[] _numbers = [.. parts.Select(_ => new ColumnBuffer<long>())];

        public override void Take(ref RowReader row)
        {
            var count = (int)row.ReadCount();
            for (var part = 0; count == 0 && part < parts.Length; part++)
            {
                // Definition level 0 would be a list that is null; here it is empty.
                if (parts[part].Number is null)
                {
                    _text[part].AddLevels(1, 0);
                }
                else
                {
                    _numbers[part].AddLevels(1, 0);
                }
            }

            for (var item = 0; item < count; item++)
            {
                for (var part = 0; part < parts.Length; part++)
                {
                    var definition = parts[part].Field.MaxDefinitionLevel;
                    if (parts[part].Number is not null)
                    {
                        _numbers[part].Add(row.ReadNumber() ?? 0, definition, item > 0 ? 1 : 0);
                    }
                    else
                    {
                        row.TryReadOctets(out var octets);
                        _text[part].Add(texts.Keep(octets), definition, item > 0 ? 1 : 0);
                    }
                }
            }
        }

        public override void Save(ParquetRowGroupWriter group)
        {
            for (var part = 0; part < parts.Length; part++)
            {
                if (parts[part].Number is null)
                {
                    _text[part].Save(group, parts[part].Field);
                }
                else
                {
                    _numbers[part].Save(group, parts[part].Field);
                }
            }

            texts.Clear();
        }
    }
}

/// <summary>A part of an item of a <see cref="ListColumn{TItem}"/>: a text or a number.</summary>
internal sealed record ListPart<TItem>(string Name, Func<TItem, string>? Text, Func<TItem, long>? Number = null)
{
    public DataField Field { get; } = Number is null ? new DataField<string>(Name, false) : new DataField<long>(Name, false);
}
