using DuckDB.NET.Data;
using Parquet;
using Parquet.Schema;
using WireDns.Parquet.Decoding;
using WireDns.Tests.Running;

namespace WireDns.Tests.Logging;

/// <summary>Our decoder of columns gives what the library gives, in files of several writers.</summary>
public sealed class ColumnDecoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_column_of_a_log_has_the_values_that_the_library_reads()
    {
        Assert.Equal(0, Compare(WriteLog(), out var columns));
        Assert.True(columns > 50, $"{columns} columns");
    }

    [Theory]
    [InlineData("COMPRESSION zstd, PARQUET_VERSION v1", 0)]
    [InlineData("COMPRESSION zstd, PARQUET_VERSION v2", 0)]
    [InlineData("COMPRESSION uncompressed, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1", 0)]
    [InlineData("COMPRESSION zstd, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1", 0)]
    [InlineData("COMPRESSION zstd, ROW_GROUP_SIZE 2048", 0)]
    [InlineData("COMPRESSION snappy", 1)]
    [InlineData("COMPRESSION gzip", 1)]
    public void Files_of_DuckDB_have_the_values_that_the_library_reads(string settings, int unknown)
    {
        var copy = _folder["copy.parquet"];
        using (var duckDb = new DuckDBConnection("DataSource=:memory:"))
        {
            duckDb.Open();
            using var command = duckDb.CreateCommand();
            command.CommandText = $"COPY (SELECT * FROM read_parquet('{WriteLog()}', hive_partitioning = false)) TO '{copy}' (FORMAT parquet, {settings})";
            command.ExecuteNonQuery();
        }

        var left = Compare(copy, out var columns);
        Assert.True(unknown == 0 ? left == 0 : left == columns, $"{left} of {columns} columns were left to the library");
    }

    [Fact]
    public void Texts_with_the_beginning_of_the_one_before_are_put_together()
    {
        // Encodings.md, DELTA_BYTE_ARRAY: axis, axle, babble, babyhood have prefixes 0, 2, 0, 3 and the rests axis, le, babble, yhood.
        byte[] deltas(params int[] lengths)
        {
            // One block of 128 in 4 miniblocks, each difference in 8 bits.
            var packed = new byte[32];
            for (var index = 1; index < lengths.Length; index++)
            {
                packed[index - 1] = (byte)(lengths[index] - lengths[index - 1] + 8);
            }

            return [0x80, 0x01, 4, (byte)lengths.Length, (byte)(lengths[0] << 1), 15, 8, 0, 0, 0, .. packed];
        }

        var page = (byte[])[.. deltas(0, 2, 0, 3), .. deltas(4, 2, 6, 5), .. "axislebabbleyhood"u8];
        var column = Decode(page, Encoding: 7, values: 4);
        Assert.Equal(["axis", "axle", "babble", "babyhood"], Enumerable.Range(0, column.Count).Select(value => System.Text.Encoding.UTF8.GetString(column.Text(value))));
    }

    [Theory]
    [InlineData("a prefix longer than the text before", "80010404000f0800000008080b0800000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("nothing", "")]
    [InlineData("a count of values that is another", "800104050000")]
    public void Damaged_texts_are_refused(string label, string page)
    {
        Assert.NotEmpty(label);
        Assert.Throws<InvalidDataException>(() => Decode(Convert.FromHexString(page), Encoding: 7, values: 4));
    }

    // A column of one page of texts, not compressed.
    private DecodedColumn Decode(byte[] page, int Encoding, int values)
    {
        var length = (byte)(page.Length << 1);
        var more = page.Length >= 64;
        byte[] size = more ? [(byte)((page.Length << 1 & 0x7f) | 0x80), (byte)(page.Length >> 6)] : [length];
        byte[] header = [0x15, 0, 0x15, .. size, 0x15, .. size, 0x2c, 0x15, (byte)(values << 1), 0x15, (byte)(Encoding << 1), 0x15, 6, 0x15, 6, 0, 0];
        var path = _folder["page"];
        File.WriteAllBytes(path, [.. header, .. page]);
        using var decoder = new ColumnDecoder(path);
        var column = new DecodedColumn();
        Assert.True(decoder.TryDecode(
            new global::Parquet.Meta.ColumnMetaData
            {
                Codec = global::Parquet.Meta.CompressionCodec.UNCOMPRESSED,
                Type = global::Parquet.Meta.Type.BYTE_ARRAY,
                DataPageOffset = 0,
                TotalCompressedSize = header.Length + page.Length,
                NumValues = values,
            },
            new DataField<string>("a", false), column));
        return column;
    }

    private string WriteLog()
    {
        string[] captures = [.. Directory.GetFiles(TestPaths.Captures, "*.pcap*").Where(file => !file.EndsWith(".jsonl", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Product.Run(["read", .. captures, "-o", $"parquet:{_folder["log"]},ids=yes"]);
        return LoggedLookups.FilesOf(_folder["log"]).MaxBy(path => new FileInfo(path).Length)!;
    }

    // Returns how many columns our decoder does not know.
    private static int Compare(string path, out int columns)
    {
        using var input = File.OpenRead(path);
        var reader = ParquetReader.CreateAsync(input).GetAwaiter().GetResult();
        using var decoder = new ColumnDecoder(path);
        var column = new DecodedColumn();
        var unknown = 0;
        columns = 0;
        for (var index = 0; index < reader.RowGroupCount; index++)
        {
            using var group = reader.OpenRowGroupReader(index);
            foreach (var field in reader.Schema.GetDataFields())
            {
                columns++;
                if (!decoder.TryDecode(group.GetMetadata(field)!.MetaData!, field, column))
                {
                    unknown++;
                    continue;
                }

                if (field.ClrType == typeof(int))
                {
                    Compare<int>(group, field, column, (values, value) => values[value] == column.Numbers[value]);
                }
                else if (field.ClrType == typeof(long))
                {
                    Compare<long>(group, field, column, (values, value) => values[value] == column.Numbers[value]);
                }
                else if (field.ClrType == typeof(bool))
                {
                    Compare<bool>(group, field, column, (values, value) => values[value] == (column.Numbers[value] != 0));
                }
                else if (field.ClrType == typeof(DateTime))
                {
                    Compare<DateTime>(group, field, column, (values, value) => values[value].Ticks == DateTime.UnixEpoch.Ticks + (column.Numbers[value] * 10));
                }
                else if (field.ClrType == typeof(ReadOnlyMemory<char>))
                {
                    Compare<ReadOnlyMemory<char>>(group, field, column, (values, value) => values[value].ToString() == System.Text.Encoding.UTF8.GetString(column.Text(value)));
                }
                else
                {
                    Compare<ReadOnlyMemory<byte>>(group, field, column, (values, value) => values[value].Span.SequenceEqual(column.Text(value)));
                }
            }
        }

        reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return unknown;
    }

    private static void Compare<T>(ParquetRowGroupReader group, DataField field, DecodedColumn column, Func<T[], int, bool> isEqual)
        where T : struct
    {
        var count = (int)group.GetMetadata(field)!.MetaData!.NumValues;
        var (values, definitions, repetitions) = (new T[count], new int[count], new int[count]);
        try
        {
            group.ReadRawAsync<T>(field, values, definitions, repetitions, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (NotSupportedException) when (typeof(T) == typeof(DateTime))
        {
            // The library does not read times that are written as differences.
            Assert.Equal(count, column.LevelCount);
            return;
        }

        Assert.Equal(count, column.LevelCount);
        Assert.Equal(definitions, column.Definitions.AsSpan(0, count).ToArray());
        Assert.Equal(repetitions, column.Repetitions.AsSpan(0, count).ToArray());
        Assert.Equal(definitions.Count(level => level == field.MaxDefinitionLevel), column.Count);
        Assert.All(Enumerable.Range(0, column.Count), value => Assert.True(isEqual(values, value), $"{field.Path}: value {value}"));
    }
}
