namespace WireDns.Sigma.Rules;

/// <summary>
/// A correlation of rules (specification: Sigma Correlation Rules) as written: what it refers to is looked up once all files are loaded
/// (<see cref="ResolvedCorrelation"/>). Immutable and safe to share between threads.
/// </summary>
public sealed record CorrelationRule : SigmaDocument
{
    /// <summary>
    /// The largest number that a count can be compared with: that many events, or values, of one group must be remembered.
    /// </summary>
    public const int MaximumCount = 100_000;

    /// <summary>What it looks for.</summary>
    public required CorrelationType Type { get; init; }

    /// <summary>The type as the specification spells it: event_count, value_avg …</summary>
    public string TypeText => CorrelationWords.Of(Type);

    /// <summary>The rules and correlations whose events it uses, in the order of the file.</summary>
    public required IReadOnlyList<RuleReference> Rules { get; init; }

    /// <summary>The fields, or aliases, whose values group the events. None: all events are one group.</summary>
    public required IReadOnlyList<string> GroupBy { get; init; }

    /// <summary>Names for fields that are called differently in the events of each rule.</summary>
    public required IReadOnlyList<FieldAlias> Aliases { get; init; }

    /// <summary>How far the events may be apart; more than zero.</summary>
    public required TimeSpan Timespan { get; init; }

    /// <summary>The time span as written.</summary>
    public required string TimespanText { get; init; }

    /// <summary>When it is true.</summary>
    public required CorrelationCondition Condition { get; init; }

    /// <summary>Whether the rules that it refers to raise alerts of their own as well.</summary>
    public required bool Generate { get; init; }
}

/// <summary>What a correlation looks for among the events of its rules (specification: Correlation Types).</summary>
public enum CorrelationType
{
    /// <summary>How many events there are.</summary>
    EventCount,

    /// <summary>How many distinct values a field has.</summary>
    ValueCount,

    /// <summary>How many of the rules matched, in any order.</summary>
    Temporal,

    /// <summary>How many of the rules matched, in the order of the list.</summary>
    TemporalOrdered,

    /// <summary>The sum of a field's numbers.</summary>
    ValueSum,

    /// <summary>The mean of a field's numbers.</summary>
    ValueAverage,

    /// <summary>A percentile of a field's numbers.</summary>
    ValuePercentile,

    /// <summary>The median of a field's numbers.</summary>
    ValueMedian,
}

/// <summary>A name for fields that are called differently in the events of each rule (specification: Field Name Aliases).</summary>
/// <param name="Name">The alias.</param>
/// <param name="Targets">What it stands for, rule by rule.</param>
public sealed record FieldAlias(string Name, IReadOnlyList<FieldAliasTarget> Targets);

/// <summary>What an alias stands for in the events of one rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Field">The field's name there.</param>
public sealed record FieldAliasTarget(RuleReference Rule, string Field);
