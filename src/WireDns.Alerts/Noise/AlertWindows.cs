namespace WireDns.Alerts.Noise;

/// <summary>
/// The windows of one kind that are open: after so many alerts that were sent, further ones with the same key are held back until the window is over.
/// Bounded in number and in octets; where there is no room, alerts are not held back. Not thread-safe.
/// </summary>
/// <param name="cause">Why alerts are held back.</param>
/// <param name="sent">How many alerts with the same key are sent in a window, at least 1.</param>
/// <param name="maximumWindows">The most windows.</param>
/// <param name="maximumOctets">About how many octets they may take.</param>
internal sealed class AlertWindows(HeldBack cause, int sent, int maximumWindows, long maximumOctets)
{
    private readonly Dictionary<AlertKey, AlertWindow> _open = [];

    // Windows of one length end in the order in which they began. The shortest first; there is one for each level at most.
    private readonly List<(TimeSpan Length, Queue<AlertWindow> Windows)> _byLength = [];
    private long _octets;

    /// <summary>How many alerts with the same key are sent in a window.</summary>
    public int Sent { get; set; } = sent;

    /// <summary>Windows that are open.</summary>
    public int Count => _open.Count;

    /// <summary>Alerts that were sent without a window, for want of room.</summary>
    public long WithoutWindow { get; private set; }

    /// <summary>Holds an alert back, if a window is open that has sent what it may.</summary>
    public bool TryHold(AlertKey key, Alert alert, long time)
    {
        if (!_open.TryGetValue(key, out var window) || window.Sent < Sent)
        {
            return false;
        }

        _octets += window.Hold(alert, time, maximumOctets - _octets);
        return true;
    }

    /// <summary>Notes that an alert is sent, which opens a window if none is open.</summary>
    public void Send(AlertKey key, Alert alert, long time, TimeSpan length)
    {
        if (_open.TryGetValue(key, out var window))
        {
            window.Send(alert);
            return;
        }

        if (!TryOpen(new AlertWindow(key, alert, time, length)))
        {
            WithoutWindow++;
        }
    }

    /// <summary>What a later run needs to go on with the windows, in the order of their beginnings for each length.</summary>
    public IEnumerable<WindowState> Save() => _byLength.SelectMany(one => one.Windows).Select(window => window.Save(cause));

    /// <summary>Opens a window of an earlier run, if there is none of its key and there is room. Windows of one length come in the order of their beginnings.</summary>
    public bool TryRestore(WindowState state, AlertRule rule) => !_open.ContainsKey(state.Key) && TryOpen(new AlertWindow(state, rule));

    private bool TryOpen(AlertWindow window)
    {
        if (_open.Count >= maximumWindows || _octets + window.Octets > maximumOctets)
        {
            return false;
        }

        _octets += window.Octets;
        _open.Add(window.Key, window);
        QueueOf(window.Length).Enqueue(window);
        return true;
    }

    private Queue<AlertWindow> QueueOf(TimeSpan length)
    {
        var place = 0;
        for (; place < _byLength.Count && _byLength[place].Length <= length; place++)
        {
            if (_byLength[place].Length == length)
            {
                return _byLength[place].Windows;
            }
        }

        var windows = new Queue<AlertWindow>();
        _byLength.Insert(place, (length, windows));
        return windows;
    }

    /// <summary>Closes the windows that are over by now; all of them with <see cref="long.MaxValue"/>.</summary>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="summaries">Receives the summaries of those that held something back, in the order of their ends.</param>
    public void Close(long now, List<(long End, Alert Summary)> summaries)
    {
        foreach (var (_, queue) in _byLength)
        {
            while (queue.TryPeek(out var window) && window.End <= now)
            {
                queue.Dequeue();
                _open.Remove(window.Key);
                _octets -= window.Octets;
                if (window.Summarize(cause) is { } summary)
                {
                    summaries.Add((window.End, summary));
                }
            }
        }
    }
}
