namespace WireDns.Sigma.Correlation.Windows;

/// <summary>An event in a <see cref="SlotRing"/>.</summary>
internal readonly record struct Slot(long Time, long Tag, double Number);
