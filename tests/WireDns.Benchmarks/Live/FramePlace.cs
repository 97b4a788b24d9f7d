namespace WireDns.Benchmarks.Live;

/// <summary>Where a frame is in a buffer, in bytes.</summary>
internal readonly record struct FramePlace(int Offset, int Length);
