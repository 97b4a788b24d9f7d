using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>What a <see cref="CorrelationEngine"/> keeps of an event.</summary>
/// <param name="Time">When it was, in nanoseconds since any moment that all events share.</param>
/// <param name="Id">Identifies the event: hits of several rules with the same id are one event.</param>
/// <param name="Tag">Whatever lets the caller recognise it; returned in <see cref="CorrelationHit.Events"/>.</param>
public readonly record struct CorrelationEvent(long Time, long Id, long Tag);

/// <summary>How the events of one rule get into one correlation.</summary>
/// <param name="Correlation">Index of the correlation.</param>
/// <param name="Source">The index of the source that they come through.</param>
/// <param name="GroupBy">The fields that group them; null if one of them is never there.</param>
/// <param name="Values">The fields that are counted or computed with; null if one of them is never there.</param>
/// <param name="Type">The correlation's type.</param>
/// <param name="IsSilent">Whether the correlation only serves others.</param>
internal sealed record CorrelationBinding(
    int Correlation, int Source, FieldDefinition[]? GroupBy, FieldDefinition[]? Values, CorrelationType Type, bool IsSilent);
