namespace WireDns.Statistics;

/// <summary>Lookups by time, in at most 120 intervals of equal length, which doubles when they no longer reach. One thread at a time.</summary>
internal sealed class TimeLine
{
    private const int MaximumIntervals = 120;
    private const long Second = 1_000_000_000;

    private readonly SortedDictionary<long, Interval> _intervals = [];

    /// <summary>The length of an interval in seconds.</summary>
    public long Seconds { get; private set; } = 1;

    /// <summary>The intervals in which there was something, by the seconds since the Unix epoch at which they start.</summary>
    public IEnumerable<KeyValuePair<long, Interval>> Intervals => _intervals.Select(pair => KeyValuePair.Create(pair.Key * Seconds, pair.Value));

    /// <summary>Counts a lookup.</summary>
    public void Add(long unixNanoseconds, bool isUnanswered, bool isNonexistent)
    {
        var key = FloorOf(unixNanoseconds);
        if (!_intervals.TryGetValue(key, out var interval))
        {
            _intervals.Add(key, interval = new Interval());
            while (_intervals.Keys.Last() - _intervals.Keys.First() >= MaximumIntervals)
            {
                Widen();
                interval = _intervals[FloorOf(unixNanoseconds)];
            }
        }

        interval.Lookups++;
        interval.Unanswered += isUnanswered ? 1 : 0;
        interval.Nonexistent += isNonexistent ? 1 : 0;
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
                _intervals.Add(wide, sum = new Interval());
            }

            sum.Lookups += interval.Lookups;
            sum.Unanswered += interval.Unanswered;
            sum.Nonexistent += interval.Nonexistent;
        }
    }

    /// <summary>What was seen in an interval.</summary>
    internal sealed class Interval
    {
        public long Lookups { get; set; }

        public long Unanswered { get; set; }

        public long Nonexistent { get; set; }
    }
}
