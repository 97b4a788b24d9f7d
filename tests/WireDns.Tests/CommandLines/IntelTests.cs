using System.Text.Json;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Files of indicators as a user gives them: from <c>--intel</c> to the alert.</summary>
public sealed class IntelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Each_format_raises_alerts_that_say_where_the_indicator_stands()
    {
        Directory.CreateDirectory(_folder["intel"]);
        _folder.Write("intel/stix.json", """
            {"type": "bundle", "objects": [
              {"type": "indicator", "id": "indicator--1", "name": "C2 of Evil", "confidence": 80, "valid_until": "2099-01-01T00:00:00Z",
               "pattern_type": "stix", "pattern": "[domain-name:value = 'stix.example']"}]}
            """);
        _folder.Write("intel/misp.json", """{"response": {"Attribute": [{"type": "domain", "value": "misp.example", "uuid": "u1", "to_ids": true}]}}""");
        _folder.Write("intel/export.csv", "uuid,event_id,category,type,value,comment,to_ids,date,attribute_tag\nu2,1,Network activity,domain,row.example,,1,20260101,\n");
        _folder.Write("intel/hosts", "127.0.0.1 localhost\n0.0.0.0 hosts.example\n");
        _folder.Write("intel/zone.rpz", "$ORIGIN rpz.example.\n@ SOA a. b. 1 2 3 4 5\nrpz.example CNAME .\nzone.example CNAME .\n");
        _folder.Write("intel/plain.txt", "# a list\nplain[.]example\n");
        string[] names = ["stix.example", "www.misp.example", "row.example", "hosts.example", "zone.example", "a.b.plain.example", "other.example"];

        var run = Read(names, "--intel", _folder["intel"], "--format", "ecs");

        Assert.Equal(0, run.ExitStatus);
        var found = run.Output.Lines.Select(line =>
        {
            using var alert = JsonDocument.Parse(line);
            var indicator = alert.RootElement.GetProperty("wiredns").GetProperty("indicators")[0];
            return $"{alert.RootElement.GetProperty("dns").GetProperty("question").GetProperty("name")} {indicator.GetProperty("name")} {indicator.GetProperty("list")} "
                + $"{Path.GetFileName(indicator.GetProperty("file").GetString())}:{indicator.GetProperty("line")}";
        });
        Assert.Equal(
            [
                "stix.example stix.example stix stix.json:2", "www.misp.example misp.example misp misp.json:1", "row.example row.example export export.csv:2",
                "hosts.example hosts.example hosts hosts:2", "zone.example zone.example zone zone.rpz:4", "a.b.plain.example plain.example plain plain.txt:2",
            ],
            found);
        using var first = JsonDocument.Parse(run.Output.Lines[0]);
        var details = first.RootElement.GetProperty("wiredns").GetProperty("indicators")[0];
        Assert.Equal(("indicator--1", "C2 of Evil", 80, "2099-01-01T00:00:00Z"), (
            details.GetProperty("id").GetString(), details.GetProperty("title").GetString(), details.GetProperty("confidence").GetInt32(), details.GetProperty("valid_until").GetString()));
    }

    [Theory]
    [InlineData("{\"objects\": [\n  {\"id\": oops}]}", "bad.json:2:10: this is no JSON")]
    [InlineData("{\"objects\": [", "bad.json:1:14: expected more JSON, found the end of the file")]
    [InlineData("{\"a\": 1}", "bad.json:1:1: expected a bundle of STIX or an export of MISP, found other JSON")]
    public void A_bundle_of_which_nothing_can_be_used_is_refused_with_its_place(string content, string fault)
    {
        var run = Read(["a.example"], "--intel", _folder.Write("bad.json", content));

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(run.Error.Lines, line => line.EndsWith(fault, StringComparison.Ordinal));
        Assert.StartsWith("wiredns: no indicator can be used of what --intel names", run.Error.Lines[^1], StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Fact]
    public void A_bundle_that_breaks_off_is_used_as_far_as_it_goes_unless_all_must_be_whole()
    {
        var file = _folder.Write("cut.json", "[{\"type\":\"indicator\",\"id\":\"indicator--1\",\"pattern\":\"[domain-name:value='a.example']\"},\n{\"type\":\"indi");

        var used = Read(["a.example"], "--intel", file);
        var strict = Read(["a.example"], "--intel", file, "--strict");

        Assert.Equal(0, used.ExitStatus);
        Assert.Single(used.Output.Lines, line => line.Contains("[list:cut]", StringComparison.Ordinal));
        Assert.Contains(used.Error.Lines, line => line.Contains("cut.json:2:", StringComparison.Ordinal) && line.EndsWith("; what comes before it is used", StringComparison.Ordinal));
        Assert.Equal(2, strict.ExitStatus);
        Assert.StartsWith("wiredns: a list of indicators is not whole, and --strict is given", strict.Error.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_indicator_that_had_expired_when_the_packet_came_raises_nothing_and_is_counted()
    {
        // The capture is of June 2025.
        var file = _folder.Write("feed.json", """
            [{"type":"indicator","id":"indicator--1","pattern":"[domain-name:value='old.example']","valid_until":"2025-01-01T00:00:00Z"},
             {"type":"indicator","id":"indicator--2","pattern":"[domain-name:value='new.example']","valid_until":"2025-12-31T00:00:00Z"}]
            """);

        var run = Read(["old.example", "new.example"], "--intel", file, "--ledger-file", _folder["ledger.json"]);

        Assert.Equal(0, run.ExitStatus);
        Assert.Single(run.Output.Lines, line => line.Contains(" new.example", StringComparison.Ordinal));
        Assert.Single(run.Error.Lines, line => line.Contains("hits of the list feed", StringComparison.Ordinal) && line.EndsWith("of 2 indicators; 1 hits of expired ones raised nothing", StringComparison.Ordinal));
        using var ledger = JsonDocument.Parse(File.ReadAllText(_folder["ledger.json"]));
        var reasons = ledger.RootElement.GetProperty("ledger").GetProperty("reasons");
        Assert.Equal((1, 1), (reasons.GetProperty("intel_hits").GetProperty("feed").GetInt32(), reasons.GetProperty("intel_expired").GetProperty("feed").GetInt32()));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("ecs")]
    [InlineData("csv")]
    [InlineData("cef")]
    public void What_a_list_says_cannot_write_control_characters_or_lines_of_its_own(string format)
    {
        const string Hostile = "\\u001b[31mred\\nwiredns: all is well\\u202e\\u0000";
        var file = _folder.Write("feed.json", $$"""
            [{"type":"indicator","id":"indicator--{{Hostile}}","name":"{{Hostile}}","labels":["{{Hostile}}"],"pattern":"[domain-name:value='a.example']"},
             {"type":"indicator","id":"x","pattern":"[domain-name:value='{{Hostile}}']"}]
            """);

        var run = Read(["a.example"], "--intel", file, "--format", format, "-v");

        Assert.Equal(0, run.ExitStatus);
        Assert.NotEmpty(run.Output.Lines);
        foreach (var text in new[] { run.Output.Text, run.Error.Text })
        {
            Assert.DoesNotContain(text, character => (char.IsControl(character) && character is not ('\n' or '\r')) || character == '\u202e');
            Assert.DoesNotContain("\nwiredns: all is well", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_is_not_there_ends_the_run_before_it_starts()
    {
        var run = Read(["a.example"], "--intel", _folder["missing.txt"]);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal($"wiredns: {_folder["missing.txt"]}: there is no such file of indicators", run.Error.Lines[^1]);
    }

    public void Dispose() => _folder.Dispose();

    private ProgramResult Read(IEnumerable<string> names, params string[] arguments)
    {
        var capture = new LookupCapture();
        foreach (var name in names)
        {
            capture.Wait(1).Query(10, name);
        }

        return Product.Run(["read", _folder.Write("capture.pcap", capture.Bytes), .. arguments]);
    }
}
