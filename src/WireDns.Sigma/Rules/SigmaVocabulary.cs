namespace WireDns.Sigma.Rules;

/// <summary>The words of the specification that the parser knows, for tools that list them.</summary>
public static class SigmaVocabulary
{
    /// <summary>The names of the modifiers, in ordinal order.</summary>
    public static IReadOnlyList<string> Modifiers { get; } = [.. ModifierNames.All.Order(StringComparer.Ordinal)];

    /// <summary>The words for the status of a rule.</summary>
    public static IReadOnlyList<string> Statuses { get; } = ["stable", "test", "experimental", "deprecated", "unsupported"];

    /// <summary>The words for the level of a rule, the lowest first.</summary>
    public static IReadOnlyList<string> Levels { get; } = ["informational", "low", "medium", "high", "critical"];

    /// <summary>The ways in which one rule is related to another.</summary>
    public static IReadOnlyList<string> RelatedTypes { get; } = ["derived", "obsolete", "merged", "renamed", "similar", "correlation"];

    /// <summary>The types of correlations.</summary>
    public static IReadOnlyList<string> CorrelationTypes { get; } = [.. CorrelationWords.Types];

    /// <summary>The comparisons of a correlation's condition.</summary>
    public static IReadOnlyList<string> CorrelationOperators { get; } = [.. CorrelationWords.Operators];
}
