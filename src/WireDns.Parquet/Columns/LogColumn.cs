using WireDns.Alerts;
using WireDns.Parquet.Format;

namespace WireDns.Parquet.Columns;

/// <summary>A column of the log: what it is called, and how it gets its value from a lookup. Immutable.</summary>
internal abstract class LogColumn(string name)
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its place in the file's schema.</summary>
    public abstract SchemaField Field { get; }

    /// <summary>Its type as the documentation words it: <c>int32</c>, <c>list of struct(name string)</c>.</summary>
    public abstract string TypeText { get; }

    /// <summary>Writes its value into a row.</summary>
    public abstract void Write(DnsLookup lookup, ref RowWriter row);

    /// <summary>What collects its values for a group of rows.</summary>
    public abstract ColumnValues CreateValues();
}

/// <summary>The values of a column for a group of rows.</summary>
internal abstract class ColumnValues
{
    /// <summary>Takes the value of the next row.</summary>
    public abstract void Take(ref RowReader row);

    /// <summary>Writes the values into a file, and forgets them.</summary>
    public abstract void Save(GroupWriter writer, FileWriter file);
}

/// <summary>A column of numbers, switches or times.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">Its type.</param>
/// <param name="read">The number of a lookup; 0 or 1 for a switch.</param>
internal sealed class NumberColumn(string name, ColumnType type, Func<DnsLookup, long?> read) : LogColumn(name)
{
    private readonly ValueField _field = new(name, type);

    public override SchemaField Field => _field;

    public override string TypeText => type switch
    {
        ColumnType.Time => "timestamp (microseconds, UTC)",
        ColumnType.Switch => "boolean",
        ColumnType.Int32 => "int32",
        _ => "int64",
    };

    public override void Write(DnsLookup lookup, ref RowWriter row) => row.WriteNumber(read(lookup));

    public override ColumnValues CreateValues() => new Values(SchemaColumn.Of(_field));

    private sealed class Values(SchemaColumn column) : ColumnValues
    {
        private readonly NumberStore _store = new(column);
        private readonly Levels _levels = new();

        public override void Take(ref RowReader row)
        {
            var number = row.ReadNumber();
            _levels.Add(isNull: number is null);
            if (number is { } given)
            {
                _store.Add(given);
            }
        }

        public override void Save(GroupWriter writer, FileWriter file)
        {
            _store.Save(_levels, writer, file);
            _levels.Clear();
        }
    }
}

/// <summary>The texts or octets of a column.</summary>
internal sealed class TextValues(SchemaColumn column) : ColumnValues
{
    private readonly TextStore _store = new(column);
    private readonly Levels _levels = new();

    public override void Take(ref RowReader row)
    {
        var isText = row.TryReadOctets(out var text);
        _levels.Add(isNull: !isText);
        if (isText)
        {
            _store.Add(text);
        }
    }

    public override void Save(GroupWriter writer, FileWriter file)
    {
        _store.Save(_levels, writer, file);
        _levels.Clear();
    }
}

/// <summary>A column of octets: of any length, or ids of 16 octets.</summary>
internal sealed class OctetsColumn(string name, Func<DnsLookup, ReadOnlyMemory<byte>?> read) : LogColumn(name)
{
    private readonly ValueField _field = new(name, ColumnType.Octets);

    public override SchemaField Field => _field;

    public override string TypeText => "binary";

    public override void Write(DnsLookup lookup, ref RowWriter row) => row.WriteOctets(read(lookup).GetValueOrDefault().Span);

    public override ColumnValues CreateValues() => new TextValues(SchemaColumn.Of(_field));
}

/// <summary>A column of texts.</summary>
/// <param name="name">Its name.</param>
/// <param name="read">The text of a lookup.</param>
/// <param name="isOrder">Whether rows are sorted by it, so that texts that recur are one after the other.</param>
internal sealed class TextColumn(string name, Func<DnsLookup, string?> read, bool isOrder = false) : LogColumn(name)
{
    private readonly ValueField _field = new(name, ColumnType.Text, IsPlain: isOrder);

    public override SchemaField Field => _field;

    public override string TypeText => "string";

    public override void Write(DnsLookup lookup, ref RowWriter row)
    {
        var text = read(lookup);
        row.WriteText(text, isNull: text is null);
    }

    public override ColumnValues CreateValues() => new TextValues(SchemaColumn.Of(_field));
}

/// <summary>A column with a list of structs: records, or questions.</summary>
/// <param name="name">Its name.</param>
/// <param name="read">The items of a lookup.</param>
/// <param name="parts">The parts of an item: texts, or numbers where <c>Number</c> is given.</param>
internal sealed class ListColumn<TItem>(string name, Func<DnsLookup, IReadOnlyList<TItem>> read, params ListPart<TItem>[] parts) : LogColumn(name)
{
    private readonly ListField _field = new(name, [.. parts.Select(part => part.Field)]);

    public override SchemaField Field => _field;

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

    public override ColumnValues CreateValues() => new Values([.. FileSchema.ColumnsOf([_field])]);

    private sealed class Values(SchemaColumn[] columns) : ColumnValues
    {
        private readonly ColumnStore[] _parts = [.. columns.Select(column => column.Type == ColumnType.Text ? (ColumnStore)new TextStore(column) : new NumberStore(column))];
        private readonly Levels _levels = new();

        public override void Take(ref RowReader row)
        {
            var count = (int)row.ReadCount();
            _levels.AddList(count, columns[0].MostDefinition);
            for (var item = 0; item < count; item++)
            {
                foreach (var part in _parts)
                {
                    if (part is TextStore texts)
                    {
                        row.TryReadOctets(out var text);
                        texts.Add(text);
                    }
                    else
                    {
                        ((NumberStore)part).Add(row.ReadNumber() ?? 0);
                    }
                }
            }
        }

        public override void Save(GroupWriter writer, FileWriter file)
        {
            foreach (var part in _parts)
            {
                part.Save(_levels, writer, file);
            }

            _levels.Clear();
        }
    }
}

/// <summary>A part of an item of a <see cref="ListColumn{TItem}"/>: a text or a number.</summary>
internal sealed record ListPart<TItem>(string Name, Func<TItem, string>? Text, Func<TItem, long>? Number = null)
{
    // The records of a response mostly have the same time to live.
    public ValueField Field { get; } = Number is null ? new(Name, ColumnType.Text) : new(Name, ColumnType.Int64, IsPlain: true);
}
