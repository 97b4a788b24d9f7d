using WireDns.Alerts;
using WireDns.Sigma.Rules;
using WireDns.Wire;

namespace WireDns.Detection.Intel;

/// <summary>
/// Judges the hits of rules that take values from lists of indicators: one that only expired indicators made is none. Counts them by list. Call it from one
/// thread at a time.
/// </summary>
internal sealed class IndicatorHits
{
    /// <summary>The counter of hits that count.</summary>
    public const string Counter = "intel_hits";

    /// <summary>The counter of hits of which only expired indicators would be the reason.</summary>
    public const string ExpiredCounter = "intel_expired";

    private const int MaximumIndicators = 8;

    private readonly OrderedDictionary<string, (long Hits, long Expired)> _counts = [];
    private readonly List<(IntelList List, int Indicator)> _found = [];
    private readonly HashSet<IntelList> _expired = [];
    private IntelLists _lists = IntelLists.None;
    private long? _time;

    /// <summary>Number of hits by list, in the order in which lists were first used: those that count, and those of expired indicators.</summary>
    public IEnumerable<(string List, long Hits, long Expired)> Counts => _counts.Select(count => (count.Key, count.Value.Hits, count.Value.Expired));

    /// <summary>Prepares for the lists of other rules. Counts stay.</summary>
    public void Use(IntelLists lists)
    {
        // What they refer to is as large as the rules, and must go with them.
        _found.Clear();
        _expired.Clear();
        _lists = lists;
        foreach (var list in lists.All)
        {
            _counts.TryAdd(list.Name, default);
        }
    }

    /// <summary>Begins a hit.</summary>
    /// <param name="time">The packet's time. Without one, nothing has expired.</param>
    public void Begin(PacketTime time)
    {
        _time = time.HasValue ? Math.DivRem(time.Nanoseconds, 1_000_000_000).Quotient : null;
        _found.Clear();
        _expired.Clear();
    }

    /// <summary>Whether a value counts for a match: an indicator covers it that has not expired, or none of the match's lists has it.</summary>
    public bool Takes(FieldMatch match, ReadOnlySpan<byte> value)
    {
        var isListed = false;
        var counts = false;
        foreach (var list in _lists.UsedBy(match))
        {
            var indicator = list.Find(value, _time);
            if (indicator >= 0)
            {
                isListed = counts = true;
                if (_found.Count < MaximumIndicators && !_found.Contains((list, indicator)))
                {
                    _found.Add((list, indicator));
                }
            }
            else if (_time is not null && list.Find(value, null) >= 0)
            {
                isListed = true;
                _expired.Add(list);
            }
        }

        return counts || !isListed;
    }

    /// <summary>Ends a hit, and counts it.</summary>
    /// <param name="counts">Whether the rule still matches.</param>
    public void End(bool counts)
    {
        if (counts)
        {
            foreach (var list in _found.Select(found => found.List).Distinct())
            {
                _counts[list.Name] = _counts[list.Name] with { Hits = _counts[list.Name].Hits + 1 };
            }
        }
        else
        {
            foreach (var list in _expired)
            {
                _counts[list.Name] = _counts[list.Name] with { Expired = _counts[list.Name].Expired + 1 };
            }
        }
    }

    /// <summary>What alerts say about the indicators of the hit that ended last; at most eight.</summary>
    public IReadOnlyList<AlertIndicator> Describe() => _found.Count == 0 ? [] : [.. _found.Select(found => found.List.Describe(found.Indicator))];
}
