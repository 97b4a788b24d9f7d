using WireDns.Tests.Running;

namespace WireDns.Tests.Logging;

/// <summary>The log in Zeek's form is what Zeek itself logs of the same captures, according to Zeek's own tests.</summary>
public sealed class ZeekBaselineTests
{
    // Times are not in Zeek's baselines; a connection's name is random there.
    private static readonly string[] NotCompared = ["ts", "uid"];

    /// <param name="capture">A capture in Zeek/, whose log is beside it.</param>
    /// <param name="filled">The fields that Zeek leaves empty here and WireDns does not, as docs/lookup-log.md says.</param>
    /// <param name="repeated">Lines for a query that Zeek logs again when it is repeated.</param>
    [Theory]
    [InlineData("binds", "")]
    [InlineData("dnskey", "")]
    [InlineData("dnskey2", "")]
    [InlineData("ds", "")]
    [InlineData("ipv6-frag", "", 1)]
    [InlineData("loc", "")]
    [InlineData("multiple-txt-strings", "rtt qclass qclass_name qtype qtype_name RD")]
    [InlineData("notify", "rtt query qclass qclass_name qtype qtype_name AA Z")]
    [InlineData("nsec", "rtt AA")]
    [InlineData("nsec3", "rtt RA")]
    [InlineData("nsec3param", "")]
    [InlineData("rrsig", "")]
    [InlineData("spf", "rtt qclass qclass_name qtype qtype_name RD Z")]
    [InlineData("sshfp", "rtt AA")]
    [InlineData("wks", "answers TTLs")]
    [InlineData("zero-responses", "rtt AA")]
    public void Logs_what_Zeek_logs(string capture, string filled, int repeated = 0)
    {
        var folder = Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Logging", "Zeek");
        var zeek = Rows(File.ReadAllLines(Path.Combine(folder, capture + ".log")));
        var run = Product.Run("read", Path.Combine(folder, capture + ".pcap"), "--log-dns", "stdout,format=zeek", "-q");
        Assert.Equal(0, run.ExitStatus);
        var own = Rows(run.Output.Lines);

        Assert.NotEmpty(zeek);
        var differences = new HashSet<string>();
        var unmatched = 0;
        foreach (var row in zeek)
        {
            var match = own.Find(other => Same(row, other, "trans_id") && Same(row, other, "id.orig_p") && Same(row, other, "rcode"));
            if (match is null)
            {
                unmatched++;
                continue;
            }

            own.Remove(match);
            foreach (var (field, value) in match.Where(cell => row.ContainsKey(cell.Key) && !NotCompared.Contains(cell.Key) && row[cell.Key] != cell.Value))
            {
                Assert.True(row[field] is "-" or "F" or "0", $"{field}: Zeek has {row[field]}, WireDns {value}");
                differences.Add(field);
            }
        }

        Assert.Empty(own);
        Assert.Equal(repeated, unmatched);
        Assert.Equal(filled.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), differences.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_header_of_a_file_has_the_fields_and_types_of_Zeek()
    {
        using var folder = new TemporaryFolder();
        var zeek = Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Logging", "Zeek");
        Assert.Equal(0, Product.Run("read", Path.Combine(zeek, "rrsig.pcap"), "--log-dns", $"file:{folder["dns.log"]},format=zeek", "-q").ExitStatus);
        var own = File.ReadAllLines(folder["dns.log"]);
        var theirs = File.ReadAllLines(Path.Combine(zeek, "rrsig.log"));

        foreach (var line in new[] { "#separator", "#set_separator", "#empty_field", "#unset_field", "#path", "#fields", "#types" })
        {
            Assert.Equal(theirs.Single(text => text.StartsWith(line, StringComparison.Ordinal)), own.Single(text => text.StartsWith(line, StringComparison.Ordinal)));
        }

        Assert.Matches(@"^#open\t\d{4}(-\d\d){5}$", own[5]);
    }

    [Fact]
    public void The_lines_as_JSON_have_the_same_values()
    {
        var capture = Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Logging", "Zeek", "rrsig.pcap");
        var text = Rows(Product.Run("read", capture, "--log-dns", "stdout,format=zeek", "-q").Output.Lines);
        var json = Product.Run("read", capture, "--log-dns", "stdout,format=zeek-json", "-q").Output.Lines.Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!.AsObject()).ToList();

        Assert.Equal(text.Count, json.Count);
        foreach (var (row, line) in text.Zip(json))
        {
            Assert.Equal(row.Where(cell => cell.Value != "-").Select(cell => cell.Key), line.Select(member => member.Key));
            Assert.Equal(row["query"], (string?)line["query"]);
            Assert.Equal(row["ts"], line["ts"]!.ToJsonString());
            Assert.Equal(row["AA"] == "T", (bool)line["AA"]!);
            Assert.Equal(row["answers"] == "-" ? [] : row["answers"].Split(','), line["answers"]?.AsArray().Select(answer => (string)answer!) ?? []);
        }
    }

    private static bool Same(Dictionary<string, string> row, Dictionary<string, string> other, string field) => row[field] == other[field];

    private static List<Dictionary<string, string>> Rows(IReadOnlyList<string> lines)
    {
        var fields = lines.Single(line => line.StartsWith("#fields\t", StringComparison.Ordinal)).Split('\t')[1..];
        return [.. lines.Where(line => line.Length > 0 && line[0] != '#').Select(line =>
        {
            var cells = line.Split('\t');
            Assert.Equal(fields.Length, cells.Length);
            return fields.Zip(cells).ToDictionary(cell => cell.First, cell => cell.Second);
        })];
    }
}
