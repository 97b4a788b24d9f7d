namespace WireDns.Benchmarks.Comparison;

/// <summary>What a program found in a capture.</summary>
/// <param name="Found">Planted lookups.</param>
/// <param name="Others">Lines that name no watched domain.</param>
internal readonly record struct HitCount(int Found, int Others);
