using System.Globalization;
using WireDns.Detection.Counters;

namespace WireDns.Sensor;

/// <summary>
/// The state of the correlations. It is degraded while hits are shed because the correlation thread cannot keep up, so that counts are too low. Not
/// thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class CorrelationStates(TimeProvider time)
{
    // As with dropped packets: shedding counts as over once nothing has been shed for this long.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);

    private long _lastShed;
    private long _shed;
    private long _shedInARow;

    /// <summary>The current state.</summary>
    public InterfaceState Current { get; private set; } = InterfaceState.Fine(time.GetUtcNow());

    /// <summary>Takes the counters so far. Call it about once a second.</summary>
    /// <returns>The previous state if the state changed; null otherwise.</returns>
    public InterfaceState? Take(RunCounters counters)
    {
        var now = time.GetUtcNow();
        var shed = counters["correlation_shed"];
        var previous = Current;
        if (shed > _shed)
        {
            _shedInARow += shed - _shed;
            (_shed, _lastShed) = (shed, time.GetTimestamp());
            var reason = string.Create(CultureInfo.InvariantCulture, $"{_shedInARow:N0} messages were not correlated: there are more hits than its thread gets done");
            Current = Current.Sight == Sight.Ok ? new InterfaceState(Sight.Degraded, "hits_shed", reason, now) : Current with { Reason = reason };
        }
        else if (Current.Sight != Sight.Ok && time.GetElapsedTime(_lastShed) >= Memory)
        {
            _shedInARow = 0;
            Current = InterfaceState.Fine(now);
        }

        return Current.Sight == previous.Sight ? null : previous;
    }
}
