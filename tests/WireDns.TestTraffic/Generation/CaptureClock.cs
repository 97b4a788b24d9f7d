namespace WireDns.TestTraffic.Generation;

/// <summary>Gives each packet its time: even on average, never backwards, the same for the same seed.</summary>
internal sealed class CaptureClock(Xoshiro256 random, int meanNanosecondsBetweenPackets)
{
    /// <summary>Microseconds of a second.</summary>
    public const ulong MicrosecondsPerSecond = 1_000_000;

    // 2025-01-01T00:00:00Z: any date will do, as long as it is the same for each run.
    private const ulong Beginning = 1_735_689_600_000_000_000;

    private ulong _nanoseconds = Beginning;

    /// <summary>Seconds from the beginning of the capture.</summary>
    public ulong Seconds => (_nanoseconds - Beginning) / 1_000_000_000;

    /// <summary>The next packet's time, in microseconds since 1970 (UTC).</summary>
    public ulong Tick()
    {
        _nanoseconds += random.Below((ulong)(2 * meanNanosecondsBetweenPackets) + 1);
        return _nanoseconds / 1000;
    }
}
