namespace WireDns.TestTraffic.Generation;

/// <summary>All that decides a capture's bytes, apart from its kind.</summary>
internal readonly record struct CaptureRequest(CaptureBudget Budget, long PlantedCount, ulong Seed);
