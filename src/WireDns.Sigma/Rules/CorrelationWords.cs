using System.Collections.Frozen;

namespace WireDns.Sigma.Rules;

/// <summary>The words of the specification for types, operators and keys.</summary>
internal static class CorrelationWords
{
    public static FrozenDictionary<string, CorrelationType> Types { get; } = new Dictionary<string, CorrelationType>
    {
        ["event_count"] = CorrelationType.EventCount,
        ["value_count"] = CorrelationType.ValueCount,
        ["temporal"] = CorrelationType.Temporal,
        ["temporal_ordered"] = CorrelationType.TemporalOrdered,
        ["value_sum"] = CorrelationType.ValueSum,
        ["value_avg"] = CorrelationType.ValueAverage,
        ["value_percentile"] = CorrelationType.ValuePercentile,
        ["value_median"] = CorrelationType.ValueMedian,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static FrozenDictionary<string, CorrelationOperator> Operators { get; } = new Dictionary<string, CorrelationOperator>
    {
        ["gt"] = CorrelationOperator.Greater,
        ["gte"] = CorrelationOperator.GreaterOrEqual,
        ["lt"] = CorrelationOperator.Less,
        ["lte"] = CorrelationOperator.LessOrEqual,
        ["eq"] = CorrelationOperator.Equal,
        ["neq"] = CorrelationOperator.NotEqual,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static FrozenSet<string> Keys { get; } =
        new[] { "type", "rules", "group-by", "aliases", "timespan", "condition", "generate" }.ToFrozenSet(StringComparer.Ordinal);

    public static string Of(CorrelationType type) => Types.First(entry => entry.Value == type).Key;

    public static string Of(CorrelationOperator comparison) => Operators.First(entry => entry.Value == comparison).Key;
}
