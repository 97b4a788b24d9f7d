namespace WireDns.Sigma.Correlation.Windows;

/// <summary>What a window takes of an event.</summary>
/// <param name="Event">The event.</param>
/// <param name="Source">Which of the correlation's sources it comes through.</param>
/// <param name="Value">The hash of the value that is counted, for a count of values.</param>
/// <param name="Number">The number, for a sum, mean or percentile.</param>
internal readonly record struct WindowEntry(CorrelationEvent Event, int Source, ulong Value, double Number);
