namespace WireDns.Benchmarks.Comparison;

/// <summary>A capture to measure on.</summary>
/// <param name="Name">Its kind.</param>
/// <param name="Path">The file.</param>
/// <param name="Planted">How many lookups in it must be found.</param>
internal sealed record BenchCapture(string Name, string Path, int Planted);
