using Parquet;
using Parquet.Schema;

namespace WireDns.Tests.Logging;

/// <summary>Copies a Parquet file with another schema, as another version of a writer would have written it.</summary>
internal static class ParquetCopy
{
    /// <summary>The schema of a file.</summary>
    public static ParquetSchema SchemaOf(string path)
    {
        using var stream = File.OpenRead(path);
        return ParquetReader.ReadSchemaAsync(stream).GetAwaiter().GetResult();
    }

    /// <summary>Copies a file.</summary>
    /// <param name="from">The file.</param>
    /// <param name="to">The copy.</param>
    /// <param name="added">The name of a column of numbers that the copy has besides; null for none.</param>
    /// <param name="removed">The name of a column that the copy lacks; null for none.</param>
    /// <param name="run">What its footer says of the run; null for the same.</param>
    public static void Write(string from, string to, string? added, string? removed, string? run = null)
    {
        using var input = File.OpenRead(from);
        var reader = ParquetReader.CreateAsync(input).GetAwaiter().GetResult();
        var fields = reader.Schema.Fields.Where(field => field.Name != removed).ToList();
        var extra = new DataField<int>("extra", true);
        if (added is not null)
        {
            extra = new DataField<int>(added, true);
            fields.Add(extra);
        }

        using var output = File.Create(to);
        var schema = new ParquetSchema(fields);
        var writer = ParquetWriter.CreateAsync(schema, output).GetAwaiter().GetResult();
        writer.CustomMetadata = reader.CustomMetadata.ToDictionary(pair => pair.Key, pair => pair.Key == "wiredns.run" ? run ?? pair.Value : pair.Value);
        for (var index = 0; index < reader.RowGroupCount; index++)
        {
            using var source = reader.OpenRowGroupReader(index);
            using var group = writer.CreateRowGroup();
            foreach (var field in schema.GetDataFields())
            {
                if (field == extra && added is not null)
                {
                    group.WriteAllPartsAsync<int>(field, Array.Empty<int>(), new int[source.RowCount], null, CancellationToken.None).GetAwaiter().GetResult();
                }
                else
                {
                    Copy(source, group, field);
                }
            }
        }

        writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Copy(ParquetRowGroupReader source, ParquetRowGroupWriter group, DataField field)
    {
        if (field.ClrType == typeof(int))
        {
            Copy<int>(source, group, field);
        }
        else if (field.ClrType == typeof(long))
        {
            Copy<long>(source, group, field);
        }
        else if (field.ClrType == typeof(bool))
        {
            Copy<bool>(source, group, field);
        }
        else if (field.ClrType == typeof(DateTime))
        {
            Copy<DateTime>(source, group, field);
        }
        else if (field.ClrType == typeof(ReadOnlyMemory<char>))
        {
            Copy<ReadOnlyMemory<char>>(source, group, field);
        }
        else
        {
            Copy<ReadOnlyMemory<byte>>(source, group, field);
        }
    }

    private static void Copy<T>(ParquetRowGroupReader source, ParquetRowGroupWriter group, DataField field)
        where T : struct
    {
        var count = (int)source.GetMetadata(field)!.MetaData!.NumValues;
        var (values, definitions, repetitions) = (new T[count], new int[count], new int[count]);
        source.ReadRawAsync<T>(field, values, definitions, repetitions, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var used = definitions.Count(definition => definition == field.MaxDefinitionLevel);
        group.WriteAllPartsAsync<T>(field, values.AsMemory(0, used), definitions, field.MaxRepetitionLevel > 0 ? repetitions : null, CancellationToken.None).GetAwaiter().GetResult();
    }
}
