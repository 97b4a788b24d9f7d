using System.Globalization;
using System.Text.Json;
using WireDns.Tests.Running;

namespace WireDns.Tests.Statistics;

/// <summary><c>wiredns stats</c>: what its tables say of captures whose content is known.</summary>
public sealed class StatsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_table_counts_lookups_and_not_messages()
    {
        var capture = new LookupCapture();
        capture.Query(1, "www.example.org").Repeat(1, "www.example.org").Answer(1, "www.example.org", DnsBytes.A, [192, 0, 2, 1]);
        capture.Wait(0.5).Lookup(1, "MAIL.example.org", "192.0.2.2");
        capture.Wait(0.5).Lookup(2, "www.example.org", "192.0.2.1").Query(2, "example.co.uk", DnsBytes.Txt);
        var tables = Json(capture);

        Assert.Equal(4, Overview(tables, "lookups").GetInt32());
        Assert.Equal(1, Overview(tables, "without_response").GetInt32());
        Assert.Equal(0, Overview(tables, "without_query").GetInt32());
        Assert.Equal(1, Overview(tables, "repeated_queries").GetInt32());
        Assert.Equal(3, Overview(tables, "names").GetInt32());
        Assert.Equal(2, Overview(tables, "registered_domains").GetInt32());
        Assert.Equal("2025-06-15T15:06:40Z", Overview(tables, "first").GetString());
        Assert.Equal("2025-06-15T15:06:41Z", Overview(tables, "last").GetString());
        Assert.Equal(
            """[{"name":"www.example.org","lookups":2,"percent":50},{"name":"example.co.uk","lookups":1,"percent":25},{"name":"mail.example.org","lookups":1,"percent":25}]""",
            tables.GetProperty("names").GetRawText());
        Assert.Equal(
            """[{"domain":"example.org","lookups":3,"percent":75,"names":2,"nxdomain":0},{"domain":"example.co.uk","lookups":1,"percent":25,"names":1,"nxdomain":0}]""",
            tables.GetProperty("domains").GetRawText());
        Assert.Equal(
            """[{"client":"192.0.2.1","lookups":2,"percent":50,"domains":1,"without_response":0},{"client":"192.0.2.2","lookups":2,"percent":50,"domains":2,"without_response":1}]""",
            tables.GetProperty("clients").GetRawText());
        Assert.Equal("""[{"type":"A","lookups":3,"percent":75},{"type":"TXT","lookups":1,"percent":25}]""", tables.GetProperty("types").GetRawText());
        Assert.Equal("""[{"code":"NOERROR","lookups":3,"percent":100}]""", tables.GetProperty("codes").GetRawText());
        Assert.Equal(
            """[{"from":"2025-06-15T15:06:40Z","lookups":2,"without_response":0,"nxdomain":0},{"from":"2025-06-15T15:06:41Z","lookups":2,"without_response":1,"nxdomain":0}]""",
            tables.GetProperty("time").GetRawText());
    }

    [Fact]
    public void Latency_and_answers_are_those_of_each_server()
    {
        var capture = new LookupCapture();
        for (var i = 0; i < 100; i++)
        {
            var name = $"n{i}.example.org";
            var id = (ushort)(i + 1);
            capture.Query(i, DnsBytes.Query(name, id));
            if (i % 4 != 0)
            {
                capture.Response(i + (i < 90 ? 0.010 : 0.200), DnsBytes.Response(name, id));
            }
        }

        var server = Assert.Single(Json(capture).GetProperty("servers").EnumerateArray());
        Assert.Equal(LookupCapture.Server, server.GetProperty("server").GetString());
        Assert.Equal(75, server.GetProperty("answered_percent").GetDouble());
        Assert.InRange(server.GetProperty("median_ms").GetDouble(), 10, 10.7);
        Assert.InRange(server.GetProperty("p95_ms").GetDouble(), 200, 213);
        Assert.Equal(200, server.GetProperty("longest_ms").GetDouble(), 3);
    }

    [Fact]
    public void A_generated_name_stands_out_by_its_bits_and_once_for_each_domain()
    {
        var capture = new LookupCapture();
        capture.Lookup(1, "mail.example.org").Lookup(1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.net");
        capture.Lookup(1, "k3j9x2q8v7w1z5y4b6n0.tunnel.example").Lookup(1, "m2n4b6v8c0x1z3a5s7d9.tunnel.example");
        var rows = Json(capture).GetProperty("random").EnumerateArray().ToList();

        Assert.Equal("k3j9x2q8v7w1z5y4b6n0.tunnel.example", rows[0].GetProperty("name").GetString());
        Assert.Equal(2, rows.Count);
        Assert.Equal("mail.example.org", Json(capture).GetProperty("long").EnumerateArray().Last().GetProperty("name").GetString());
    }

    [Fact]
    public void What_is_not_under_a_known_domain_is_new()
    {
        var capture = new LookupCapture().Lookup(1, "www.Example.org", "192.0.2.1").Lookup(7, "host.new.example", "192.0.2.1").Lookup(7, "other.example.net", "192.0.2.1");
        var known = _folder.Write("known.txt", "EXAMPLE.org\nother.example.net\n");
        var table = Json(capture, "--known", known).GetProperty("new");

        Assert.Equal("""[{"domain":"new.example","lookups":1,"first":"2025-06-15T15:06:40Z","first_client":"192.0.2.7"}]""", table.GetRawText());
        Assert.False(Json(capture).TryGetProperty("new", out _));
    }

    [Fact]
    public void The_shipped_capture_has_the_planted_domains()
    {
        var run = Product.Run("stats", Path.Combine(TestPaths.Captures, "3cx-beacon.pcapng"), "--table", "domains", "--table", "codes", "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.Empty(run.Error.Lines);
        Assert.Contains(run.Output.Lines, line => line.Contains("msstorageazure.com", StringComparison.Ordinal));
        Assert.Contains(run.Output.Lines, line => line.Trim() == "response codes");
        Assert.DoesNotContain(run.Output.Lines, line => line.Trim() == "clients by lookups");
    }

    [Fact]
    public void A_table_as_csv_is_no_formula_and_can_be_had_back()
    {
        var capture = new LookupCapture().Lookup(1, "=cmd.example.org", "192.0.2.1").Lookup(1, "a,b.example.org", "192.0.2.1");
        var run = Product.Run("stats", _folder.Write("a.pcap", capture.Bytes), "-f", "csv", "-t", "names", "-q");

        Assert.Equal(["name,lookups,percent", "'=cmd.example.org,1,50", "\"a,b.example.org\",1,50"], run.Output.Lines);
    }

    [Theory]
    [InlineData("--format csv has the columns of one table: choose it with --table (", "-f", "csv")]
    [InlineData("--table new needs --known FILE: what is not in that list is new", "-t", "new")]
    [InlineData("missing.txt: no such file", "--known", "missing.txt")]
    [InlineData("--top takes 1 to 10,000, not '0'", "--top", "0")]
    public void What_cannot_be_done_is_said(string message, params string[] arguments)
    {
        var run = Product.Run(["stats", Path.Combine(TestPaths.Captures, "clean.pcap"), .. arguments]);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(message, run.Error.Text, StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Fact]
    public void Hostile_captures_are_counted_and_write_nothing_but_text()
    {
        var run = Product.Run("stats", Path.Combine(TestPaths.Captures, "torture"), "-n", "1000", "--color", "never");

        Assert.DoesNotContain(run.Output.Text, character => char.IsControl(character) && character != '\n');
        Assert.NotEmpty(run.Output.Lines);
    }

    private JsonElement Json(LookupCapture capture, params string[] arguments)
    {
        var run = Product.Run(["stats", _folder.Write("capture.pcap", capture.Bytes), "-f", "json", "-q", .. arguments]);
        Assert.True(run.ExitStatus == 0, run.Error.Text);
        using var document = JsonDocument.Parse(Assert.Single(run.Output.Lines));
        return document.RootElement.Clone();
    }

    private static JsonElement Overview(JsonElement tables, string what) =>
        tables.GetProperty("overview").EnumerateArray().Single(row => row.GetProperty("what").GetString() == what).GetProperty("value");
}
