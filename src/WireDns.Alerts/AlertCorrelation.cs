namespace WireDns.Alerts;

/// <summary>What a correlation of several events found. Its alert's message is that of the event that made it true. Immutable.</summary>
public sealed record AlertCorrelation
{
    /// <summary>The type by the Sigma specification: event_count, value_count, temporal …</summary>
    public required string Type { get; init; }

    /// <summary>The condition, as gte 100.</summary>
    public required string Condition { get; init; }

    /// <summary>The time span as the rule writes it: 10m.</summary>
    public required string Timespan { get; init; }

    /// <summary>What was compared with the condition.</summary>
    public required double Value { get; init; }

    /// <summary>What the events have in common; empty where the rule does not group them.</summary>
    public required IReadOnlyList<CorrelatedValue> Group { get; init; }

    /// <summary>The newest of the events, oldest first; those of which nothing is remembered are left out.</summary>
    public required IReadOnlyList<CorrelatedEvent> Events { get; init; }
}
