using WireDns.Sigma.Matching;

namespace WireDns.Sigma.Correlation;

/// <summary>How the events of one rule get into one correlation.</summary>
/// <param name="Correlation">Index of the correlation.</param>
/// <param name="Source">Which of its sources they come through.</param>
/// <param name="GroupBy">The fields that group them; null where one of them is never there.</param>
/// <param name="Values">The fields that are counted or computed with; null where one of them is never there.</param>
internal sealed record CorrelationBinding(int Correlation, int Source, FieldDefinition[]? GroupBy, FieldDefinition[]? Values);
