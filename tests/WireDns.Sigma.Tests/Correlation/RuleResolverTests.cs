using WireDns.Sigma.Rules;
using static WireDns.Sigma.Tests.Correlation.CorrelationText;

namespace WireDns.Sigma.Tests.Correlation;

public sealed class RuleResolverTests
{
    private static readonly string[] Count = ["type: event_count", "timespan: 1m", "condition: {gte: 2}"];

    [Fact]
    public void Finds_rules_by_id_and_name_in_any_file_and_order()
    {
        var byId = Rule("b").Replace("title", "id: 929A690E-bef0-4204-a928-ef5e620d6fcc\ntitle", StringComparison.Ordinal);
        var resolved = Load(Correlate("c", [.. Count, "rules: [a, 929a690e-bef0-4204-a928-ef5e620d6fcc]"]), Rule("a") + byId);
        Assert.Equal(["rule a", "rule b"], Assert.Single(resolved.Correlations).Sources.Select(source => source.Document.Title));
    }

    [Fact]
    public void Puts_a_correlation_after_those_that_it_refers_to()
    {
        var resolved = Load(
            Correlate("outer", [.. Count, "rules: [inner, a]"]) + Correlate("inner", [.. Count, "rules: [a]"]) + Rule("a"));
        Assert.Equal(["inner", "outer"], resolved.Correlations.Select(correlation => correlation.Rule.Name));
        Assert.Same(resolved.Correlations[0], resolved.Correlations[1].Sources[0].Correlation);
        Assert.Equal("rule a", Assert.Single(resolved.Correlations[1].BaseRules).Title);
    }

    [Fact]
    public void Silences_what_only_serves_a_correlation()
    {
        var resolved = Load(
            Rule("a") + Rule("b") + Rule("loud")
            + Correlate("inner", [.. Count, "rules: [a]"])
            + Correlate("outer", [.. Count, "rules: [inner, b]"])
            + Correlate("other", [.. Count, "rules: [b, loud]", "generate: true"]));
        Assert.Equal([true, true, false], resolved.Rules.Select(rule => rule.IsSilent));
        Assert.Equal([true, false, false], resolved.Correlations.Select(correlation => correlation.Rule.IsSilent));
    }

    [Fact]
    public void Silences_the_rules_of_a_correlation_that_was_rejected()
    {
        var resolved = Resolve(Rule("every_query") + Correlate("c", "type: event_count", "rules: [every_query]", "timespan: 1", "condition: {gte: 2}"));
        Assert.Empty(resolved.Correlations);
        Assert.True(Assert.Single(resolved.Rules).IsSilent);
    }

    [Fact]
    public void Rejects_a_reference_to_nothing_with_what_may_be_meant()
    {
        var found = Diagnose(Rule("failed_login") + Correlate("c", [.. Count, "rules:", "  - failed_logon"]));
        var error = Assert.Single(found);
        Assert.Equal(("unknown-rule", DiagnosticSeverity.Error, 15, 7), (error.Id, error.Severity, error.Line, error.Column));
        Assert.Equal("did you mean 'failed_login'?", error.Suggestion);
        Assert.Equal("- failed_logon", error.SourceLine?.Trim());
    }

    [Fact]
    public void Prefers_a_name_of_the_same_file_and_rejects_one_that_is_given_twice()
    {
        var correlation = Correlate("c", [.. Count, "rules: [a]"]);
        Assert.Equal("2.yml", Assert.Single(Load(Rule("a"), Rule("a") + correlation, Rule("a")).Correlations).Sources[0].Document.File);
        Assert.Equal("ambiguous-rule", Assert.Single(Diagnose(Rule("a"), Rule("a"), correlation)).Id);
    }

    [Theory]
    [InlineData("c: c", Label = "itself")]
    [InlineData("c: d; d: c", Label = "a ring of two")]
    [InlineData("c: a d; d: e; e: c", Label = "a ring of three after a rule")]
    public void Rejects_correlations_that_lead_back_to_themselves(string graph)
    {
        var text = Rule("a") + string.Concat(graph.Split("; ").Select(entry => entry.Split(": "))
            .Select(entry => Correlate(entry[0], [.. Count, $"rules: [{entry[1].Replace(" ", ", ", StringComparison.Ordinal)}]"])));
        Assert.Contains(Diagnose(text), diagnostic => diagnostic.Id == "correlation-cycle");
        Assert.Empty(Resolve(text).Correlations);
    }

    [Fact]
    public void Rejects_a_chain_that_is_too_long_from_whichever_end_it_is_read()
    {
        var chain = Enumerable.Range(0, 20).Select(i => Correlate($"c{i}", [.. Count, $"rules: [{(i == 0 ? "a" : $"c{i - 1}")}]"])).ToList();
        Assert.Contains(Diagnose(Rule("a") + string.Concat(chain)), diagnostic => diagnostic.Id == "correlation-too-deep");
        chain.Reverse();
        Assert.Contains(Diagnose(Rule("a") + string.Concat(chain)), diagnostic => diagnostic.Id == "correlation-too-deep");
    }

    [Fact]
    public void Rejects_an_alias_that_leaves_a_rule_out_and_warns_of_one_that_is_not_used()
    {
        string[] lines = [.. Count, "rules: [a, b]", "aliases: {who: {a: x}}"];
        Assert.Equal(["correlation-alias"], Diagnose(Rule("a") + Rule("b") + Correlate("c", [.. lines, "group-by: [who]"])).Select(d => d.Id));
        var unused = Diagnose(Rule("a") + Rule("b") + Correlate("c", [.. Count, "rules: [a, b]", "aliases: {who: {a: x, b: y}}"]));
        Assert.Equal(("unused-alias", DiagnosticSeverity.Warning), (Assert.Single(unused).Id, unused[0].Severity));
    }
}
