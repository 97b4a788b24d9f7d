using System.Buffers;
using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using WireDns.Parquet;
using WireDns.Parquet.Columns;
using WireDns.Parquet.Format;
using WireDns.Parquet.Writing;
using WireDns.Tests.Running;

namespace WireDns.Tests.Logging;

/// <summary>What the writer of Parquet files writes is what DuckDB and Parquet.Net read: any rows, of every column.</summary>
public sealed class ParquetFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ColumnRoom _columns = new();

    public void Dispose()
    {
        _columns.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("one row", 1, 10, 1)]
    [InlineData("less than a group of packed numbers", 7, 10, 2)]
    [InlineData("a group of packed numbers", 8, 10, 3)]
    [InlineData("one more", 9, 10, 4)]
    [InlineData("a block of differences, as the first value is before it", 129, 1000, 5)]
    [InlineData("one more than a block", 130, 1000, 6)]
    [InlineData("a part of a block", 161, 1000, 7)]
    [InlineData("groups of one row", 5, 1, 8)]
    [InlineData("several groups", 2500, 800, 9)]
    [InlineData("more different numbers than a dictionary takes", 6000, 6000, 10)]
    public void Other_programs_read_what_was_written(string label, int count, int rowsPerGroup, int seed)
    {
        Assert.NotEmpty(label);
        var made = new RandomRows(seed);
        List<RandomRow> rows = [.. Enumerable.Range(0, count).Select(_ => made.Next())];

        var path = Write(rows, rowsPerGroup);

        List<RandomRow> expected = [.. rows.Chunk(rowsPerGroup).SelectMany(group => group.Order())];
        using var duckDb = new DuckDBConnection("DataSource=:memory:");
        duckDb.Open();
        foreach (var (column, place) in LookupColumns.All.Select((column, place) => (column, place)))
        {
            var written = expected.Select(row => row.Values[place]);
            Assert.Equal(written, FromDuckDb(duckDb, path, column.Field));
            Assert.Equal(written, ParquetRead.Column(path, column.Field));
        }
    }

    [Fact]
    public void Bounds_of_a_group_leave_out_no_row()
    {
        var made = new RandomRows(11);
        List<RandomRow> rows = [.. Enumerable.Range(0, 3000).Select(_ => made.Next())];
        var path = Write(rows, 200);
        using var duckDb = new DuckDBConnection("DataSource=:memory:");
        duckDb.Open();
        foreach (var name in new[] { "registered_domain", "client_ip", "qtype", "rtt_us", "ts" })
        {
            // Each value is asked for: with a wrong bound DuckDB would pass over a group that has it.
            var place = LookupColumns.All.TakeWhile(column => column.Name != name).Count();
            foreach (var same in rows.GroupBy(row => row.Values[place]).Where(same => same.Key != RandomRow.Null).Take(50))
            {
                var literal = LookupColumns.All[place].Field is ValueField { Type: ColumnType.Text } ? $"decode(unhex('{same.Key}'))" : same.Key;
                var value = name == "ts" ? $"make_timestamptz({literal})" : literal;
                Assert.Equal(same.Count().ToString(CultureInfo.InvariantCulture), Assert.Single(Query(duckDb, $"SELECT count(*)::VARCHAR FROM read_parquet('{path}') WHERE {name} = {value}")));
            }
        }
    }

    [Fact]
    public void A_group_of_long_messages_ends_at_64_MiB()
    {
        var octets = new ArrayBufferWriter<byte>();
        var row = new RowWriter(octets);
        foreach (var column in LookupColumns.All)
        {
            row.WriteOctets(column.Name == "query_wire" ? new byte[1 << 20] : []);
        }

        row.Flush();
        var path = Write(Enumerable.Repeat(new RandomRow(octets.WrittenSpan.ToArray(), [], "", "", 0, 0), 70), 1000);
        using var duckDb = new DuckDBConnection("DataSource=:memory:");
        duckDb.Open();
        Assert.Equal(["64", "6"], Query(duckDb, $"SELECT row_group_num_rows::VARCHAR FROM parquet_metadata('{path}') WHERE path_in_schema = 'qname' ORDER BY row_group_id"));
        Assert.Equal(["70"], Query(duckDb, $"SELECT count(*)::VARCHAR FROM read_parquet('{path}') WHERE octet_length(query_wire) = 1048576"));
    }

    [Fact]
    public void A_group_leaves_next_to_nothing_for_the_garbage_collector()
    {
        var made = new RandomRows(12);
        List<RandomRow> rows = [.. Enumerable.Range(0, 4000).Select(_ => made.Next())];
        var (group, writer) = (new RowGroup(), new FileWriter(LookupColumns.Schema));
        using var disk = File.Create(_folder["log.parquet"]);
        rows.ForEach(row => group.Add(row.Octets));
        for (var round = 0; round < 2; round++)
        {
            _columns.Save(group, writer);
            writer.MoveTo(disk);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();

        _columns.Save(group, writer);
        writer.MoveTo(disk);

        // The names of columns are made into octets, and what the footer says of the group is added to what it says of the others.
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 100_000, $"{allocated} octets, for a group of {writer.Position / 3}");
    }

    private LogFile Create(int rowsPerGroup) =>
        new(_folder["log.parquet"], rowsPerGroup, _columns, LogFooter.Of("s1", "run", isOrderedByTime: false, hidesClients: false, null, "1.0.0"), DateTimeOffset.UnixEpoch);

    private string Write(IEnumerable<RandomRow> rows, int rowsPerGroup)
    {
        using var file = Create(rowsPerGroup);
        foreach (var row in rows)
        {
            if (file.IsGroupFull)
            {
                file.Save();
            }

            file.Add(row.Octets, isCut: false);
        }

        file.Close();
        return _folder["log.parquet"];
    }

    private static List<string> FromDuckDb(DuckDBConnection duckDb, string path, SchemaField field)
    {
        var shown = field switch
        {
            ListField list => $"coalesce(array_to_string(list_transform({list.Name}, x -> {string.Join(" || ' ' || ", list.Parts.Select(part => Shown($"x.{part.Name}", part.Type)))}), ','), '')",
            _ => Shown(field.Name, ((ValueField)field).Type),
        };
        return Query(duckDb, $"SELECT coalesce({shown}, '{RandomRow.Null}') FROM read_parquet('{path}')");
    }

    private static string Shown(string value, ColumnType type) => type switch
    {
        ColumnType.Text => $"hex(encode({value}))",
        ColumnType.Octets => $"hex({value})",
        ColumnType.Time => $"epoch_us({value})::VARCHAR",
        ColumnType.Switch => $"{value}::INTEGER::VARCHAR",
        _ => $"{value}::VARCHAR",
    };

    private static List<string> Query(DuckDBConnection duckDb, string query)
    {
        using var command = duckDb.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }
}

/// <summary>A row, and the text of each of its values: texts and octets in hexadecimal, items of lists with commas. Rows are in the order of a group.</summary>
internal sealed record RandomRow(byte[] Octets, IReadOnlyList<string> Values, string Domain, string Name, long Time, int Index) : IComparable<RandomRow>
{
    /// <summary>What stands for a value that is null.</summary>
    public const string Null = "null";

    public int CompareTo(RandomRow? other) =>
        string.CompareOrdinal(Domain, other!.Domain) is var domain and not 0 ? domain
        : string.CompareOrdinal(Name, other.Name) is var name and not 0 ? name
        : Time != other.Time ? Time.CompareTo(other.Time) : Index.CompareTo(other.Index);
}

/// <summary>Makes rows of every kind: values that are null, few or many, the largest ones, long texts, lists without items.</summary>
internal sealed class RandomRows(int seed)
{
    // Of a column: what kind of values it has in this file.
    private readonly int[] _kinds = [.. LookupColumns.All.Select((_, place) => (place + seed) % 7)];
    private readonly Random _random = new(seed);
    private int _index;

    public RandomRow Next()
    {
        var octets = new ArrayBufferWriter<byte>();
        var row = new RowWriter(octets);
        var values = new List<string>();
        foreach (var (column, place) in LookupColumns.All.Select((column, place) => (column, place)))
        {
            values.Add(column.Field is ListField list ? WriteList(list, ref row) : Write((ValueField)column.Field, _kinds[place], mayBeNull: true, ref row));
        }

        row.Flush();
        var time = values[0] == RandomRow.Null ? long.MinValue : long.Parse(values[0], CultureInfo.InvariantCulture);
        return new RandomRow(octets.WrittenSpan.ToArray(), values, Order(values[1]), Order(values[2]), time, _index++);
    }

    // A text that is null is sorted as an empty one.
    private static string Order(string value) => value == RandomRow.Null ? "" : value;

    private string WriteList(ListField list, ref RowWriter row)
    {
        var count = _random.Next(4) == 0 ? 0 : _random.Next(5);
        row.WriteCount((ulong)count);
        var items = new List<string>();
        for (var item = 0; item < count; item++)
        {
            var parts = new List<string>();
            foreach (var part in list.Parts)
            {
                parts.Add(Write(part, item + list.Parts.Count, mayBeNull: false, ref row));
            }

            items.Add(string.Join(' ', parts));
        }

        return string.Join(',', items);
    }

    private string Write(ValueField field, int kind, bool mayBeNull, ref RowWriter row)
    {
        if (mayBeNull && kind is 1 or 2 && (kind == 1 || _random.Next(3) == 0))
        {
            row.WriteCount(0);
            return RandomRow.Null;
        }

        if (field.Type is ColumnType.Text or ColumnType.Octets)
        {
            var octets = field.Type == ColumnType.Text ? Encoding.UTF8.GetBytes(Text(kind)) : Octets(kind);
            row.WriteUtf8(octets);
            return Convert.ToHexString(octets);
        }

        var number = field.Type switch
        {
            ColumnType.Switch => _random.Next(2),
            ColumnType.Time => _random.NextInt64(-4_000_000_000_000_000, 4_000_000_000_000_000), // in the years that .NET tells
            _ => Number(kind, field.Type == ColumnType.Int32),
        };
        row.WriteNumber(number);
        return number.ToString(CultureInfo.InvariantCulture);
    }

    private long Number(int kind, bool isInt32) => kind switch
    {
        0 => 53,
        3 => _random.Next(3) * 28,
        4 => _random.Next(65_536),
        5 => _random.Next(3) switch { 0 => isInt32 ? int.MinValue : long.MinValue / 1000, 1 => isInt32 ? int.MaxValue : long.MaxValue / 1000, _ => 0 },
        _ => isInt32 ? _random.Next(int.MinValue, int.MaxValue) : _random.NextInt64(long.MinValue / 1000, long.MaxValue / 1000),
    };

    private string Text(int kind) => kind switch
    {
        0 => "same.example",
        3 => $"name{_random.Next(40)}.example",
        4 => $"host{_random.Next(100_000)}.example.org",
        5 => _random.Next(50) == 0 ? new string('x', _random.Next(70_000)) : "",
        6 => _random.Next(4) switch { 0 => "\0", 1 => "üß€\U0001F980", 2 => "it's \"quoted\", with\\nothing", _ => "\r\n\t,; " },
        _ => $"{_random.Next(9)}.{_random.NextInt64()}.test",
    };

    private byte[] Octets(int kind)
    {
        var octets = new byte[kind == 5 && _random.Next(50) == 0 ? 40_000 : 1 + _random.Next(kind == 4 ? 1 : 30)];
        _random.NextBytes(octets);
        return octets;
    }
}
