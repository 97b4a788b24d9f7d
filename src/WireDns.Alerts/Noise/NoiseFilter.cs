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
    private NoiseOptions _options = options;
    private IReadOnlyList<Silence> _added = [];
    private IReadOnlyList<Silence> _silences = options.Silences;
    private readonly List<(long End, Alert Summary)> _summaries = [];
    private long _now = long.MinValue;
    private long _raised;
    private long _silenced;
    private long _rateLimited;
    private long _suppressed;
    private long _passed;
    private long _summarized;

    /// <summary>What it was told to hold back.</summary>
    public NoiseOptions Options => Volatile.Read(ref _options);

    /// <summary>The silences of the options, and those that were added since. Those that are over are among the former.</summary>
    public IReadOnlyList<Silence> Silences => Volatile.Read(ref _silences);

    /// <summary>
    /// What happened to the alerts so far. Never waits, so that it can be asked while a sink holds an alert up; each number is right by itself, and
    /// their sum is while no alert is on its way.
    /// </summary>
    public NoiseCounters Counters => new(
        Volatile.Read(ref _raised), Volatile.Read(ref _silenced), Volatile.Read(ref _rateLimited), Volatile.Read(ref _suppressed),
        Volatile.Read(ref _passed), Volatile.Read(ref _summarized), _repeats.WithoutWindow + _rates.WithoutWindow, _repeats.Count);

    /// <summary>
    /// Has other options from now on. Windows that are open stay open for their time, silences that were added stay, and a silence that is in both options goes on counting
    /// its hits.
    /// </summary>
    public void Use(NoiseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_gate)
        {
            foreach (var silence in options.Silences)
            {
                silence.Continue(_options.Silences.FirstOrDefault(silence.IsSameAs));
            }

            Volatile.Write(ref _options, options);
            _rates.Sent = options.RateLimit;
            List();
        }
    }

    /// <summary>Adds a silence, which stays when the options change.</summary>
    /// <returns>False if there are <see cref="NoiseOptions.MaximumAddedSilences"/> already that are not over.</returns>
    public bool TryAdd(Silence silence)
    {
        ArgumentNullException.ThrowIfNull(silence);
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            List<Silence> left = [.. _added.Where(one => now < one.Until)];
            if (left.Count >= NoiseOptions.MaximumAddedSilences)
            {
                return false;
            }

            _added = [.. left, silence];
            List();
            return true;
        }
    }

    /// <summary>Takes a silence away that was added.</summary>
    /// <param name="place">Its <see cref="Silence.Place"/>.</param>
    /// <returns>The silence; null if there is none.</returns>
    public Silence? Remove(string place)
    {
        lock (_gate)
        {
            var found = _added.FirstOrDefault(silence => silence.Place == place);
            _added = [.. _added.Where(silence => silence != found)];
            List();
            return found;
        }
    }

    /// <summary>Takes an alert, and passes it on unless it is held back.</summary>
    /// <returns>False if it went on and a sink dropped it.</returns>
    public bool Take(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        lock (_gate)
        {
            _raised++;
            if (alert.IsCanary)
            {
                _passed++;
                return pass(alert);
            }

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

    /// <summary>What a later run needs so that it holds back as this one would have. A copy: alerts wait only while it is made.</summary>
    public NoiseState Save()
    {
        lock (_gate)
        {
            return new NoiseState([.. _repeats.Save(), .. _rates.Save()]);
        }
    }

    /// <summary>Goes on with the windows of an earlier run, before the first alert. Those that are over send their summaries with the next <see cref="Tick"/>.</summary>
    /// <param name="state">What it saved.</param>
    /// <param name="rules">The rules that run now. Windows of others are dropped.</param>
    /// <returns>How many windows are open again, and how many are not: their rule is gone, their kind is switched off, or there is no room.</returns>
    public (int Restored, int Dropped) Restore(NoiseState state, IEnumerable<AlertRule> rules)
    {
        ArgumentNullException.ThrowIfNull(state);
        var known = rules.GroupBy(AlertKey.NameOf).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        lock (_gate)
        {
            var restored = 0;
            foreach (var window in state.Windows)
            {
                var isWanted = window.Cause == HeldBack.Repeated ? _options.Windows is not null : _options.RateLimit > 0;
                var rule = window.Anomaly is not null ? AlertAnomaly.Rule : known.GetValueOrDefault(window.Key.Rule);
                restored += isWanted && rule is not null && (window.Cause == HeldBack.Repeated ? _repeats : _rates).TryRestore(window, rule) ? 1 : 0;
            }

            return (restored, state.Windows.Count - restored);
        }
    }

    private bool IsHeldBack(Alert alert, long time)
    {
        var options = _options;
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
        var silences = _silences;
        if (silences.Count == 0)
        {
            return null;
        }

        var now = _clock.GetUtcNow();
        for (var index = 0; index < silences.Count; index++)
        {
            if (now < silences[index].Until && silences[index].Covers(alert))
            {
                return silences[index];
            }
        }

        return null;
    }

    private void List() => Volatile.Write(ref _silences, [.. _options.Silences, .. _added]);

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
        if (_summaries.Count == 0)
        {
            return;
        }

        _summaries.Sort((left, right) => left.End.CompareTo(right.End));
        foreach (var (_, summary) in _summaries)
        {
            _summarized++;
            pass(summary);
        }

        _summaries.Clear();
    }
}
