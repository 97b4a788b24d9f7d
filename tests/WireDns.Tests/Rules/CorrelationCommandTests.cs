using System.Text.Json;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary>What the commands about rules do with correlations and filters.</summary>
public sealed class CorrelationCommandTests : IDisposable
{
    private const string CorrelationId = "00000000-0000-4000-8000-00000000c0de";

    private static readonly string Correlation = $"""
        title: Three lookups
        id: {CorrelationId}
        level: high
        tags: [attack.t1071.004]
        correlation:
            type: event_count
            rules: [{SampleRules.OtherId}]
            group-by: [src_ip]
            timespan: 10s
            condition:
                gte: 3
        """;

    private const string Filter = """
        title: Not the scanner
        logsource: {category: dns}
        filter:
            rules: any
            scanner:
                src_ip: 192.0.2.99
            condition: not scanner
        """;

    private readonly TemporaryFolder _folder = new();

    public CorrelationCommandTests()
    {
        _folder.Write("rule.yml", SampleRules.Sound());
        _folder.Write("correlation.yml", Correlation);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Match_evaluates_correlations_by_the_time_of_the_events()
    {
        var events = _folder.Write("events.jsonl", string.Join('\n',
            Event(0, "a"), Event(5, "a"), Event(6, "b"), Event(10, "a"), Event(11, "a"), Event(30, "a"), """{"t": 31, "src_ip": "a", "query": "x"}"""));
        var run = Product.Run("rules", "match", _folder.Path, "--events", events, "--timestamp", "t");

        Assert.Equal(0, run.ExitStatus);
        Assert.Empty(run.Error.Lines);
        Assert.Equal([Hit(CorrelationId, 3)], run.Output.Lines);
    }

    [Fact]
    public void Match_without_a_time_leaves_correlations_out_and_says_so()
    {
        var events = _folder.Write("events.jsonl", string.Join('\n', Event(0, "a"), Event(1, "a"), Event(2, "a")));
        var run = Product.Run("rules", "match", _folder.Path, "--events", events);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("wiredns: 1 correlations are left out: --timestamp FIELD says when an event was", Assert.Single(run.Error.Lines));
        Assert.Equal([Hit(SampleRules.OtherId, 0), Hit(SampleRules.OtherId, 1), Hit(SampleRules.OtherId, 2)], run.Output.Lines);
    }

    [Fact]
    public void Match_says_how_many_events_have_no_time()
    {
        var events = _folder.Write("events.jsonl", """{"query": "msstorageazure.com"}""");
        var run = Product.Run("rules", "match", _folder.Path, "--events", events, "--timestamp", "t");

        Assert.Equal(1, run.ExitStatus);
        Assert.StartsWith("wiredns: 1 events that correlations take have no time", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_list_and_coverage_count_them()
    {
        _folder.Write("filter.yml", Filter);
        var check = Product.Run("rules", "check", _folder.Path);
        var json = JsonDocument.Parse(Product.Run("rules", "check", _folder.Path, "--json").Output.Text).RootElement;
        var list = Product.Run("rules", "list", _folder.Path, "--tag", "t1071");
        var coverage = JsonDocument.Parse(Product.Run("rules", "coverage", _folder.Path, "-f", "json").Output.Text).RootElement;

        Assert.Equal(
            ["1 of 1 correlations that loaded would run; 1 filters apply", "1 of 1 rules that loaded would run; 0 errors, 0 warnings"], check.Output.Lines);
        Assert.Equal((2, 1, 1), (json.GetProperty("rules").GetProperty("full").GetInt32(), json.GetProperty("correlations").GetInt32(), json.GetProperty("filters").GetInt32()));
        Assert.Contains("Three lookups", list.Output.Lines[1], StringComparison.Ordinal);
        Assert.Equal(2, coverage.GetProperty("live").GetProperty("full").GetInt32());
    }

    [Fact]
    public void Show_knows_a_rule_by_the_name_that_correlations_refer_to()
    {
        var run = Product.Run("rules", "show", "wiredns_null_lookup", "-r", TestPaths.AllRules);

        Assert.Equal(0, run.ExitStatus);
        Assert.Contains("DNS Lookup Of A NULL Record", run.Output.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Show_spells_a_correlation_out()
    {
        var run = Product.Run("rules", "show", CorrelationId, "-r", _folder.Path);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("HIGH  Three lookups", run.Output.Lines[0]);
        Assert.Contains("  fires when  the number of events is at least 3", run.Output.Lines);
        Assert.Contains("  within      10s", run.Output.Lines);
        Assert.Contains("  for each    src_ip", run.Output.Lines);
        Assert.Contains(run.Output.Lines, line => line.StartsWith("    A sound rule", StringComparison.Ordinal));
    }

    [Fact]
    public void Show_says_what_a_filter_adds_and_that_a_rule_raises_nothing_by_itself()
    {
        _folder.Write("filter.yml", Filter);
        var run = Product.Run("rules", "show", SampleRules.OtherId, "-r", _folder.Path);

        Assert.Contains("  alerts      none by itself: it serves correlations", run.Output.Lines);
        Assert.Contains("  matches if  selection or exact", run.Output.Lines);
        Assert.Contains("  and, by the filter 'Not the scanner', not scanner", run.Output.Lines);
        Assert.Contains("    the client's address (src_ip) is '192.0.2.99'", run.Output.Lines);
    }

    [Fact]
    public void Convert_refuses_a_correlation_and_carries_a_filtered_rule_with_a_warning()
    {
        _folder.Write("filter.yml", Filter);
        var run = Product.Run("rules", "convert", _folder.Path, "--to", "domains");

        Assert.Equal(0, run.ExitStatus);
        Assert.Contains($"{_folder["correlation.yml"]}: not carried: it is a correlation, which counts events", run.Error.Lines);
        Assert.Contains(run.Error.Lines, line => line.Contains("the filter scanner is not carried", StringComparison.Ordinal));
        Assert.Equal("msstorageazure.com", run.Output.Lines[^1]);
    }

    [Fact]
    public void Tests_of_events_and_of_captures_see_correlations()
    {
        var run = Product.Run("rules", "test", _folder.Write("a.test.yml", $$"""
            rules: [rule.yml, correlation.yml]
            cases:
              - name: events
                timestamp: t
                events:
                  - {t: '2026-11-24T00:00:00Z', src_ip: a, query: msstorageazure.com}
                  - {t: '2026-11-24T00:00:09Z', src_ip: a, query: msstorageazure.com}
                  - {t: '2026-11-24T00:00:10Z', src_ip: a, query: msstorageazure.com}
                expect: {Three lookups: [2]}
              - name: a capture
                capture: {{SampleCaptures.Beacon}}
                expect: {Three lookups: '>= 1', rule.yml: 0}
            """));

        Assert.Equal(["passed  events", "passed  a capture"], run.Output.Lines.SkipLast(1).Select(line => line[..line.IndexOf("  (", StringComparison.Ordinal)]));
        Assert.Equal(0, run.ExitStatus);
    }

    [Fact]
    public void A_placeholder_gets_its_values_in_each_command()
    {
        var rule = _folder.Write("placeholder.yml", RuleText.Of("s:\n    query|expand: '%bad%'\ncondition: s", "Listed"));
        var values = "bad=" + _folder.Write("list.txt", "evil.example\n");
        var events = _folder.Write("events.jsonl", """{"query": "evil.example"}""");

        Assert.Equal(2, Product.Run("rules", "check", rule).ExitStatus);
        Assert.Equal(0, Product.Run("rules", "check", rule, "--placeholder", values).ExitStatus);
        Assert.Contains("full", Product.Run("rules", "list", rule, "--placeholder", values).Output.Lines[1], StringComparison.Ordinal);
        Assert.Contains("(from a list that the user gives)", Product.Run("rules", "show", rule, "--placeholder", values).Output.Text, StringComparison.Ordinal);
        Assert.Equal([Hit("Listed", 0)], Product.Run("rules", "match", rule, "--placeholder", values, "-e", events).Output.Lines);
        Assert.Equal("0.0.0.0 evil.example", Product.Run("rules", "convert", rule, "--placeholder", values, "-t", "hosts").Output.Lines[^1]);
    }

    private static string Event(int second, string client) => $$"""{"t": {{second}}, "src_ip": "{{client}}", "query": "msstorageazure.com"}""";

    private static string Hit(string rule, int line) => $$"""{"rule": "{{rule}}", "event": {{line}}}""";
}
