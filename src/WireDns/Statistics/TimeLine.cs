namespace WireDns.Statistics;

/// <summary>
/// Counts of several kinds by time, in at most 120 intervals of equal length, which doubles when they no longer reach. One thread at a time.
/// </summary>
/// <param name="kinds">How many kinds are counted, at least 1.</param>
internal sealed class TimeLine(int kinds)
{
    private const int MaximumIntervals = 120;
    private const long Second = 1_000_000_000;

    private readonly SortedDictionary<long, long[]> _intervals = [];

    /// <summary>The length of an interval in seconds.</summary>
    public long Seconds { get; private set; } = 1;

    /// <summary>The intervals in which there was something, by the seconds since the Unix epoch at which they start: the counts of each kind.</summary>
    public IEnumerable<KeyValuePair<long, long[]>> Intervals => _intervals.Select(pair => KeyValuePair.Create(pair.Key * Seconds, pair.Value));

    /// <summary>Counts one of each of these kinds.</summary>
    /// <param name="unixNanoseconds">When it was, in nanoseconds since the Unix epoch.</param>
    /// <param name="ofKinds">The kinds, from 0.</param>
    public void Add(long unixNanoseconds, params ReadOnlySpan<int> ofKinds)
    {
        var key = FloorOf(unixNanoseconds);
        if (!_intervals.TryGetValue(key, out var interval))
        {
            _intervals.Add(key, interval = new long[kinds]);
            while (_intervals.Keys.Last() - _intervals.Keys.First() >= MaximumIntervals)
            {
                Widen();
                interval = _intervals[FloorOf(unixNanoseconds)];
            }
        }

        foreach (var kind in ofKinds)
        {
            interval[kind]++;
        }
    }

    private long FloorOf(long unixNanoseconds) => unixNanoseconds / Second / Seconds;

    private void Widen()
    {
        Seconds *= 2;
        var narrow = _intervals.ToArray();
        _intervals.Clear();
        foreach (var (key, interval) in narrow)
        {
            var wide = key >> 1;
            if (!_intervals.TryGetValue(wide, out var sum))
            {
                _intervals.Add(wide, sum = new long[kinds]);
            }

            for (var kind = 0; kind < kinds; kind++)
            {
                sum[kind] += interval[kind];
            }
        }
    }
}
