using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Rules;

public sealed class ContentDigestTests
{
    private const string Rule = """
        title: A rule
        id: 11111111-0f57-4c7e-9f0e-2a4c35b0d9a1
        name: one
        logsource: {category: dns}
        detection:
          s: {query|endswith: [.a.example, .b.example], n: 5}
          t: {query: c}
          condition: s and not t
        level: low
        ---
        title: A correlation
        correlation:
          type: value_count
          rules: [one]
          group-by: [client]
          aliases:
            client: {one: src_ip}
          timespan: 5m
          condition: {gte: 3, field: query}
        """;

    [Theory]
    [InlineData("the title", "title: A rule", "title: The rule")]
    [InlineData("the id", "11111111", "22222222")]
    [InlineData("the level", "level: low", "level: high")]
    [InlineData("the names of the selections", "t: {query: c}\n  condition: s and not t", "u: {query: c}\n  condition: s and not u")]
    [InlineData("the place in the file", "title: A rule", "# a remark\n\ntitle:  A rule")]
    [InlineData("the spelling of a time span", "timespan: 5m", "timespan: 300s")]
    [InlineData("the name of an alias", "client", "asker")]
    public void Stays_with_what_is_looked_for(string changed, string before, string after)
    {
        Assert.Contains(before, Rule, StringComparison.Ordinal);
        Assert.True(Digests(Rule) == Digests(Rule.Replace(before, after, StringComparison.Ordinal)), changed);
    }

    [Theory]
    [InlineData("the log source", "category: dns", "category: dns_query")]
    [InlineData("a field", "query|endswith", "answer|endswith")]
    [InlineData("a modifier", "query|endswith", "query|contains")]
    [InlineData("a value", ".b.example", ".d.example")]
    [InlineData("the type of a value", "n: 5}", "n: '5'}")]
    [InlineData("the condition", "s and not t", "s or not t")]
    [InlineData("where one value ends", "[.a.example, .b.example]", "['.a.example, .b.example']")]
    [InlineData("what the condition does not use", "s and not t", "s")]
    public void Changes_with_the_rule_and_with_it_that_of_its_correlation(string changed, string before, string after)
    {
        Assert.Contains(before, Rule, StringComparison.Ordinal);
        var (rule, correlation) = Digests(Rule);
        var (changedRule, changedCorrelation) = Digests(Rule.Replace(before, after, StringComparison.Ordinal));
        Assert.True(rule != changedRule && correlation != changedCorrelation, changed);
    }

    [Theory]
    [InlineData("the type", "type: value_count", "type: event_count")]
    [InlineData("the time span", "timespan: 5m", "timespan: 6m")]
    [InlineData("the number", "gte: 3", "gte: 4")]
    [InlineData("the comparison", "gte: 3", "gt: 3")]
    [InlineData("the field", "field: query", "field: answer")]
    [InlineData("what an alias stands for", "one: src_ip", "one: dst_ip")]
    public void Changes_with_the_correlation(string changed, string before, string after)
    {
        Assert.Contains(before, Rule, StringComparison.Ordinal);
        var (rule, correlation) = Digests(Rule);
        var (sameRule, changedCorrelation) = Digests(Rule.Replace(before, after, StringComparison.Ordinal));
        Assert.True(rule == sameRule && correlation != changedCorrelation, changed);
    }

    [Fact]
    public void Changes_with_a_filter_and_with_the_list_of_a_placeholder()
    {
        const string Filter = "\n---\ntitle: f\nlogsource: {category: dns}\nfilter:\n  rules: any\n  s: {src_ip: 192.0.2.9}\n  condition: not s\n";
        Assert.NotEqual(Digests(Rule), Digests(Rule + Filter));
        Assert.NotEqual(Digests(Rule + Filter), Digests(Rule + Filter.Replace("192.0.2.9", "192.0.2.8", StringComparison.Ordinal)));

        var listed = Rule.Replace("query|endswith: [.a.example, .b.example]", "query|expand: '%names%'", StringComparison.Ordinal);
        Assert.Equal(Digests(listed, "a", "b"), Digests(listed, "a", "b"));
        Assert.NotEqual(Digests(listed, "a", "b"), Digests(listed, "a", "c"));
    }

    [Fact]
    public void Correlations_that_stand_on_the_same_others_are_digested_once_each()
    {
        var text = new StringBuilder(Rule[..Rule.IndexOf("---", StringComparison.Ordinal)]);
        var below = "one";
        for (var layer = 0; layer < 14; layer++)
        {
            var names = Enumerable.Range(0, 8).Select(i => $"c{layer}_{i}").ToList();
            foreach (var name in names)
            {
                text.Append($"---\ntitle: {name}\nname: {name}\ncorrelation:\n  type: temporal\n  rules: [{below}]\n  timespan: 5m\n  condition: {{gte: 1}}\n");
            }

            below = string.Join(", ", names);
        }

        var resolved = RuleResolver.Resolve([new SigmaRuleParser().Parse("rules.yml", text.ToString())]);
        Assert.Equal(14 * 8, resolved.Correlations.Count);
        Assert.Equal(14, resolved.Correlations.Select(correlation => correlation.Digest).Distinct().Count());
    }

    private static (UInt128 Rule, UInt128 Correlation) Digests(string text, params string[] names)
    {
        var placeholders = new SigmaPlaceholders();
        placeholders.Add("names", names);
        var parsed = new SigmaRuleParser(new SigmaParserOptions { Placeholders = placeholders }).Parse("rules.yml", text);
        Assert.DoesNotContain(parsed.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        var resolved = RuleResolver.Resolve([parsed]);
        return (resolved.Rules[0].Digest, resolved.Correlations[0].Digest);
    }
}
