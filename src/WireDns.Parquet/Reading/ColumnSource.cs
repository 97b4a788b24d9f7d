using Parquet;
using Parquet.Schema;

namespace WireDns.Parquet.Reading;

/// <summary>Reads columns of a group by name.</summary>
internal sealed class ColumnSource(ParquetRowGroupReader group, IReadOnlyDictionary<string, DataField> fields)
{
    // A list has at most as many items as the log has answers of a lookup, and a few levels more.
    private const int MaximumItemsPerRow = 1024;

    /// <summary>The values of a column, a place for each row; <paramref name="isNull"/> says which are null. Null if the file has no such column.</summary>
    public T[]? Read<T>(string name, int rows, out bool[]? isNull)
        where T : struct
    {
        isNull = null;
        if (!fields.TryGetValue(name, out var field))
        {
            return null;
        }

        Require(field, typeof(T), 0);
        var values = new T[rows];
        var definitions = new int[rows];
        Load(field, values, definitions, new int[rows], rows);
        if (field.MaxDefinitionLevel == 0)
        {
            return values;
        }

        // Values that are there come first: they are moved to their rows, from the end.
        var used = 0;
        foreach (var definition in definitions)
        {
            used += definition == field.MaxDefinitionLevel ? 1 : 0;
        }

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
        var definitions = new int[count];
        var repetitions = new int[count];
        Load(field, values, definitions, repetitions, count);
        var (row, used) = (-1, 0);
        for (var level = 0; level < count; level++)
        {
            if (repetitions[level] == 0)
            {
                starts[++row] = used;
            }

            used += definitions[level] == field.MaxDefinitionLevel ? 1 : 0;
        }

        starts[rows] = row == rows - 1 ? used : throw new InvalidDataException();
        return values;
    }

    private void Load<T>(DataField field, T[] values, int[] definitions, int[] repetitions, long count)
        where T : struct
    {
        if ((group.GetMetadata(field)?.MetaData?.NumValues ?? -1) != count)
        {
            throw new InvalidDataException();
        }

        // The file is a local one: nothing is waited for.
        group.ReadRawAsync<T>(field, values, definitions, repetitions, CancellationToken.None).AsTask().GetAwaiter().GetResult();
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
