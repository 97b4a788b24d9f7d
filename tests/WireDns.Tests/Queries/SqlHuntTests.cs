using System.Text.Json.Nodes;
using WireDns.Tests.Logging;
using WireDns.Tests.Running;

namespace WireDns.Tests.Queries;

/// <summary>A log for queries, with names that a terminal or a spreadsheet could take for more than names.</summary>
public sealed class SmallLog : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes it.</summary>
    public SmallLog()
    {
        var capture = new LookupCapture()
            .Query(1, DnsBytes.Query("=1+1.example", 1)).Response(1.25, DnsBytes.Response("=1+1.example", 1, answers: [DnsBytes.Address("=1+1.example", "203.0.113.7")]))
            .Query(2, DnsBytes.Query("\e[31mred.example", 2), client: "10.1.2.3")
            .Query(3, DnsBytes.Query("www.Example.com", 3), client: "10.200.0.1").Response(3.5, DnsBytes.Response("www.Example.com", 3, responseCode: 3), client: "10.200.0.1")
            .Query(90_000, DnsBytes.Query("100%_sure.example", 4), client: "10.1.2.3");
        Write(_folder.Write("a.pcap", capture.Bytes), Log);
    }

    /// <summary>The folder of the log.</summary>
    public string Log => _folder["log"];

    /// <summary>A path beside it.</summary>
    public string this[string name] => _folder[name];

    /// <summary>Its file of the first day.</summary>
    public string FirstFile => Directory.GetFiles(Log, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();

    /// <summary>Runs <c>hunt</c> where wiredns-sql is found.</summary>
    internal ProgramResult Hunt(params string[] arguments) => HuntIn(Log, arguments);

    /// <summary>The same in another folder.</summary>
    internal static ProgramResult HuntIn(string log, params string[] arguments)
    {
        var engine = Path.Combine(TestPaths.Root, "src", "WireDns.Sql", "bin", new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Parent!.Name, "net10.0");
        Assert.True(File.Exists(Path.Combine(engine, OperatingSystem.IsWindows() ? "wiredns-sql.exe" : "wiredns-sql")), "wiredns-sql was not built");
        return Product.RunWith([("PATH", engine + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"))], ["hunt", log, .. arguments]);
    }

    /// <summary>Writes a log of a capture.</summary>
    public static void Write(string capture, string log) => Assert.Equal(0, Product.Run("read", capture, "-o", $"parquet:{log},sensor=s1,ids=yes").ExitStatus);

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}

/// <summary><c>hunt --sql</c>, with wiredns-sql as it was built.</summary>
public sealed class SqlHuntTests(SmallLog log) : IClassFixture<SmallLog>
{
    [Fact]
    public void A_table_shows_texts_of_the_wire_and_of_the_query_without_control_characters()
    {
        var run = log.Hunt("--sql", "SELECT qname, client_ip, rtt_us, chr(27) || '[2J' AS \"a\e[1mb\" FROM lookups ORDER BY ts");

        Assert.Equal(0, run.ExitStatus);
        Assert.DoesNotContain(run.Output.Text + run.Error.Text, character => char.IsControl(character) && character != '\n');
        Assert.Equal(
        [
            @"qname                client_ip   rtt_us  a\u{1b}[1mb",
            @"-------------------  ----------  ------  -----------",
            @"=1+1.example         192.0.2.10  250000  \u{1b}[2J",
            @"\027[31mred.example  10.1.2.3            \u{1b}[2J",
            @"www.example.com      10.200.0.1  500000  \u{1b}[2J",
            @"100%_sure.example    10.1.2.3            \u{1b}[2J",
        ], run.Output.Lines);
        Assert.Equal("wiredns: 4 rows from 2 files", run.Error.Lines[^1]);
    }

    [Fact]
    public void Texts_that_recur_are_written_once_in_a_group_of_rows()
    {
        var folder = log["many"];
        SmallLog.Write(Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng"), folder);
        var file = Directory.GetFiles(folder, "*.parquet", SearchOption.AllDirectories).Single();
        var run = SmallLog.HuntIn(
            folder, "--sql-format", "csv", "--sql",
            $"SELECT path_in_schema FROM parquet_metadata('{file}') WHERE encodings LIKE '%DICTIONARY%' AND path_in_schema IN ('client_ip', 'server_ip', 'qtype_name', 'qname') ORDER BY 1");

        Assert.Equal(["path_in_schema", "client_ip", "qtype_name", "server_ip"], run.Output.Lines);
    }

    [Fact]
    public void Csv_cells_cannot_be_formulas_and_json_has_numbers_lists_and_nulls()
    {
        const string Query = "SELECT qname, rcode, rtt_us / 2 AS half, answers, lookup_id IS NULL AS without, ts, dt, sensor FROM lookups WHERE qname LIKE '=%'";
        var csv = log.Hunt("--sql-format", "csv", "--sql", Query);
        Assert.Equal(0, csv.ExitStatus);
        Assert.Equal("qname,rcode,half,answers,without,ts,dt,sensor", csv.Output.Lines[0]);
        Assert.StartsWith("'=1+1.example,0,125000.0,\"[{", csv.Output.Lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",false,2025-06-15T15:06:41.000000Z,2025-06-15,s1", csv.Output.Lines[1], StringComparison.Ordinal);

        var json = JsonNode.Parse(Assert.Single(log.Hunt("--sql-format", "json", "--sql", Query).Output.Lines))!;
        Assert.Equal((0, 125_000.0, false), ((int)json["rcode"]!, (double)json["half"]!, (bool)json["without"]!));
        Assert.Equal("203.0.113.7", (string?)json["answers"]![0]!["data"]);

        var odd = JsonNode.Parse(Assert.Single(log.Hunt("--sql-format", "json", "--sql", "FROM (SELECT 'nan'::DOUBLE AS n, NULL AS nothing, 170141183460469231731687303715884105727::HUGEINT AS big, '\\xAB'::BLOB AS octets);").Output.Lines))!;
        Assert.Equal("""{"n":"nan","nothing":null,"big":170141183460469231731687303715884105727,"octets":"ab"}""", odd.ToJsonString());
    }

    [Theory]
    [InlineData("--client 10.0.0.0/8", 3)]
    [InlineData("--client 10.1.2.3 --client 192.0.2.10", 3)]
    [InlineData("--client 10.128.0.0/9", 1)]
    [InlineData("--client 2001:db8::1", 0)]
    [InlineData("--server 192.0.2.53", 4)]
    [InlineData("--name *.EXAMPLE.com", 1)]
    [InlineData("--name 100%_*", 1)]
    [InlineData("--name 1?0%_sure.*", 1)]
    [InlineData("--name 100__sure.example", 0)]
    [InlineData("--since 2025-06-16", 1)]
    [InlineData("--until 2025-06-15", 3)]
    [InlineData("--since 2025-06-15T15:06:42Z --until 2025-06-15T15:06:43Z", 1)]
    public void Rows_are_chosen_as_alerts_are(string arguments, int expected)
    {
        var run = log.Hunt([.. arguments.Split(' '), "--sql-format", "csv", "--sql", "SELECT count(*) AS n FROM lookups"]);
        Assert.True(run.ExitStatus == 0, run.Error.Text);
        Assert.Equal(["n", $"{expected}"], run.Output.Lines);
    }

    [Theory]
    [InlineData("SELECT nme FROM lookups", 2, "line 1: Referenced column \"nme\" not found")]
    [InlineData("SELECT qname\nFROM lookups\nWHERE qname = = 1", 2, "line 3: syntax error at or near")]
    [InlineData("SELECT * FROM look_ups", 2, "line 1: Table with name look_ups does not exist")]
    [InlineData("SELECT 1; SELECT 2", 2, "one query was expected")]
    [InlineData("SELECT 1) AS t; COPY lookups TO 'FOLDER/stolen.csv'; --", 2, "syntax error")]
    [InlineData("COPY lookups TO 'FOLDER/stolen.csv'", 2, "a query was expected")]
    [InlineData("COPY (SELECT 1 AS a) TO 'LOGFILE' (FORMAT parquet)", 2, "a query was expected")]
    [InlineData("ATTACH 'FOLDER/stolen.db'", 2, "a query was expected")]
    [InlineData("SET enable_external_access = true", 2, "a query was expected")]
    [InlineData("INSTALL httpfs", 2, "a query was expected")]
    [InlineData("CREATE TABLE a AS SELECT 1", 2, "a query was expected")]
    [InlineData("SELECT * FROM read_text('/etc/passwd')", 2, "file system operations are disabled by configuration")]
    [InlineData("SELECT * FROM read_csv('https://example.com/a.csv')", 2, "")]
    [InlineData("SELECT * FROM glob('/etc/*')", 2, "")]
    [InlineData("SELECT * FROM sniff_csv('/etc/passwd')", 2, "")]
    [InlineData("SELECT CAST(qname AS INTEGER) FROM lookups", 1, "Could not convert string")]
    [InlineData("", 2, "")]
    public void What_is_no_query_or_asks_for_what_is_not_there_is_refused_in_words(string query, int status, string words)
    {
        query = query.Replace("FOLDER", log[""], StringComparison.Ordinal).Replace("LOGFILE", log.FirstFile, StringComparison.Ordinal);
        var before = File.ReadAllBytes(log.FirstFile);

        var run = log.Hunt("--sql", query, "--sql-format", "csv");

        Assert.True(run.ExitStatus == status, $"{run.ExitStatus}: {run.Error.Text}");
        Assert.Contains(words, run.Error.Text, StringComparison.Ordinal);
        Assert.StartsWith("wiredns: --sql: ", run.Error.Lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Error.Text, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(log[""], "stolen*"));
        Assert.Equal(before, File.ReadAllBytes(log.FirstFile));
    }

    [Fact]
    public void Ids_are_those_of_the_lookup_log_and_are_written_only_when_they_are_asked_for()
    {
        const string Query = "SELECT lower(hex(lookup_id)) AS id FROM lookups ORDER BY 1";
        var capture = Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng");
        var lookups = Product.Run("read", capture, "--log-dns", "stdout").Output.Lines.Select(line => (string)JsonNode.Parse(line)!["uid"]!).Order(StringComparer.Ordinal);
        SmallLog.Write(capture, log["with"]);
        Assert.Equal(0, Product.Run("read", capture, "-o", $"parquet:{log["without"]}").ExitStatus);

        Assert.Equal(["id", .. lookups], SmallLog.HuntIn(log["with"], "--sql", Query, "--sql-format", "csv").Output.Lines);
        Assert.Equal(["count(lookup_id)", "0"], SmallLog.HuntIn(log["without"], "--sql", "SELECT count(lookup_id) FROM lookups", "--sql-format", "csv").Output.Lines);
    }

    [Fact]
    public void What_a_column_lacks_is_null_and_the_footers_least_and_largest_values_are_those_of_the_rows()
    {
        Assert.Equal(["n", "4"], log.Hunt("--sql-format", "csv", "--sql", "SELECT count(*) AS n FROM lookups WHERE query_wire IS NULL AND response_wire IS NULL AND lookup_id IS NOT NULL").Output.Lines);
        var footer = log.Hunt("--sql-format", "csv", "--sql", $"""
            SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count FROM parquet_metadata('{log.FirstFile}')
            WHERE path_in_schema IN ('ts', 'registered_domain', 'client_port', 'query_wire', 'rtt_us') ORDER BY 1
            """);
        Assert.Equal(
        [
            "path_in_schema,stats_min_value,stats_max_value,stats_null_count",
            "client_port,40000,40000,0",
            @"query_wire,,,3",
            @"registered_domain,'=1+1.example,example.com,0",
            "rtt_us,250000,500000,1",
            "ts,2025-06-15 15:06:41+00,2025-06-15 15:06:43+00,0",
        ], footer.Output.Lines);
    }

    [Fact]
    public void The_place_of_a_fault_is_shown()
    {
        var run = log.Hunt("--sql", "SELECT qname,\n  nme FROM lookups");

        Assert.Equal(["      nme FROM lookups", "      ^"], run.Error.Lines.SkipLast(1).TakeLast(2));
        Assert.StartsWith("wiredns: --sql: line 2: Referenced column \"nme\" not found", run.Error.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Files_with_and_without_a_column_are_one_view_and_a_damaged_one_is_named()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["log"]);
        ParquetCopy.Write(log.FirstFile, folder["log/earlier.parquet"], added: null, removed: "tld");
        ParquetCopy.Write(log.FirstFile, folder["log/later.parquet"], added: "asn", removed: null);
        File.WriteAllText(folder["log/text.parquet"], "no parquet");

        var run = SmallLog.HuntIn(folder["log"], "--sql-format", "csv", "--sql", "SELECT count(*) AS n, count(tld) AS tlds, count(DISTINCT dt) AS days FROM lookups WHERE asn IS NULL");

        Assert.Equal(["n,tlds,days", "6,3,1"], run.Output.Lines);
        Assert.Equal(1, run.ExitStatus);
        Assert.Contains("text.parquet: damaged, or no Parquet file", run.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_alerts_do_not_go_with_a_query()
    {
        Refuses("--min-level is about alerts", "--min-level", "high");
        Refuses("--rules is about alerts", "-r", TestPaths.Rules);
        Refuses("--format is about alerts, and --sql gives rows: --since, --until, --client, --server and --name choose them; --sql-format says how they look", "-f", "csv");
        Refuses("--client 2001:db8::/32: of IPv6, --sql takes whole addresses here", "--client", "2001:db8::/32");
        Refuses("-5m: a log of many captures has no beginning", "--since", "-5m");

        void Refuses(string words, params string[] arguments)
        {
            var run = log.Hunt([.. arguments, "--sql", "SELECT 1"]);
            Assert.Equal(2, run.ExitStatus);
            Assert.StartsWith("wiredns: " + words, run.Error.Lines[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_query_from_a_file_may_need_no_more_memory_than_it_is_given()
    {
        File.WriteAllText(log["q.sql"], "-- the most of it\nSELECT count(*) AS n FROM (SELECT DISTINCT i, i::VARCHAR || repeat('x', 200) FROM range(5000000) t(i)) -- all");
        var run = log.Hunt("--sql", "@" + log["q.sql"], "--sql-memory", "64");

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal("wiredns: --sql: the query needs more memory than it may take; --sql-memory gives it more", run.Error.Lines[^1]);
        Assert.Equal(2, log.Hunt("--sql", "@" + log["none.sql"]).ExitStatus);
    }

    [Fact]
    public void Without_the_program_it_is_said_where_to_get_it()
    {
        var run = Product.RunWith([("PATH", "/nowhere")], "hunt", log.Log, "--sql", "SELECT 1");

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal(
            "wiredns: --sql needs wiredns-sql, which is neither beside wiredns nor on the PATH: put it there from the archive wiredns-sql of the same release, or build it by './run.sh sql' (docs/dnslog.md)",
            run.Error.Lines[^1]);
    }
}
