namespace WireDns.Benchmarks.Live;

/// <summary>Where a frame stands in a buffer, in bytes.</summary>
internal readonly record struct FramePlace(int Offset, int Length);
