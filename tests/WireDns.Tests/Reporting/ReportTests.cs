using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Reporting;

/// <summary><c>wiredns report</c>: what it says, and what it does to files.</summary>
public sealed partial class ReportTests : IDisposable
{
    private const string Rule = """
        title: Evil
        id: 11111111-2222-4333-8444-555555555555
        description: Finds evil.
        tags: [attack.command-and-control, attack.t1071.004]
        logsource: {category: dns}
        detection: {selection: {query|contains: evil}, condition: selection}
        level: high
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Alerts_of_a_rule_client_and_registered_domain_are_one_group_with_their_evidence()
    {
        var capture = new LookupCapture()
            .Lookup(1, "a.evil.example", "192.0.2.66").Wait(1).Lookup(1, "b.evil.example", "192.0.2.66").Wait(1)
            .Lookup(2, "a.evil.example", "192.0.2.66").Lookup(1, "good.example", "192.0.2.1");
        var report = Json(_folder.Write("a.pcap", capture.Bytes));

        Assert.Equal(3, report.GetProperty("totals").GetProperty("alerts").GetInt32());
        Assert.Equal(3, report.GetProperty("totals").GetProperty("byLevel").GetProperty("high").GetInt32());
        var groups = report.GetProperty("groups").EnumerateArray().ToList();
        Assert.Equal(2, groups.Count);
        Assert.Equal("192.0.2.1", groups[0].GetProperty("client").GetString());
        Assert.Equal("evil.example", groups[0].GetProperty("domain").GetString());
        Assert.Equal(2, groups[0].GetProperty("count").GetInt32());
        Assert.Equal(["a.evil.example", "b.evil.example"], groups[0].Texts("names"));
        Assert.Equal("2025-06-15T15:06:40.000000Z", groups[0].GetProperty("first").GetString());
        Assert.Equal("2025-06-15T15:06:41.000000Z", groups[0].GetProperty("last").GetString());

        var alert = groups[0].GetProperty("alerts")[0];
        Assert.Equal($"{_folder["a.pcap"]}", alert.GetProperty("about").GetProperty("file").GetString());
        Assert.Equal(1, alert.GetProperty("about").GetProperty("packet").GetInt32());
        var evidence = alert.GetProperty("evidence");
        Assert.Equal("""{"selection":"selection","field":"query","modifiers":"contains","pattern":"evil","before":"a.","match":"evil","after":".example","negated":false,"absent":false}""",
            evidence.GetProperty("reasons")[0].GetRawText());
        Assert.Equal("192.0.2.66", evidence.GetProperty("answers")[0].GetProperty("data").GetString());
        Assert.Equal("NOERROR", evidence.GetProperty("responseCode").GetString());
        var packets = evidence.GetProperty("packets").EnumerateArray().ToList();
        Assert.Equal(["query", "response"], packets.Select(packet => packet.GetProperty("part").GetString()));
        foreach (var packet in packets)
        {
            var data = Convert.FromBase64String(packet.GetProperty("data").GetString()!);
            Assert.Equal("\u0001a\u0004evil\u0007example\0", Encoding.ASCII.GetString(data, packet.GetProperty("nameStart").GetInt32(), packet.GetProperty("nameLength").GetInt32()));
        }
    }

    [Fact]
    public void It_says_what_was_read_and_with_what()
    {
        var path = _folder.Write("a.pcap", new LookupCapture().Lookup(1, "a.evil.example", "192.0.2.66").Bytes);
        var cut = SampleCaptures.WriteCut(_folder, "b.pcap", SampleCaptures.Tagged);
        var run = Product.Run("report", path, cut, "-r", _folder.Write("r.yml", Rule), "-f", "json", "-q");
        Assert.Equal(1, run.ExitStatus);
        var report = Parse(run);

        var files = report.GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(path, files[0].GetProperty("path").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), files[0].GetProperty("sha256").GetString());
        Assert.Equal(2, files[0].GetProperty("packets").GetInt32());
        Assert.Equal("pcap", files[0].GetProperty("format").GetString());
        Assert.Equal(["Raw"], files[0].Texts("linkTypes"));
        Assert.Contains("ends inside", files[1].GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, report.GetProperty("totals").GetProperty("filesFailed").GetInt32());
        Assert.Equal(["wiredns", "report", path, cut, "-r", _folder["r.yml"], "-f", "json", "-q"], report.Texts("commandLine"));
        var ledger = report.GetProperty("counted").GetProperty("ledger");
        Assert.Equal(ledger.GetProperty("packets").GetInt32(), files.Sum(file => file.GetProperty("packets").GetInt32()));
        Assert.Equal(1, report.GetProperty("coverage").GetProperty("full").GetInt32());
        var technique = Assert.Single(report.GetProperty("techniques").EnumerateArray());
        Assert.Equal("T1071.004", technique.GetProperty("id").GetString());
        Assert.Equal(1, technique.GetProperty("alerts").GetInt32());
    }

    [Fact]
    public void Alerts_and_lookups_are_those_of_read_and_stats()
    {
        var report = Json(TestPaths.Captures, TestPaths.AllRules);
        var read = Product.Run("read", TestPaths.Captures, "-r", TestPaths.AllRules, "-q");
        var stats = Parse(Product.Run("stats", TestPaths.Captures, "-f", "json", "-q"));

        var listed = report.GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("alerts").EnumerateArray())
            .Select(alert => $"{alert.GetProperty("about").GetProperty("file")}#{alert.GetProperty("about").GetProperty("packet")}");
        Assert.Equal(read.Output.Lines.Select(line => line[(line.LastIndexOf(' ') + 1)..]).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.Equal(
            stats.GetProperty("overview").EnumerateArray().First(row => row.GetProperty("what").GetString() == "lookups").GetProperty("value").GetInt64(),
            report.GetProperty("totals").GetProperty("lookups").GetInt64());
        var names = report.GetProperty("lookupTables").EnumerateArray().First(table => table.GetProperty("name").GetString() == "names").GetProperty("rows");
        Assert.Equal(
            stats.GetProperty("names").EnumerateArray().Select(row => $"{row.GetProperty("name")} {row.GetProperty("lookups")}"),
            names.EnumerateArray().Select(row => $"{row[0]} {row[1]}"));
    }

    [Fact]
    public void A_page_runs_and_fetches_nothing_but_its_own_script_and_style()
    {
        var path = _folder.Write("a.pcap", new LookupCapture().Query(1, "</script><script>alert(1)</script>.evil.example").Bytes);
        Assert.Equal(0, Product.Run("report", path, "-r", _folder.Write("r.yml", Rule), "-o", _folder["report.html"], "-q", "--title", "<b>\u202e&").ExitStatus);
        var page = File.ReadAllText(_folder["report.html"]);

        var policy = Policy().Match(page).Groups[1].Value;
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        foreach (Match element in ScriptsAndStyles().Matches(page))
        {
            Assert.Contains(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(element.Groups[2].Value))), policy, StringComparison.Ordinal);
        }

        // The script, its three blocks of data and nothing else; no markup of the capture or of the command line.
        Assert.Equal(4, Regex.Count(page, "</script>"));
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\.innerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", page);
    }

    [Fact]
    public void A_capture_a_rule_or_a_device_is_never_overwritten_and_a_report_is()
    {
        var path = _folder.Write("a.pcap", new LookupCapture().Query(1, "a.evil.example").Bytes);
        var bytes = File.ReadAllBytes(path);
        _folder.Write("r.yml", Rule);
        _folder.Write("other.pcap", bytes);
        Refuses("a.pcap", "it is an input");
        Refuses("other.pcap", "it is a capture");
        Refuses("r.yml", "it is an input");
        Refuses("none/report.html", "there is no such folder");
        Refuses(".", "it is a folder");
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(_folder["link"], path);
            Refuses("link", "it is an input");
            Assert.Equal(2, Product.Run("report", path, "-r", _folder["r.yml"], "-o", "/dev/null").ExitStatus);
        }

        Assert.Equal(bytes, File.ReadAllBytes(path));
        _folder.Write("report.html", "an older report");
        Assert.Equal(0, Product.Run("report", path, "-r", _folder["r.yml"], "-o", _folder["report.html"], "-q").ExitStatus);
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(_folder["report.html"]), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), file => file.EndsWith(".part", StringComparison.Ordinal));
        Assert.Equal(2, Product.Run("report", path, "-r", _folder["r.yml"]).ExitStatus);
        Assert.Equal(2, Product.Run("report", path, "-o", _folder["report.html"]).ExitStatus);

        void Refuses(string target, string why)
        {
            var run = Product.Run("report", path, "-r", _folder["r.yml"], "-o", _folder[target]);
            Assert.Equal(2, run.ExitStatus);
            Assert.Contains(why, run.Error.Lines[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Markdown_has_the_findings_and_no_markup_of_the_capture()
    {
        var capture = new LookupCapture().Query(1, "<b>|*x*.evil.example").Lookup(2, "[a](http://x).good.example", "192.0.2.1");
        var run = Product.Run("report", _folder.Write("a.pcap", capture.Bytes), "-r", _folder.Write("r.yml", Rule), "-f", "md", "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("# DNS report", run.Output.Lines[0]);
        Assert.Single(run.Output.Lines, line => line.StartsWith("| high | Evil | 192.0.2.1 | evil.example | 1 |", StringComparison.Ordinal));
        Assert.Contains(@"\<b>\|\*x\*.evil.example", run.Output.Text, StringComparison.Ordinal);
        Assert.Contains(@"\[a](http://x).good.example", run.Output.Text, StringComparison.Ordinal);
        Assert.Contains("| T1071.004 |", run.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_of_the_navigator_scores_techniques_by_their_alerts()
    {
        var path = _folder.Write("a.pcap", new LookupCapture().Query(1, "a.evil.example").Query(2, "b.evil.example").Bytes);
        var run = Product.Run("report", path, "-r", _folder.Write("r.yml", Rule), "-f", "json", "-q", "--navigator", _folder["layer.json"]);

        Assert.Equal(0, run.ExitStatus);
        using var layer = JsonDocument.Parse(File.ReadAllText(_folder["layer.json"]));
        Assert.Equal("enterprise-attack", layer.RootElement.GetProperty("domain").GetString());
        Assert.Equal("4.5", layer.RootElement.GetProperty("versions").GetProperty("layer").GetString());
        var technique = Assert.Single(layer.RootElement.GetProperty("techniques").EnumerateArray());
        Assert.Equal("T1071.004", technique.GetProperty("techniqueID").GetString());
        Assert.Equal(2, technique.GetProperty("score").GetInt32());
    }

    private JsonElement Json(string captures, string? rules = null)
    {
        var run = Product.Run("report", captures, "-r", rules ?? _folder.Write("r.yml", Rule), "-f", "json", "-q");
        Assert.InRange(run.ExitStatus, 0, 1);
        return Parse(run);
    }

    private static JsonElement Parse(ProgramResult run)
    {
        using var document = JsonDocument.Parse(Assert.Single(run.Output.Lines));
        return document.RootElement.Clone();
    }

    [GeneratedRegex("Content-Security-Policy\" content=\"([^\"]*)\"")]
    private static partial Regex Policy();

    [GeneratedRegex("<(script|style)>(.*?)</(script|style)>", RegexOptions.Singleline)]
    private static partial Regex ScriptsAndStyles();
}
