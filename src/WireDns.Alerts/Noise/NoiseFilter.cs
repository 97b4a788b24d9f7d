namespace WireDns.Alerts.Noise;

/// <summary>
/// Stands between those who raise alerts and the sinks, and holds back what would bury the rest: what a silence covers, repetitions, and what is
/// beyond a rule's limit. An alert that is not held back goes on at once. When a window is over, one summary alert says what was held back. Counts
/// everything. Thread-safe.
/// </summary>
/// <remarks>
/// Windows go by the time of packets, so that a capture gives the same alerts each time. An alert without a time is never held back by a window.
/// Alerts of correlations are not repetitions of one another: the correlation has its own time span. The limit of a rule is also theirs.
/// </remarks>
/// <param name="options">What is held back.</param>
/// <param name="pass">Takes what goes on; false if a sink dropped it.</param>
/// <param name="clock">The clock for the dates of silences; by default the system's.</param>
public sealed class NoiseFilter(NoiseOptions options, Func<Alert, bool> pass, TimeProvider? clock = null)
{
    // Packets of several interfaces are a little out of order; a clock that goes back further was set.
    private const long MaximumDisorder = 60_000_000_000;

    // So that no end of a window overflows: times from 1824 to 2116.
    private const long LargestTime = (1L << 62) - 1;

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly AlertWindows _repeats = new(HeldBack.Repeated, 1, options.MaximumWindows, options.MaximumOctets);
    private readonly AlertWindows _rates = new(HeldBack.RateLimited, options.RateLimit, options.MaximumWindows, options.MaximumOctets);
    private readonly List<(long End, Alert Summary)> _summaries = [];
    private long _now = long.MinValue;
    private long _raised;
    private long _silenced;
    private long _rateLimited;
    private long _suppressed;
    private long _passed;
    private long _summarized;

    /// <summary>What it was told to hold back.</summary>
    public NoiseOptions Options => options;

    /// <summary>
    /// What happened to the alerts so far. Never waits, so that it can be asked while a sink holds an alert up; each number is right by itself, and
    /// their sum is while no alert is on its way.
    /// </summary>
    public NoiseCounters Counters => new(
        Volatile.Read(ref _raised), Volatile.Read(ref _silenced), Volatile.Read(ref _rateLimited), Volatile.Read(ref _suppressed),
        Volatile.Read(ref _passed), Volatile.Read(ref _summarized), _repeats.WithoutWindow + _rates.WithoutWindow, _repeats.Count);

    /// <summary>Takes an alert, and passes it on unless it is held back.</summary>
    /// <returns>False if it went on and a sink dropped it.</returns>
    public bool Take(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        lock (_gate)
        {
            _raised++;
            if (FindSilence(alert) is { } silence)
            {
                silence.Count();
                _silenced++;
                return true;
            }

            if (alert.UnixTimeNanoseconds is { } unbounded)
            {
                var time = Math.Clamp(unbounded, -LargestTime, LargestTime);
                Advance(time);
                if (IsHeldBack(alert, time))
                {
                    return true;
                }
            }

            _passed++;
            return pass(alert);
        }
    }

    /// <summary>Time goes on without alerts: sends the summaries of windows that are over.</summary>
    /// <param name="now">The time of packets up to which everything was seen, in nanoseconds since the Unix epoch.</param>
    public void Tick(long now)
    {
        lock (_gate)
        {
            Advance(Math.Clamp(now, -LargestTime, LargestTime));
        }
    }

    /// <summary>Ends all windows, and sends their summaries: no more alerts come. May be called again.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            Close(long.MaxValue);
        }
    }

    private bool IsHeldBack(Alert alert, long time)
    {
        var length = alert.Correlation is null && options.Windows is { } windows ? windows.GetValueOrDefault(alert.Rule.Level) : TimeSpan.Zero;
        var key = length > TimeSpan.Zero ? AlertKey.Of(alert) : default;
        if (length > TimeSpan.Zero && _repeats.TryHold(key, alert, time))
        {
            _suppressed++;
            return true;
        }

        var rule = options.RateLimit > 0 ? AlertKey.OfRule(alert) : default;
        if (options.RateLimit > 0 && _rates.TryHold(rule, alert, time))
        {
            _rateLimited++;
            return true;
        }

        if (options.RateLimit > 0)
        {
            _rates.Send(rule, alert, time, options.RateWindow);
        }

        if (length > TimeSpan.Zero)
        {
            _repeats.Send(key, alert, time, length);
        }

        return false;
    }

    private Silence? FindSilence(Alert alert)
    {
        if (options.Silences.Count == 0)
        {
            return null;
        }

        var now = _clock.GetUtcNow();
        for (var index = 0; index < options.Silences.Count; index++)
        {
            if (now < options.Silences[index].Until && options.Silences[index].Covers(alert))
            {
                return options.Silences[index];
            }
        }

        return null;
    }

    private void Advance(long time)
    {
        if (time < _now && _now - time > MaximumDisorder)
        {
            // The windows were of another time, and would not end for long.
            Close(long.MaxValue);
            _now = time;
        }
        else if (time > _now)
        {
            _now = time;
            Close(time);
        }
    }

    private void Close(long now)
    {
        _repeats.Close(now, _summaries);
        _rates.Close(now, _summaries);
        _summaries.Sort((left, right) => left.End.CompareTo(right.End));
        foreach (var (_, summary) in _summaries)
        {
            _summarized++;
            pass(summary);
        }

        _summaries.Clear();
    }
}
