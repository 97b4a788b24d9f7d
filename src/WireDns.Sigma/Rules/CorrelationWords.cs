namespace WireDns.Sigma.Rules;

/// <summary>The words of the specification for types, operators and keys.</summary>
internal static class CorrelationWords
{
    /// <summary>The types, in the order of <see cref="CorrelationType"/>.</summary>
    public static IReadOnlyList<string> Types => TypeWords;

    /// <summary>The operators, in the order of <see cref="CorrelationOperator"/>.</summary>
    public static IReadOnlyList<string> Operators => OperatorWords;

    /// <summary>The keys under correlation.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["type", "rules", "group-by", "aliases", "timespan", "condition", "generate"];

    private static readonly string[] TypeWords =
        ["event_count", "value_count", "temporal", "temporal_ordered", "value_sum", "value_avg", "value_percentile", "value_median"];

    private static readonly string[] OperatorWords = ["gt", "gte", "lt", "lte", "eq", "neq"];

    public static string Of(CorrelationType type) => TypeWords[(int)type];

    public static string Of(CorrelationOperator comparison) => OperatorWords[(int)comparison];

    public static bool TryGet(string word, out CorrelationType type)
    {
        var place = Array.IndexOf(TypeWords, word);
        type = (CorrelationType)place;
        return place >= 0;
    }

    public static bool TryGet(string word, out CorrelationOperator comparison)
    {
        var place = Array.IndexOf(OperatorWords, word);
        comparison = (CorrelationOperator)place;
        return place >= 0;
    }
}
