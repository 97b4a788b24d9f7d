using WireDns.Alerts;
using WireDns.Alerts.Buffers;

namespace WireDns.Choosing;

/// <summary>
/// Puts the alerts of several files into the order of time. They wait until the end of the run, or until they take too much memory: then the earliest go
/// on. So files that follow each other in time come out right whatever their number, and what comes too late is sent, and counted. Not thread-safe, but for
/// its counter.
/// </summary>
/// <param name="take">Takes what is in order; false if it was dropped.</param>
/// <param name="maximumOctets">About how much memory the alerts that wait may take.</param>
internal sealed class TimeOrder(Func<Notification, bool> take, long maximumOctets = TimeOrder.MaximumOctets)
{
    /// <summary>About how much memory the alerts that wait may take, in octets: some 200,000 alerts.</summary>
    public const long MaximumOctets = 256 << 20;

    // The first of those with the same time is the one that was raised first.
    private readonly PriorityQueue<(Alert Alert, long Octets), (long Time, long Number)> _waiting = new();
    private long _octets;
    private long _raised;
    private long _lastTime = long.MinValue;
    private long _lastSent = long.MinValue;
    private long _late;

    /// <summary>Alerts that were sent after a later one, because that could not wait any longer.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>Takes an alert, which waits, or something else, which does not.</summary>
    public bool Take(Notification notification)
    {
        if (notification is not Alert alert)
        {
            return take(notification);
        }

        // An alert without a time stays after the one before it.
        _lastTime = alert.UnixTimeNanoseconds ?? _lastTime;
        var octets = AlertSize.Of(alert);
        _waiting.Enqueue((alert, octets), (_lastTime, _raised++));
        _octets += octets;
        while (_octets > maximumOctets)
        {
            Send();
        }

        return true;
    }

    /// <summary>Passes on all alerts that wait: no more come.</summary>
    public void Flush()
    {
        while (_waiting.Count > 0)
        {
            Send();
        }
    }

    private void Send()
    {
        _waiting.TryDequeue(out var first, out var place);
        _octets -= first.Octets;
        if (place.Time < _lastSent)
        {
            _late++;
        }

        _lastSent = Math.Max(_lastSent, place.Time);
        take(first.Alert);
    }
}
