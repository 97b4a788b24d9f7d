using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;
using WireDns.Parquet.Format;
using ListField = WireDns.Parquet.Format.ListField;

namespace WireDns.Tests.Logging;

/// <summary>Reads columns of a Parquet file by Parquet.Net, as texts: <see cref="RandomRow"/> says which.</summary>
internal static class ParquetRead
{
    /// <summary>The values of a column, one for each row.</summary>
    public static List<string> Column(string path, SchemaField field)
    {
        using var input = File.OpenRead(path);
        var reader = ParquetReader.CreateAsync(input).GetAwaiter().GetResult();
        var values = new List<string>();
        for (var index = 0; index < reader.RowGroupCount; index++)
        {
            using var group = reader.OpenRowGroupReader(index);
            if (field is ListField list)
            {
                var parts = list.Parts.Select(part => Items(reader, group, $"{list.Name}/list/element/{part.Name}", part.Type)).ToList();
                values.AddRange(parts[0].Select((items, row) => string.Join(',', items.Select((_, item) => string.Join(' ', parts.Select(part => part[row][item]))))));
            }
            else
            {
                values.AddRange(Items(reader, group, field.Name, ((ValueField)field).Type).Select(items => items is [var value] ? value : RandomRow.Null));
            }
        }

        reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return values;
    }

    private static List<List<string>> Items(ParquetReader reader, ParquetRowGroupReader group, string path, ColumnType type)
    {
        var field = reader.Schema.GetDataFields().Single(one => one.Path.ToString() == path);
        return type switch
        {
            ColumnType.Switch => Items<bool>(group, field, value => value ? "1" : "0"),
            ColumnType.Int32 => Items<int>(group, field, value => value.ToString(CultureInfo.InvariantCulture)),
            ColumnType.Int64 => Items<long>(group, field, value => value.ToString(CultureInfo.InvariantCulture)),
            ColumnType.Time => Items<DateTime>(group, field, value => ((value - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture)),
            ColumnType.Text => Items<ReadOnlyMemory<char>>(group, field, value => Convert.ToHexString(Encoding.UTF8.GetBytes(value.ToArray()))),
            _ => Items<ReadOnlyMemory<byte>>(group, field, value => Convert.ToHexString(value.Span)),
        };
    }

    private static List<List<string>> Items<T>(ParquetRowGroupReader group, DataField field, Func<T, string> show)
        where T : struct
    {
        var count = (int)group.GetMetadata(field)!.MetaData!.NumValues;
        var (values, definitions, repetitions) = (new T[count], new int[count], new int[count]);
        group.ReadRawAsync<T>(field, values, definitions, repetitions, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var rows = new List<List<string>>();
        var used = 0;
        for (var level = 0; level < count; level++)
        {
            if (repetitions[level] == 0)
            {
                rows.Add([]);
            }

            if (definitions[level] == field.MaxDefinitionLevel)
            {
                rows[^1].Add(show(values[used++]));
            }
        }

        return rows;
    }
}
