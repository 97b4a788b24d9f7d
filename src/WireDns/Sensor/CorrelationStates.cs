using System.Globalization;
using WireDns.Detection.Counters;

namespace WireDns.Sensor;

/// <summary>
/// The state of the correlations: degraded while hits of rules are shed because their thread does not get them done, so that what is counted
/// is less than what there is. Not thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class CorrelationStates(TimeProvider time)
{
    // As with drops of packets: it is over when there was none for that long.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);

    private DateTimeOffset _lastShed;
    private long _shed;
    private long _shedInARow;

    /// <summary>The state now.</summary>
    public InterfaceState Current { get; private set; } = InterfaceState.Fine(time.GetUtcNow());

    /// <summary>Takes what is counted so far. To be called about once a second.</summary>
    /// <returns>The state that this one follows, where it changed; null otherwise.</returns>
    public InterfaceState? Take(RunCounters counters)
    {
        var now = time.GetUtcNow();
        var shed = counters["correlation_shed"];
        var previous = Current;
        if (shed > _shed)
        {
            _shedInARow += shed - _shed;
            (_shed, _lastShed) = (shed, now);
            var reason = string.Create(CultureInfo.InvariantCulture, $"{_shedInARow:N0} messages were not correlated: there are more hits than its thread gets done");
            Current = Current.Sight == Sight.Ok ? new InterfaceState(Sight.Degraded, "hits_shed", reason, now) : Current with { Reason = reason };
        }
        else if (Current.Sight != Sight.Ok && now - _lastShed >= Memory)
        {
            _shedInARow = 0;
            Current = InterfaceState.Fine(now);
        }

        return Current.Sight == previous.Sight ? null : previous;
    }
}
