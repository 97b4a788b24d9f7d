using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Conformance;
using static WireDns.Sigma.Tests.Correlation.CorrelationText;

namespace WireDns.Sigma.Tests.Correlation;

public sealed class FilterTests
{
    private static string Filter(string rules, string logSource = "category: dns", string condition = "not known") =>
        $"title: known servers\nlogsource: {{{logSource}}}\nfilter:\n  rules: {rules}\n  known: {{host|startswith: srv}}\n  condition: {condition}\n---\n";

    [Fact]
    public void A_filter_is_conjoined_with_the_rules_that_it_names()
    {
        var resolved = Load(Filter("[a]") + Rule("a") + Rule("b"));
        var harness = new RuleHarness(resolved.Rules);
        Assert.Equal([0], harness.Match("{\"kind\":\"a\",\"host\":\"pc1\"}"));
        Assert.Equal([], harness.Match("{\"kind\":\"a\",\"host\":\"SRV1\"}"));
        Assert.Equal([1], harness.Match("{\"kind\":\"b\",\"host\":\"srv1\"}"));
        Assert.Equal("known servers", Assert.Single(Assert.Single(resolved.Filters).Title.Split('\n')));
        Assert.Equal(["kind", "host"], resolved.Rules[0].FieldNames);
        Assert.Single(resolved.Rules[0].Filters);
        Assert.Empty(resolved.Rules[1].Filters);
    }

    [Fact]
    public void A_filter_without_not_narrows_as_the_specification_writes_it()
    {
        var harness = new RuleHarness(Load(Rule("a") + Filter("a", condition: "known")).Rules);
        Assert.Equal([0], harness.Match("{\"kind\":\"a\",\"host\":\"srv1\"}"));
        Assert.Equal([], harness.Match("{\"kind\":\"a\",\"host\":\"pc1\"}"));
    }

    [Fact]
    public void The_conditions_of_a_rule_stay_together_under_a_filter()
    {
        const string Rule = "title: t\nname: a\nlogsource: {category: dns}\ndetection:\n  x: {p: 1}\n  y: {q: 1}\n  condition: x or y\n---\n";
        var harness = new RuleHarness(Load(Rule + Filter("[a]") + Filter("any").Replace("startswith: srv", "contains: db", StringComparison.Ordinal)).Rules);
        Assert.Equal([0], harness.Match("{\"p\":1,\"host\":\"pc\"}"));
        Assert.Equal([], harness.Match("{\"p\":1,\"host\":\"srv\"}"));
        Assert.Equal([], harness.Match("{\"q\":1,\"host\":\"mydb\"}"));
    }

    [Theory]
    [InlineData("category: dns", "category: dns, product: windows", true)]
    [InlineData("category: DNS", "category: dns", true)]
    [InlineData("product: windows", "category: dns, product: windows", true)]
    [InlineData("category: dns, product: windows", "category: dns", false)]
    [InlineData("category: dns, product: linux", "category: dns, product: windows", false)]
    [InlineData("service: dns-server", "category: dns", false)]
    public void Any_means_every_rule_whose_log_source_fits(string filter, string rule, bool fits)
    {
        var resolved = Load(Filter("any", filter) + Rule("a", rule));
        Assert.Equal(fits ? 1 : 0, Assert.Single(resolved.Rules).Filters.Count);
        Assert.Equal(fits ? 1 : 0, resolved.Filters.Count);
    }

    [Fact]
    public void Warns_of_a_named_rule_that_is_absent_a_correlation_or_of_another_log()
    {
        var correlation = Correlate("c", "type: event_count", "rules: [a]", "timespan: 1m", "condition: {gte: 2}");
        var text = Rule("a") + correlation + Rule("b", "category: process_creation") + Filter("[a, c, b, gone]");
        var found = Diagnose(text);
        Assert.Equal(["filter-without-rule", "filter-logsource", "filter-without-rule"], found.Select(diagnostic => diagnostic.Id));
        Assert.All(found, diagnostic => Assert.Equal(DiagnosticSeverity.Warning, diagnostic.Severity));
        Assert.Equal([1, 0], Resolve(text).Rules.Select(rule => rule.Filters.Count));
    }

    [Theory]
    [InlineData("title: f\nlogsource: {category: dns}\nfilter:\n  s: {a: b}\n  condition: s\n", "filter-rules", Label = "no rules")]
    [InlineData("title: f\nlogsource: {category: dns}\nfilter:\n  rules: any\n  s: {a: b}\n", "missing-condition", Label = "no condition")]
    [InlineData("title: f\nfilter:\n  rules: any\n  s: {a: b}\n  condition: s\n", "missing-logsource", Label = "no log source")]
    [InlineData("logsource: {category: dns}\nfilter:\n  rules: any\n  s: {a: b}\n  condition: s\n", "missing-title", Label = "no title")]
    [InlineData("title: f\nlogsource: {category: dns}\nfilter:\n  rules: any\n  s: {a: b}\n  condition: not t\n", "unknown-selection", Label = "an unknown selection")]
    [InlineData("title: f\nlogsource: {category: dns}\nfilter: any\n", "missing-detection", Label = "no map")]
    public void Rejects_a_broken_filter_and_not_the_rules_beside_it(string text, string id)
    {
        Assert.Equal(id, Assert.Single(Diagnose(text)).Id);
        Assert.Empty(Assert.Single(Resolve(text, Rule("a")).Rules).Filters);
    }
}
