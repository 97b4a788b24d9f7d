using WireDns.Sigma.Correlation;
using WireDns.Sigma.Rules;
using static WireDns.Sigma.Tests.Correlation.CorrelationText;

namespace WireDns.Sigma.Tests.Correlation;

public sealed class CorrelationReaderTests
{
    [Fact]
    public void Reads_everything_that_a_correlation_says()
    {
        const string Text = """
            title: Many failed, then one succeeded
            id: b180ead8-d58f-40b2-ae54-c8940995b9b6
            status: experimental
            level: high
            tags: [attack.t1110]
            falsepositives: [Unlikely]
            generate: true
            correlation:
              type: value_count
              rules: [failed, other]
              group-by: [who, Host]
              timespan: 90m
              aliases:
                who:
                  failed: User
                  other: Account
              condition:
                field: [Source, Port]
                gt: 100
                lte: 200
            """;
        var rule = Assert.Single(Load($"{Rule("failed")}{Rule("other")}{Text}").Correlations).Rule;
        Assert.Equal(CorrelationType.ValueCount, rule.Type);
        Assert.Equal(["failed", "other"], rule.Rules.Select(reference => reference.Text));
        Assert.Equal(["who", "Host"], rule.GroupBy);
        Assert.Equal(TimeSpan.FromMinutes(90), rule.Timespan);
        Assert.Equal(["Source", "Port"], rule.Condition.Fields);
        Assert.Equal("gt 100 and lte 200", rule.Condition.ToString());
        Assert.True(rule.Generate);
        Assert.Equal(("high", "experimental", "T1110"), (rule.Level, rule.Status, rule.AttackTechniques[0]));
        Assert.Equal([("failed", "User"), ("other", "Account")], rule.Aliases[0].Targets.Select(target => (target.Rule.Text, target.Field)));
    }

    [Theory]
    [InlineData("event_count", CorrelationType.EventCount)]
    [InlineData("value_count", CorrelationType.ValueCount)]
    [InlineData("temporal", CorrelationType.Temporal)]
    [InlineData("temporal_ordered", CorrelationType.TemporalOrdered)]
    [InlineData("value_sum", CorrelationType.ValueSum)]
    [InlineData("value_avg", CorrelationType.ValueAverage)]
    [InlineData("value_percentile", CorrelationType.ValuePercentile)]
    [InlineData("value_median", CorrelationType.ValueMedian)]
    public void Knows_every_type(string word, CorrelationType type)
    {
        var field = word.StartsWith("value", StringComparison.Ordinal) ? "field: f, " : "";
        var resolved = Load($"{Rule("a")}{Correlate("c", $"type: {word}", "rules: a", "timespan: 1m", $"condition: {{{field}gte: 1}}")}");
        Assert.Equal(type, Assert.Single(resolved.Correlations).Rule.Type);
    }

    [Theory]
    [InlineData("15s", 15)]
    [InlineData("30m", 1800)]
    [InlineData("1h", 3600)]
    [InlineData("7d", 604_800)]
    [InlineData("2w", 1_209_600)]
    [InlineData("1M", 2_629_746)]
    [InlineData("1y", 31_556_952)]
    public void Reads_the_units_of_time(string text, int seconds)
    {
        var resolved = Load($"{Rule("a")}{Correlate("c", "type: event_count", "rules: [a]", $"timespan: {text}", "condition: {gte: 2}")}");
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(resolved.Correlations).Rule.Timespan);
    }

    [Theory]
    [InlineData("90", "correlation-timespan")]
    [InlineData("m", "correlation-timespan")]
    [InlineData("0s", "correlation-timespan")]
    [InlineData("-5m", "correlation-timespan")]
    [InlineData("1 h", "correlation-timespan")]
    [InlineData("1H", "correlation-timespan")]
    [InlineData("1.5h", "correlation-timespan")]
    [InlineData("1h30m", "correlation-timespan")]
    [InlineData("101y", "correlation-timespan")]
    [InlineData("99999999999999999999s", "correlation-timespan")]
    [InlineData("''", "correlation-timespan")]
    [InlineData("[5m]", "correlation-timespan")]
    public void Rejects_what_is_no_time_span(string text, string id)
    {
        var found = Diagnose($"{Rule("a")}{Correlate("c", "type: event_count", "rules: [a]", $"timespan: {text}", "condition: {gte: 2}")}");
        Assert.Equal(id, Assert.Single(found).Id);
    }

    [Theory]
    [InlineData("rules: [a]; timespan: 1m; condition: {gte: 2}", "correlation-type", 9, 3, Label = "no type")]
    [InlineData("type: events_count; rules: [a]; timespan: 1m; condition: {gte: 2}", "correlation-type", 9, 9, Label = "an unknown type")]
    [InlineData("type: event_count; timespan: 1m; condition: {gte: 2}", "correlation-rules", 9, 3, Label = "no rules")]
    [InlineData("type: event_count; rules: []; timespan: 1m; condition: {gte: 2}", "correlation-rules", 10, 10, Label = "an empty list of rules")]
    [InlineData("type: event_count; rules: {a: b}; timespan: 1m; condition: {gte: 2}", "correlation-rules", 10, 10, Label = "a map as rules")]
    [InlineData("type: event_count; rules: [a, a]; timespan: 1m; condition: {gte: 2}", "duplicate-reference", 10, 14, Label = "the same rule twice")]
    [InlineData("type: event_count; rules: [a]; group-by: [[x]]; timespan: 1m; condition: {gte: 2}", "correlation-group-by", 11, 14, Label = "a list in group-by")]
    [InlineData("type: event_count; rules: [a]; groupby: [x]; timespan: 1m; condition: {gte: 2}", "correlation-key", 11, 3, Label = "a misspelt key")]
    [InlineData("type: event_count; rules: [a]; condition: {gte: 2}", "correlation-timespan", 9, 3, Label = "no time span")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m", "correlation-condition", 9, 3, Label = "no condition")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; condition: a and b", "correlation-condition", 12, 14, Label = "a condition as text")]
    [InlineData("type: temporal; rules: [a]; timespan: 1m; condition: a", "correlation-condition", 12, 14, Label = "an expression of rules")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; condition: {ge: 2}", "correlation-condition", 12, 15, Label = "an unknown operator")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; condition: {}", "correlation-condition", 12, 14, Label = "no operator")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; condition: {gte: '2'}", "correlation-condition", 12, 20, Label = "a text as a number")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; condition: {lt: 1}", "correlation-condition", 12, 14, Label = "a count never reached")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; condition: {gt: 5, lt: 6}", "correlation-condition", 12, 14, Label = "an empty range")]
    [InlineData("type: temporal; rules: [a]; timespan: 1m; condition: {gte: 2}", "correlation-condition", 12, 14, Label = "more rules than there are")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; condition: {gte: 100001}", "correlation-count-too-large", 12, 20, Label = "a count too large")]
    [InlineData("type: value_count; rules: [a]; timespan: 1m; condition: {gte: 2}", "correlation-field", 12, 14, Label = "no field")]
    [InlineData("type: value_sum; rules: [a]; timespan: 1m; condition: {gte: 2, field: [x, y]}", "correlation-field", 12, 30, Label = "two fields for a sum")]
    [InlineData("type: value_percentile; rules: [a]; timespan: 1m; condition: {gte: 2, field: x, percentile: 101}", "correlation-percentile", 12, 45, Label = "a percentile past 100")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; generate: maybe; condition: {gte: 2}", "correlation-generate", 12, 13, Label = "generate as text")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; group-by: [x]; aliases: {x: y}; condition: {gte: 2}", "correlation-alias", 13, 16, Label = "an alias without rules")]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; group-by: [x]; aliases: {x: {b: y}}; condition: {gte: 2}", "correlation-alias", 13, 17, Label = "an alias for no rule of it")]
    public void Says_what_is_wrong_and_where(string lines, string id, int line, int column)
    {
        var file = Rule("a") + Correlate("c", lines.Split("; "));
        var error = Diagnose(file)[0];
        Assert.Equal((DiagnosticSeverity.Error, id, line + 2, column), (error.Severity, error.Id, error.Line, error.Column));
        Assert.NotNull(error.SourceLine);
        Assert.Empty(Resolve(file).Correlations);
    }

    [Fact]
    public void Reports_everything_that_is_wrong_with_one_correlation()
    {
        var found = Diagnose(Correlate("c", "type: count", "rules: []", "group_by: [x]", "timespan: 1"));
        Assert.Equal(
            ["correlation-key", "correlation-type", "correlation-rules", "correlation-timespan"], found.Select(diagnostic => diagnostic.Id));
        Assert.Equal("did you mean 'group-by'?", found[0].Suggestion);
    }

    [Theory]
    [InlineData("type: event_count; rules: [a]; timespan: 1m; condition: {gte: 2, field: x}", Label = "field")]
    [InlineData("type: value_median; rules: [a]; timespan: 1m; condition: {gte: 2, field: x, percentile: 5}", Label = "percentile")]
    public void Warns_of_what_has_no_meaning_for_the_type(string lines)
    {
        var file = Rule("a") + Correlate("c", lines.Split("; "));
        Assert.Equal("correlation-field-ignored", Assert.Single(Diagnose(file)).Id);
        Assert.Single(Resolve(file).Correlations);
    }
}
