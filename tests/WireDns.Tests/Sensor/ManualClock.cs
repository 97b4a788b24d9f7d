namespace WireDns.Tests.Sensor;

/// <summary>A clock that advances when it is told to.</summary>
internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddYears(56);
    private TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _elapsed.Ticks;

    public void Advance(TimeSpan time)
    {
        _now += time;
        _elapsed += time;
    }

    /// <summary>Sets the time of day back; time goes on from there.</summary>
    public void SetBack(TimeSpan time) => _now -= time;
}
