using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>The groups of one correlation, by what their events have in common and in the order of their last events.</summary>
internal sealed class CorrelationTable
{
    // Packets of several interfaces, or of lookups that time out, come seconds late. A clock that is further behind was set back.
    private const long LeastSetBack = 60_000_000_000;

    private const long NanosecondsPerTick = 100;

    // Groups whose time is over go a few at a time, so that no event pays for many.
    private const int MaximumSweep = 2;

    private readonly Dictionary<UInt128, GroupWindow> _groups = [];
    private readonly Stack<GroupWindow> _unused = new();
    private readonly CorrelationRule _rule;
    private readonly CorrelationLimits _limits;
    private readonly CorrelationCounters _counters;
    private readonly Func<GroupWindow> _make;
    private readonly long _timespan;
    private readonly long _setBack;
    private GroupWindow? _oldest;
    private GroupWindow? _newest;
    private long _now = long.MinValue;
    private long _entries;

    public CorrelationTable(ResolvedCorrelation correlation, CorrelationLimits limits, CorrelationCounters counters)
    {
        _rule = correlation.Rule;
        _limits = limits;
        _counters = counters;
        _timespan = _rule.Timespan.Ticks * NanosecondsPerTick;
        _setBack = Math.Max(_timespan, LeastSetBack);
        _make = MakerOf(_rule, correlation.Sources.Count, limits);
    }

    /// <summary>Groups that are remembered.</summary>
    public int Count => _groups.Count;

    /// <summary>Takes an event into a group, as one entry or, where a field has several values, more.</summary>
    /// <returns>The group, where the condition has become true with this event; else null. Valid until the next call.</returns>
    public GroupWindow? Observe(UInt128 key, ReadOnlySpan<WindowEntry> entries)
    {
        var time = entries[0].Event.Time;
        if (time > _now)
        {
            _now = time;
        }
        else if (_now - time > _setBack)
        {
            _counters.SetBack++;
            _now = time;
        }

        Sweep();
        var group = Find(key, time);
        if (group is null)
        {
            _counters.Late++;
            return null;
        }

        var before = group.Count;
        group.Newest = Math.Max(group.Newest, time);
        group.Expire(group.Newest - _timespan);
        foreach (ref readonly var entry in entries)
        {
            _counters.EvictedNumbers += group.Add(entry) ? 1 : 0;
        }

        _entries += group.Count - before;
        MakeRoom(group);
        var wasTrue = group.IsTrue;
        group.IsTrue = _rule.Condition.IsTrueFor(group.Value);
        return group.IsTrue && !wasTrue ? group : null;
    }

    /// <summary>Forgets all groups.</summary>
    public void Clear()
    {
        while (_oldest is not null)
        {
            Remove(_oldest);
        }

        _now = long.MinValue;
    }

    /// <summary>The group, made anew where it has no event within the time span; null where the event is too late for it.</summary>
    private GroupWindow? Find(UInt128 key, long time)
    {
        if (!_groups.TryGetValue(key, out var group))
        {
            group = _unused.TryPop(out var unused) ? unused : _make();
            group.Key = key;
            group.IsTrue = false;
            group.Newest = time;
            _groups.Add(key, group);
            _entries += group.Count;
            Append(group);
            return group;
        }

        if (group.Newest - time > _timespan)
        {
            if (group.Newest - time <= _setBack)
            {
                return null;
            }

            Restart(group, time);
        }
        else if (time - group.Newest > _timespan)
        {
            Restart(group, time);
        }

        if (group != _newest)
        {
            Unlink(group);
            Append(group);
        }

        return group;
    }

    private void Restart(GroupWindow group, long time)
    {
        _entries -= group.Count;
        group.Clear();
        _entries += group.Count;
        group.IsTrue = false;
        group.Newest = time;
    }

    private void Sweep()
    {
        for (var i = 0; i < MaximumSweep && _oldest is not null && IsOver(_oldest); i++)
        {
            Remove(_oldest);
        }
    }

    private bool IsOver(GroupWindow group) => _now - group.Newest > _timespan || group.Newest - _now > _setBack;

    private void MakeRoom(GroupWindow current)
    {
        while ((_entries > _limits.MaximumEvents || _groups.Count > _limits.MaximumGroups) && _oldest is { } oldest && oldest != current)
        {
            _counters.EvictedGroups += IsOver(oldest) ? 0 : 1;
            Remove(oldest);
        }
    }

    private void Remove(GroupWindow group)
    {
        Unlink(group);
        _groups.Remove(group.Key);
        _entries -= group.Count;
        group.Clear();
        _unused.Push(group);
    }

    private void Append(GroupWindow group)
    {
        group.Older = _newest;
        group.Newer = null;
        if (_newest is null)
        {
            _oldest = group;
        }
        else
        {
            _newest.Newer = group;
        }

        _newest = group;
    }

    private void Unlink(GroupWindow group)
    {
        if (group.Older is null)
        {
            _oldest = group.Newer;
        }
        else
        {
            group.Older.Newer = group.Newer;
        }

        if (group.Newer is null)
        {
            _newest = group.Older;
        }
        else
        {
            group.Newer.Older = group.Older;
        }
    }

    private static Func<GroupWindow> MakerOf(CorrelationRule rule, int sourceCount, CorrelationLimits limits)
    {
        // One more than the largest number of the condition tells whether a count is past it.
        var capacity = (int)Math.Clamp(Math.Ceiling(rule.Condition.Thresholds.Max(threshold => threshold.Number.ToDouble())) + 1, 1, CorrelationRule.MaximumCount + 1);
        return rule.Type switch
        {
            CorrelationType.EventCount => () => new EventCountWindow(capacity),
            CorrelationType.ValueCount => () => new ValueCountWindow(capacity),
            CorrelationType.Temporal => () => new TemporalWindow(sourceCount),
            CorrelationType.TemporalOrdered => () => new OrderedWindow(sourceCount),
            CorrelationType.ValueSum => () => new SumWindow(limits.MaximumNumbersPerGroup, isMean: false),
            CorrelationType.ValueAverage => () => new SumWindow(limits.MaximumNumbersPerGroup, isMean: true),
            _ => () => new PercentileWindow(limits.MaximumNumbersPerGroup, rule.Condition.Percentile),
        };
    }
}
