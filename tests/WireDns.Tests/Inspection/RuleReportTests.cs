using WireDns.Detection.Rules;

namespace WireDns.Tests.Inspection;

public sealed class RuleReportTests
{
    private const string Capture = "3cx-beacon.pcapng";
    private const int Query = 176;
    private const int Response = 177;

    [Fact]
    public void Underlines_what_matched_in_the_value()
    {
        var lines = Report(Query, "selection: {QueryName|contains: Storage}").Split('\n');

        var value = Array.FindIndex(lines, line => line == "        value    msstorageazure.com");
        Assert.True(value > 0, string.Join('\n', lines));
        Assert.Equal("                   ^^^^^^^", lines[value + 1]);
        Assert.Equal("        pattern  \"Storage\"", lines[value - 1]);
    }

    [Theory]
    [InlineData("needle", Label = "in the middle of a long name")]
    [InlineData("aaaa.needle.bbbb", Label = "over two dots")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.needle.bbbbb", Label = "longer than the line")]
    [InlineData("bbbb.example", Label = "at the end")]
    [InlineData("start.aaaa", Label = "at the start")]
    public void Carets_stand_under_what_they_mark_on_a_terminal_of_80_columns(string part)
    {
        using var folder = new Running.TemporaryFolder();
        var name = $"start.{new string('a', 60)}.needle.{new string('b', 60)}.example";
        var capture = folder.Write("long.pcap", new LookupCapture().Query(0, DnsBytes.Query(name)).Bytes);

        var lines = InspectionRun.Report(capture, 1, InspectionRun.Rules(Rule($"selection: {{query|contains: '{part}'}}", "selection"))).Split('\n');

        var carets = Array.FindIndex(lines, line => line.EndsWith('^'));
        var (first, last) = (lines[carets].IndexOf('^', StringComparison.Ordinal), lines[carets].Length);
        Assert.InRange(lines[carets - 1].Length, 1, 80);
        Assert.StartsWith(lines[carets - 1][first..last], part, StringComparison.Ordinal);
        Assert.True(last - first == part.Length || lines[carets - 1].EndsWith('…'));
    }

    [Fact]
    public void Says_of_each_selection_whether_it_is_true()
    {
        var report = Report(Query, "a: {QueryName|endswith: .com}\n  b: {QueryName|startswith: www}", "a and not b");

        Assert.Contains("1 of 1 rule matches", report, StringComparison.Ordinal);
        Assert.Contains("    a  true\n      QueryName|endswith  true\n", report, StringComparison.Ordinal);
        Assert.Contains("    b  false\n      QueryName|startswith  false\n        one of   \"www\"\n        message  \"msstorageazure.com\"\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_rules_that_do_not_match_and_shows_them_when_asked()
    {
        var rules = InspectionRun.Rules(Rule("selection: {QueryName: other.example}", "selection"));

        var report = InspectionRun.Report(Capture, Query, rules);
        var verbose = InspectionRun.Report(Capture, Query, rules, isVerbose: true);

        Assert.Contains("0 of 1 rule match  (-v shows why the others do not)", report, StringComparison.Ordinal);
        Assert.DoesNotContain("does not match", report, StringComparison.Ordinal);
        Assert.Contains("✗ does not match  medium  test", verbose, StringComparison.Ordinal);
        Assert.Contains("message  \"msstorageazure.com\"", verbose, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_about_the_response_is_not_asked_about_a_query()
    {
        var rules = InspectionRun.Rules(Rule("selection: {answer: 198.51.100.66}", "selection"));

        Assert.Contains("0 of 0 rules match; 1 more asks for the response alone", InspectionRun.Report(Capture, Query, rules), StringComparison.Ordinal);
        Assert.Contains("1 of 1 rule matches", InspectionRun.Report(Capture, Response, rules), StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_is_missing_is_said_to_be_missing()
    {
        var report = Report(Response, "selection: {answer: null}\n  other: {query: msstorageazure.com}", "selection or other");

        Assert.Contains("answer  false\n        one of   \"null\"\n        message  \"198.51.100.66\"", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Alternatives_are_told_apart()
    {
        var report = Report(Query, "selection:\n    - QueryName: nothing\n      query: nothing\n    - QueryName|contains: storage");

        Assert.Contains("      or  false\n        QueryName  false\n", report, StringComparison.Ordinal);
        Assert.Contains("      or  true\n        QueryName|contains  true\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_that_do_not_run_are_listed_with_their_reason()
    {
        var report = InspectionRun.Report(Capture, Query, InspectionRun.Rules(
            "title: endpoint\nlogsource: {category: dns_query, product: windows}\ndetection:\n  s: {Image: x}\n  condition: s\n",
            "title: web\nlogsource: {category: proxy}\ndetection:\n  s: {c-uri: x}\n  condition: s\n"));

        Assert.Contains("– endpoint: it requires Image, which no wire carries", report, StringComparison.Ordinal);
        Assert.Contains("– web: its log source", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_without_a_sound_question_is_asked_of_no_rule()
    {
        var report = InspectionRun.Report("torture/name_ptr_loop_two.pcap", 1, InspectionRun.Rules(Rule("selection: {query|exists: false}", "selection")));

        Assert.Contains("none is asked: no question of the message is sound", report, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rules_say_of_every_packet_what_the_detector_does()
    {
        var rules = LoadedRules.Load([TestPaths.Rules]);
        var expected = File.ReadLines(Path.Combine(TestPaths.Captures, "3cx-beacon.expected.jsonl"))
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("frame").GetInt64());

        foreach (var frame in expected.Take(12))
        {
            Assert.Contains("1 of 1 rule matches", InspectionRun.Report(Capture, frame, rules), StringComparison.Ordinal);
        }
    }

    private static string Report(int frame, string selections, string condition = "selection") =>
        InspectionRun.Report(Capture, frame, InspectionRun.Rules(Rule(selections, condition)));

    private static string Rule(string selections, string condition) =>
        $"title: test\nlogsource: {{category: dns}}\nlevel: medium\ndetection:\n  {selections}\n  condition: {condition}\n";
}
