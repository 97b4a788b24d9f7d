using WireDns.Sigma.Correlation;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>What a correlation looks for, in words.</summary>
internal sealed class CorrelationText(ReportWriter writer)
{
    /// <summary>Writes the correlation.</summary>
    public void Write(ResolvedCorrelation correlation)
    {
        var rule = correlation.Rule;
        writer.Label("fires when", new Part($"{Subject(rule)} {Comparison(rule)}", Style.Value));
        writer.Label("within", rule.TimespanText);
        writer.Label("for each", rule.GroupBy.Count == 0 ? "network: all events are one group" : string.Join(", ", rule.GroupBy));
        writer.Label("as written", new Part($"{rule.TypeText}, {rule.Condition}", Style.Faint));
        writer.Line();
        writer.Line("  of the events of");
        foreach (var source in correlation.Sources)
        {
            writer.Line(
                "    ", new Part(source.Document.Title, Style.Value),
                new Part($"  {source.Document.File}:{source.Document.Position.Line}", Style.Faint));
        }

        foreach (var alias in rule.Aliases)
        {
            writer.Line($"  {alias.Name} is {string.Join(", ", alias.Targets.Select(target => $"{target.Field} in {target.Rule.Text}"))}");
        }
    }

    private static string Subject(CorrelationRule rule)
    {
        var fields = string.Join(" with ", rule.Condition.Fields);
        return rule.Type switch
        {
            CorrelationType.EventCount => "the number of events",
            CorrelationType.ValueCount => $"the number of different values of {fields}",
            CorrelationType.Temporal => "the number of rules that matched",
            CorrelationType.TemporalOrdered => "the number of rules that matched in the order of the list",
            CorrelationType.ValueSum => $"the sum of {fields}",
            CorrelationType.ValueAverage => $"the mean of {fields}",
            CorrelationType.ValueMedian => $"the median of {fields}",
            _ => $"percentile {rule.Condition.Percentile.ToString(System.Globalization.CultureInfo.InvariantCulture)} of {fields}",
        };
    }

    private static string Comparison(CorrelationRule rule) => string.Join(" and ", rule.Condition.Thresholds.Select(threshold => threshold.Operator switch
    {
        CorrelationOperator.Greater => $"is greater than {threshold.Number}",
        CorrelationOperator.GreaterOrEqual => $"is at least {threshold.Number}",
        CorrelationOperator.Less => $"is less than {threshold.Number}",
        CorrelationOperator.LessOrEqual => $"is at most {threshold.Number}",
        CorrelationOperator.Equal => $"is {threshold.Number}",
        _ => $"is not {threshold.Number}",
    }));
}
