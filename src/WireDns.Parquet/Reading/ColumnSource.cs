using Parquet;
using Parquet.Schema;
using Encoding = Parquet.Meta.Encoding;

namespace WireDns.Parquet.Reading;

/// <summary>Reads columns of a group by name.</summary>
internal sealed class ColumnSource(ParquetRowGroupReader group, IReadOnlyDictionary<string, DataField> fields)
{
    // A list has at most as many items as the log has answers of a lookup, and a few levels more.
    private const int MaximumItemsPerRow = 1024;

    // In characters, 64 MiB: a group has a tenth of it.
    private const long MaximumGathered = 1 << 25;

    private readonly Dictionary<Type, Array> _nulls = [];
    private bool[] _allNull = [];
    private int[] _definitions = [];
    private int[] _repetitions = [];

    /// <summary>
    /// The values of a column, a place for each row; <paramref name="isNull"/> says which are null. Null if the file has no such column. Columns that are null in all rows share
    /// an array: none is to be changed.
    /// </summary>
    public T[]? Read<T>(string name, int rows, out bool[]? isNull)
        where T : struct
    {
        isNull = null;
        if (!fields.TryGetValue(name, out var field))
        {
            return null;
        }

        Require(field, typeof(T), 0);
        if (group.GetMetadata(field)?.MetaData is { Statistics.NullCount: { } nulls, NumValues: var count } && nulls == count && count == rows)
        {
            if (_allNull.Length != rows)
            {
                _allNull = new bool[rows];
                _allNull.AsSpan().Fill(true);
            }

            isNull = _allNull;
            return Nulls<T>(rows);
        }

        var values = new T[rows];
        Load(field, values, rows);
        if (field.MaxDefinitionLevel == 0)
        {
            return values;
        }

        // Values that are there come first: they are moved to their rows, from the end.
        var definitions = _definitions.AsSpan(0, rows);
        var used = definitions.Count(field.MaxDefinitionLevel);
        if (used == rows)
        {
            return values;
        }

        isNull = new bool[rows];
        for (var row = rows - 1; row >= 0; row--)
        {
            isNull[row] = definitions[row] != field.MaxDefinitionLevel;
            values[row] = isNull[row] ? default : values[--used];
        }

        return values;
    }

    /// <summary>The items of a column of lists, with the place of the first item of each row, and one more. Null if the file has no such column.</summary>
    public T[]? ReadList<T>(string name, int rows, int[] starts)
        where T : struct
    {
        if (!fields.TryGetValue(name, out var field))
        {
            return null;
        }

        Require(field, typeof(T), 1);
        var count = group.GetMetadata(field)?.MetaData?.NumValues ?? 0;
        if (count < rows || count > (long)rows * MaximumItemsPerRow)
        {
            throw new InvalidDataException();
        }

        var values = new T[count];
        Load(field, values, (int)count);
        var definitions = _definitions.AsSpan(0, (int)count);
        var (row, used) = (-1, 0);
        for (var level = 0; level < count; level++)
        {
            if (_repetitions[level] == 0)
            {
                starts[++row] = used;
            }

            used += definitions[level] == field.MaxDefinitionLevel ? 1 : 0;
        }

        starts[rows] = row == rows - 1 ? used : throw new InvalidDataException();
        return values;
    }

    // The levels stay until the next call.
    private void Load<T>(DataField field, T[] values, int count)
        where T : struct
    {
        if ((group.GetMetadata(field)?.MetaData?.NumValues ?? -1) != count)
        {
            throw new InvalidDataException();
        }

        if (_definitions.Length < count)
        {
            (_definitions, _repetitions) = (new int[count], new int[count]);
        }

        // The file is a local one: nothing is waited for.
        group.ReadRawAsync<T>(field, values, _definitions.AsMemory(0, count), _repetitions.AsMemory(0, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (values is ReadOnlyMemory<char>[] texts && group.GetMetadata(field)?.MetaData?.Encodings is { } encodings
            && !encodings.Contains(Encoding.PLAIN_DICTIONARY) && !encodings.Contains(Encoding.RLE_DICTIONARY))
        {
            Gather(texts);
        }
    }

    // The library makes an object for each text, and a group of rows is kept for long: one object for all of them costs the collector much less.
    private static void Gather(ReadOnlyMemory<char>[] texts)
    {
        var length = 0L;
        foreach (var text in texts)
        {
            length += text.Length;
        }

        if (length > MaximumGathered)
        {
            return;
        }

        var all = new char[length];
        var used = 0;
        foreach (ref var text in texts.AsSpan())
        {
            text.CopyTo(all.AsMemory(used));
            text = all.AsMemory(used, text.Length);
            used += text.Length;
        }
    }

    private T[] Nulls<T>(int rows)
    {
        if (!_nulls.TryGetValue(typeof(T), out var nulls))
        {
            _nulls.Add(typeof(T), nulls = new T[rows]);
        }

        return (T[])nulls;
    }

    private static void Require(DataField field, Type type, int repetition)
    {
        if (field.ClrType != type || field.MaxRepetitionLevel != repetition)
        {
            throw new ColumnTypeException(field.Path.ToString());
        }
    }
}

/// <summary>A column of a file has another type than in a DNS log.</summary>
/// <param name="column">The column's name.</param>
internal sealed class ColumnTypeException(string column) : Exception
{
    /// <summary>The column's name.</summary>
    public string Column => column;
}
