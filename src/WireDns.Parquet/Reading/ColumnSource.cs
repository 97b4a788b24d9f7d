using System.Text;
using Parquet;
using Parquet.Schema;
using WireDns.Parquet.Decoding;

namespace WireDns.Parquet.Reading;

/// <summary>Reads columns of a group by name: with our decoder, or with the library where that does not know an encoding.</summary>
/// <param name="group">The group.</param>
/// <param name="fields">The columns of the file.</param>
/// <param name="decoder">The decoder of the file.</param>
/// <param name="room">Takes one column after the other.</param>
/// <param name="count">The rows of the group.</param>
/// <param name="rows">The rows that are read, ascending; null for all.</param>
internal sealed class ColumnSource(ParquetRowGroupReader group, IReadOnlyDictionary<string, DataField> fields, ColumnDecoder decoder, DecodedColumn room, int count, int[]? rows = null)
{
    // A list has at most as many items as the log has answers of a lookup, and a few levels more.
    private const int MaximumItemsPerRow = 1024;
    private const long MicrosecondsPerTick = 10;

    private readonly Dictionary<Type, Array> _nulls = [];
    private bool[] _allNull = [];

    /// <summary>How many rows are read.</summary>
    public int Count => rows?.Length ?? count;

    /// <summary>
    /// The values of a column, a place for each row that is read; <paramref name="isNull"/> says which are null. Null if the file has no such column. Columns that are null in all
    /// rows share an array: none is to be changed.
    /// </summary>
    public T[]? Read<T>(string name, out bool[]? isNull)
        where T : struct
    {
        isNull = null;
        if (Find<T>(name, 0) is not { } field)
        {
            return null;
        }

        if (IsNull(field))
        {
            isNull = AllNull();
            return Nulls<T>();
        }

        var column = Decode<T>(field, room);
        var values = new T[Count];
        var texts = new SharedTexts(column);
        if (column.Count == count)
        {
            for (var place = 0; place < values.Length; place++)
            {
                values[place] = Convert<T>(column, rows?[place] ?? place, ref texts);
            }

            return values;
        }

        isNull = new bool[Count];
        var (value, row) = (0, 0);
        for (var place = 0; place < values.Length; place++, row++)
        {
            for (; rows is not null && row < rows[place]; row++)
            {
                value += column.IsPresent(row) ? 1 : 0;
            }

            isNull[place] = !column.IsPresent(row);
            values[place] = isNull[place] ? default : Convert<T>(column, value++, ref texts);
        }

        return values;
    }

    /// <summary>The items of a column of lists, with the place of the first item of each row, and one more. Null if the file has no such column.</summary>
    public T[]? ReadList<T>(string name, int[] starts)
        where T : struct
    {
        if (Find<T>(name, 1) is not { } field)
        {
            return null;
        }

        var column = Decode<T>(field, room);
        var all = new int[count + 1];
        FindStarts(column, all);
        for (var place = 0; place < Count; place++)
        {
            var row = rows?[place] ?? place;
            starts[place + 1] = starts[place] + all[row + 1] - all[row];
        }

        var values = new T[starts[Count]];
        var texts = new SharedTexts(column);
        for (var place = 0; place < Count; place++)
        {
            var first = all[rows?[place] ?? place];
            for (var item = starts[place]; item < starts[place + 1]; item++)
            {
                values[item] = Convert<T>(column, first + item - starts[place], ref texts);
            }
        }

        return values;
    }

    /// <summary>Decodes a column as it is. Null if the file has none, or it is null in all rows.</summary>
    public DecodedColumn? Decode<T>(string name, int repetition, DecodedColumn column)
        where T : struct => Find<T>(name, repetition) is { } field && !IsNull(field) ? Decode<T>(field, column) : null;

    /// <summary>Finds where the items of each row begin in a column of lists, and where those of the last one end.</summary>
    public static void FindStarts(DecodedColumn column, Span<int> starts)
    {
        var (row, used, present) = (-1, 0, column.Present);
        var repetitions = column.Repetitions.AsSpan(0, column.LevelCount);
        var definitions = column.Definitions.AsSpan(0, repetitions.Length);
        for (var level = 0; level < repetitions.Length; level++)
        {
            if (repetitions[level] == 0)
            {
                starts[++row < starts.Length - 1 ? row : throw new InvalidDataException()] = used;
            }

            used += definitions[level] == present ? 1 : 0;
        }

        starts[^1] = row == starts.Length - 2 ? used : throw new InvalidDataException();
    }

    private DataField? Find<T>(string name, int repetition)
    {
        if (!fields.TryGetValue(name, out var field))
        {
            return null;
        }

        return field.ClrType == typeof(T) && field.MaxRepetitionLevel == repetition ? field : throw new ColumnTypeException(field.Path.ToString());
    }

    // Known to be null in all rows.
    private bool IsNull(DataField field) =>
        field.MaxRepetitionLevel == 0 && group.GetMetadata(field)?.MetaData is { Statistics.NullCount: { } nulls, NumValues: var values } && nulls == values && values == count;

    private DecodedColumn Decode<T>(DataField field, DecodedColumn column)
        where T : struct
    {
        var chunk = group.GetMetadata(field)?.MetaData ?? throw new InvalidDataException();
        var isList = field.MaxRepetitionLevel > 0;
        if (chunk.NumValues < count || chunk.NumValues > (isList ? (long)count * MaximumItemsPerRow : count))
        {
            throw new InvalidDataException();
        }

        // The decoder takes times in microseconds only.
        if ((typeof(T) == typeof(DateTime) && field is not DateTimeDataField { Unit: DateTimeTimeUnit.Micros }) || !decoder.TryDecode(chunk, field, column))
        {
            LoadByLibrary<T>(field, (int)chunk.NumValues, column);
        }

        return column;
    }

    private void LoadByLibrary<T>(DataField field, int levels, DecodedColumn column)
        where T : struct
    {
        var isText = typeof(T) == typeof(ReadOnlyMemory<char>) || typeof(T) == typeof(ReadOnlyMemory<byte>);
        column.Begin(levels, field.MaxDefinitionLevel, isText);
        var values = new T[levels];

        // The file is a local one: nothing is waited for.
        group.ReadRawAsync<T>(field, values, column.Definitions.AsMemory(0, levels), column.Repetitions.AsMemory(0, levels), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var present = field.MaxDefinitionLevel == 0 ? levels : column.Definitions.AsSpan(0, levels).Count(field.MaxDefinitionLevel);
        if (field.MaxDefinitionLevel == 0)
        {
            column.Definitions.AsSpan(0, levels).Clear();
        }

        if (!isText)
        {
            for (var value = 0; value < present; value++)
            {
                column.Add(values[value] switch
                {
                    int number => number,
                    long number => number,
                    bool isSet => isSet ? 1 : 0,
                    DateTime time => (time.Ticks - DateTime.UnixEpoch.Ticks) / MicrosecondsPerTick,
                    _ => throw new InvalidDataException(),
                });
            }

            return;
        }

        using var octets = new MemoryStream();
        for (var value = 0; value < present; value++)
        {
            var start = (int)octets.Length;
            octets.Write(values[value] switch
            {
                ReadOnlyMemory<char> text => Encoding.UTF8.GetBytes(text.ToArray()),
                ReadOnlyMemory<byte> data => data.Span,
                _ => throw new InvalidDataException(),
            });
            column.Add(start, (int)octets.Length - start);
        }

        column.Octets = octets.ToArray();
    }

    // The type is known when this is compiled, so that nothing is put into an object.
    private static T Convert<T>(DecodedColumn column, int value, ref SharedTexts texts)
        where T : struct
    {
        if (typeof(T) == typeof(int))
        {
            return (T)(object)(int)column.Numbers[value];
        }

        if (typeof(T) == typeof(long))
        {
            return (T)(object)column.Numbers[value];
        }

        if (typeof(T) == typeof(bool))
        {
            return (T)(object)(column.Numbers[value] != 0);
        }

        if (typeof(T) == typeof(DateTime))
        {
            return (T)(object)TimeOf(column.Numbers[value]);
        }

        return typeof(T) == typeof(ReadOnlyMemory<char>) ? (T)(object)texts.Get(value) : (T)(object)(ReadOnlyMemory<byte>)column.Text(value).ToArray();
    }

    private static DateTime TimeOf(long microseconds) => Math.Abs(microseconds) <= DateTime.UnixEpoch.Ticks / MicrosecondsPerTick
        ? DateTime.UnixEpoch.AddTicks(microseconds * MicrosecondsPerTick) : throw new InvalidDataException();

    private bool[] AllNull()
    {
        if (_allNull.Length != Count)
        {
            _allNull = new bool[Count];
            _allNull.AsSpan().Fill(true);
        }

        return _allNull;
    }

    private T[] Nulls<T>()
    {
        if (!_nulls.TryGetValue(typeof(T), out var nulls))
        {
            _nulls.Add(typeof(T), nulls = new T[Count]);
        }

        return (T[])nulls;
    }

    // Rows are sorted, and a dictionary has each text once: neighbours that are alike share a text. Pieces are large, as an object for each text costs the collector much.
    private struct SharedTexts(DecodedColumn column)
    {
        private const int PieceLength = 1 << 12;

        private char[] _piece = [];
        private int _used;
        private int _last = -1;
        private ReadOnlyMemory<char> _text;

        public ReadOnlyMemory<char> Get(int value)
        {
            var octets = column.Text(value);
            if (_last >= 0 && (column.Starts[_last] == column.Starts[value] ? column.Lengths[_last] == octets.Length : column.Text(_last).SequenceEqual(octets)))
            {
                return _text;
            }

            if (_used + octets.Length > _piece.Length)
            {
                (_piece, _used) = (new char[Math.Max(PieceLength, octets.Length)], 0);
            }

            var length = Encoding.UTF8.GetChars(octets, _piece.AsSpan(_used));
            _text = _piece.AsMemory(_used, length);
            (_last, _used) = (value, _used + length);
            return _text;
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
