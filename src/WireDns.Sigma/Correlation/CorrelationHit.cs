using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>A correlation that became true for a group of events. Immutable.</summary>
public sealed record CorrelationHit
{
    /// <summary>Index of the correlation in <see cref="CorrelationEngine.Correlations"/>.</summary>
    public required int Index { get; init; }

    /// <summary>The correlation.</summary>
    public required ResolvedCorrelation Correlation { get; init; }

    /// <summary>What the events have in common, in the order of group-by; empty without a group-by.</summary>
    public required IReadOnlyList<GroupValue> Group { get; init; }

    /// <summary>
    /// What was compared with the condition: the number of events, values or rules, or the sum, mean or percentile. A count stops at one
    /// more than the largest number in the condition.
    /// </summary>
    public required double Value { get; init; }

    /// <summary>
    /// The events that made it true, oldest first: the newest up to <see cref="CorrelationLimits.MaximumReportedEvents"/>; for a count of values
    /// the latest event of each, for the temporal types that of each rule.
    /// </summary>
    public required IReadOnlyList<ReportedEvent> Events { get; init; }

    /// <summary>
    /// The time of the oldest event that counts. With the same one a group becomes true once, but for types that compute with numbers (<see cref="Rise"/>). Null where a condition
    /// holds without an event that counts.
    /// </summary>
    public long? From { get; init; }

    /// <summary>How often the group had become true before with the same <see cref="From"/>. Default: 0, which it always is for types that count.</summary>
    public int Rise { get; init; }

    /// <summary>What begins with it; its end will be in <see cref="CorrelationEngine.Ended"/>. Null if the end will not be told.</summary>
    public CorrelationEpisode? Episode { get; init; }
}

/// <summary>What the events of a group have in common.</summary>
/// <param name="Name">The field or alias of group-by.</param>
/// <param name="Value">Its value in the event that made the correlation true, as text (hostile: escape it before a person sees it).</param>
public sealed record GroupValue(string Name, string Value);

/// <summary>One of the events that made a correlation true.</summary>
/// <param name="Time">When it was, as given to the engine.</param>
/// <param name="Tag">The tag that was given to the engine.</param>
public readonly record struct ReportedEvent(long Time, long Tag);

/// <summary>What a <see cref="CorrelationEngine"/> keeps of an event.</summary>
/// <param name="Time">When it was, in nanoseconds since any moment that all events share.</param>
/// <param name="Id">Identifies the event: hits of several rules with the same id are one event.</param>
/// <param name="Tag">Whatever lets the caller recognise it; returned in <see cref="CorrelationHit.Events"/>.</param>
public readonly record struct CorrelationEvent(long Time, long Id, long Tag);
