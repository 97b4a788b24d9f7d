namespace WireDns.Alerts;

/// <summary>What a correlation of several events found. Its alert's message is that of the event that made it true. Immutable.</summary>
public sealed record AlertCorrelation
{
    /// <summary>The type, as in the Sigma specification: event_count, value_count, temporal …</summary>
    public required string Type { get; init; }

    /// <summary>The condition, such as gte 100.</summary>
    public required string Condition { get; init; }

    /// <summary>The time span as written in the rule, such as 10m.</summary>
    public required string Timespan { get; init; }

    /// <summary>The number that was compared with the condition.</summary>
    public required double Value { get; init; }

    /// <summary>What the events have in common; empty if the rule does not group them.</summary>
    public required IReadOnlyList<CorrelatedValue> Group { get; init; }

    /// <summary>The newest events, oldest first, as far as they are remembered.</summary>
    public required IReadOnlyList<CorrelatedEvent> Events { get; init; }

    /// <summary>From when until when it was true, where the alert tells of its end; null where it tells of its start.</summary>
    public CorrelationExtent? Extent { get; init; }
}

/// <summary>From when until when a correlation was true for a group of events.</summary>
/// <param name="From">The time of the event that made it true, in nanoseconds since the Unix epoch.</param>
/// <param name="Until">The time of the last event for which it was true.</param>
/// <param name="Events">How many events there were from the one to the other, both included.</param>
/// <param name="Cause">
/// Why it ended: <c>quiet</c> (no event within its time span), <c>condition</c> (an event for which it was not true), <c>input_end</c>, <c>room</c>
/// (its group was forgotten early), <c>reload</c> (its rule was changed or taken away).
/// </param>
public sealed record CorrelationExtent(long From, long Until, long Events, string Cause);

/// <summary>What the events of a correlation have in common.</summary>
/// <param name="Field">The field or alias, as the rule names it.</param>
/// <param name="Value">Its value (hostile: escape it before a person sees it).</param>
public sealed record CorrelatedValue(string Field, string Value);

/// <summary>One of the events of a correlation.</summary>
/// <param name="UnixTimeNanoseconds">Packet time in nanoseconds since the Unix epoch.</param>
/// <param name="Client">Who asked.</param>
/// <param name="QuestionName">The question's name in presentation form, or null if there is none.</param>
/// <param name="PacketNumber">Number of the packet that completed the message, from 1 in its file or capture.</param>
/// <param name="File">The capture file that held the packet, if it is not the alert's; else null.</param>
public sealed record CorrelatedEvent(long UnixTimeNanoseconds, AlertEndpoint Client, string? QuestionName, long PacketNumber, string? File);
