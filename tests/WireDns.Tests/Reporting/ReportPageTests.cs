using System.Globalization;
using WireDns.Tests.Running;

namespace WireDns.Tests.Reporting;

/// <summary>The page of <c>wiredns report</c> in a real browser: for everyone to use, quick with many alerts, and safe whatever a capture holds.</summary>
public sealed class ReportPageTests : IDisposable
{
    // Marks the start of markup, scripts, entities, templates; turns the direction of writing around.
    private const string Hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&lt;'\"`${alert(3)}{{data}}\\u202e";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nobody_is_shut_out_in_light_in_dark_or_on_a_phone()
    {
        BrowserRun.Require();
        var page = Report([TestPaths.Captures], TestPaths.AllRules);
        Assert.Empty(BrowserRun.Check("axe", page).Texts("violations"));
    }

    [Fact]
    public void Filter_order_pages_details_export_and_keyboard_work()
    {
        BrowserRun.Require();
        var capture = new LookupCapture();
        for (var i = 0; i < 60; i++)
        {
            capture.Wait(1).Lookup((byte)(i % 2 == 0 ? 9 : 100), string.Create(CultureInfo.InvariantCulture, $"name-{i}.evil{i}.example"), "192.0.2.200");
        }

        capture.Wait(1).Query(9, "=name.evil0.example").Query(9, "other.bad.example");
        var rules = _folder.Write("r.yml", Rule("Evil", "evil", "high") + "\n---\n" + Rule("Bad", "other.bad", "low"));
        var seen = BrowserRun.Check("use", Report([_folder.Write("a.pcap", capture.Bytes)], rules));

        Assert.Empty(seen.Texts("faults"));
        Assert.Equal("62 alerts in 61 groups, page 1 of 2", seen.GetProperty("all").GetString());
        Assert.Equal(50, seen.GetProperty("rows").GetInt32());
        Assert.Equal("1 alert in 1 group", seen.GetProperty("searched").GetString());
        Assert.Equal(["evil7.example"], seen.Texts("found"));
        Assert.Equal(seen.GetProperty("all").GetString(), seen.GetProperty("cleared").GetString());
        Assert.Equal(["high"], seen.Texts("ofLevel"));
        Assert.Equal(
            """[[["client ascending"],"192.0.2.9","client"],[["client descending"],"192.0.2.100","client"],[["alerts ascending"],"2","count"]]""",
            seen.GetProperty("sorts").GetRawText());
        Assert.Equal("62 alerts in 61 groups, page 2 of 2", seen.GetProperty("second").GetString());
        Assert.Equal("First", seen.GetProperty("focusAfterPage").GetString());

        Assert.Equal("Skip to the findings", seen.GetProperty("firstStop").GetString());
        Assert.Equal("open", seen.GetProperty("rowStop").GetString());
        Assert.Equal("true", seen.GetProperty("expanded").GetString());
        var detail = seen.GetProperty("detail").GetString()!;
        Assert.Contains("query|contains: evil", detail, StringComparison.Ordinal);
        Assert.Contains("192.0.2.200", detail, StringComparison.Ordinal);
        Assert.Contains("Response: packet 2", detail, StringComparison.Ordinal);
        Assert.Contains(seen.Texts("marked"), text => text.StartsWith("06 6e 61 6d", StringComparison.Ordinal));
        Assert.Equal(0, seen.GetProperty("closed").GetInt32());

        var lines = seen.GetProperty("csv").GetString()!.TrimEnd().Split("\r\n");
        Assert.Equal(63, lines.Length);
        Assert.Equal("time,level,rule,rule_id,client,server,transport,message,type,name,registered_domain,file,packet,alert_id", lines[0]);
        Assert.Single(lines, line => line.Contains(",'=name.evil0.example,", StringComparison.Ordinal));
        var headings = seen.GetProperty("headings").EnumerateArray().Select(level => level.GetInt32()).ToList();
        Assert.Equal(1, headings[0]);
        Assert.All(headings.Zip(headings.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1, $"h{pair.Second} after h{pair.First}"));
    }

    [Fact]
    public void Hostile_names_rules_and_files_stay_text()
    {
        BrowserRun.Require();
        var capture = new LookupCapture()
            .Query(1, "<script>alert(1)</script>.evil.example").Query(1, "</script><img src=x onerror=alert(2)>.evil2.example")
            .Query(2, "javascript:alert(3).evil3.example").Query(3, "\"onmouseover=\"alert(4).evil4.example");
        var rule = Rule("\"" + Hostile.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"", "evil", "high")
            + "\ndescription: \"<svg onload=alert(5)>\"\nreferences: ['javascript:alert(6)']\nfalsepositives: ['<iframe src=//x.example>']\nauthor: '<b>'\n";
        var file = _folder.Write("<img src=x onerror=alert(7)>\u202e.pcap".Replace('/', '_'), capture.Bytes);
        var seen = BrowserRun.Check("hostile", Report([file], _folder.Write("r.yml", rule), "--title", "</title><script>alert(8)</script>"));

        Assert.Equal(4, seen.GetProperty("rows").GetInt32());
        AssertHarmless(seen);
    }

    [Fact]
    public void Torture_captures_stay_text()
    {
        BrowserRun.Require();
        var rule = """
            title: Everything
            logsource: {category: dns}
            detection: {selection: {query|re: '.*'}, condition: selection}
            level: low
            """;
        var seen = BrowserRun.Check("hostile", Report([Path.Combine(TestPaths.Captures, "torture")], _folder.Write("r.yml", rule)));

        Assert.InRange(seen.GetProperty("rows").GetInt32(), 20, 50);
        AssertHarmless(seen);
    }

    [Fact]
    public void A_hundred_thousand_alerts_open_within_three_seconds()
    {
        BrowserRun.Require();
        var capture = new LookupCapture();
        for (var i = 0; i < 100_000; i++)
        {
            capture.Query((byte)(i % 250), string.Create(CultureInfo.InvariantCulture, $"name-{i}.evil{i}.example"));
            capture.Wait(0.001);
        }

        var page = Report([_folder.Write("a.pcap", capture.Bytes)], _folder.Write("r.yml", Rule("Evil", "evil", "high")));
        var seen = BrowserRun.Check("speed", page);

        Assert.Empty(seen.Texts("faults"));
        Assert.StartsWith("100,000 alerts in 100,000 groups", seen.GetProperty("before").GetString(), StringComparison.Ordinal);
        Assert.Equal("1 alert in 1 group", seen.GetProperty("after").GetString());
        Assert.InRange(seen.GetProperty("opened").GetDouble(), 0, 3000);
        Assert.InRange(seen.GetProperty("answered").GetDouble(), 0, 3000);
        TestContext.Current.SendDiagnosticMessage($"{new FileInfo(page).Length} octets, opened in {seen.GetProperty("opened")} ms, searched in {seen.GetProperty("answered")} ms");
    }

    private static void AssertHarmless(System.Text.Json.JsonElement seen)
    {
        Assert.Empty(seen.Texts("faults"));
        Assert.All(seen.Texts("foreign"), element => Assert.StartsWith("<script>\n\"use strict\"", element.Replace("<script>\"", "<script>\n\"", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Equal(0, seen.GetProperty("controls").GetInt32());
    }

    private static string Rule(string title, string value, string level) => $$"""
        title: {{title}}
        logsource: {category: dns}
        detection: {selection: {query|contains: '{{value}}'}, condition: selection}
        level: {{level}}
        """;

    private string Report(string[] captures, string rules, params string[] arguments)
    {
        var run = Product.Run(["report", .. captures, "-r", rules, "-o", _folder["report.html"], "-q", .. arguments]);
        Assert.InRange(run.ExitStatus, 0, 1);
        return _folder["report.html"];
    }
}
