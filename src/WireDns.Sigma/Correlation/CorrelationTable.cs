using System.Runtime.CompilerServices;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>The groups of one correlation, by what their events have in common and in the order of their last events.</summary>
/// <remarks>
/// Groups with one event stand in a list of their own, from which room is made first: a flood of clients that ask once does not push out one that asks
/// slowly and again. They keep a quarter of the room, since each group begins as one of them.
/// <para/>
/// Most groups never have a second event, so a group is 48 bytes in a large array: its only event is in it, its neighbours are numbers, and no
/// part of it is an object. It gets a window when there is more to hold. All that the collector sees of a million groups is some arrays.
/// </remarks>
internal sealed partial class CorrelationTable
{
    // Packets of several interfaces, or of lookups that time out, come seconds late. A clock that is further back was set back.
    private const long LeastSetBack = 60_000_000_000;

    private const long NanosecondsPerTick = 100;

    // Groups whose time is over go a few at a time, so that no event pays for many; with the clock more, about 10 ms of them.
    private const int MaximumSweep = 2;
    private const int MaximumClockSweep = 65_536;

    // The share of groups, or of what they hold, that those with one event keep where room is made.
    private const int LoneShare = 4;

    private const int None = -1;

    // Groups are allocated 2,048 at a time, and are never copied.
    private const int ChunkBits = 11;
    private const int ChunkLength = 1 << ChunkBits;

    private readonly CorrelationType _type;
    private readonly CorrelationThreshold[] _thresholds;
    private readonly CorrelationRoom _room;
    private readonly CorrelationCounters _counters;
    private readonly WindowPool _windows;
    private readonly GroupIndex _index = new();
    private readonly long _timespan;
    private readonly long _setBack;
    private CorrelationGroup[][] _chunks = [];
    private int _used;
    private int _free = None;
    private GroupList _lone = new();
    private GroupList _grown = new();
    private int _current = None;
    private long _now = long.MinValue;

    public CorrelationTable(ResolvedCorrelation correlation, CorrelationLimits limits, CorrelationRoom room, CorrelationCounters counters)
    {
        var rule = correlation.Rule;
        _type = rule.Type;
        _thresholds = [.. rule.Condition.Thresholds];
        _room = room;
        _counters = counters;
        _timespan = rule.Timespan.Ticks * NanosecondsPerTick;
        _setBack = Math.Max(_timespan, LeastSetBack);
        _windows = new WindowPool(rule, correlation.Sources.Count, limits);
        Episodes = new CorrelationEpisodes(room, counters);
        room.Add(this);
    }

    /// <summary>The groups for which the correlation is true now, as far as their ends are told.</summary>
    public CorrelationEpisodes Episodes { get; }

    /// <summary>The number of remembered groups.</summary>
    public int Count { get; private set; }

    /// <summary>How many events, or values, they hold.</summary>
    public long Entries { get; private set; }

    /// <summary>The value of the group that <see cref="Observe"/> last added an event to.</summary>
    public double Value => ValueOf(ref At(_current));

    /// <summary>Adds an event to a group, as one entry, or more if a field has several values.</summary>
    /// <returns>Whether the condition has become true with this event.</returns>
    public bool Observe(UInt128 key, ReadOnlySpan<WindowEntry> entries)
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

        Sweep(MaximumSweep);
        key = CorrelationGroup.Shorten(key);
        _current = Find(key, time);
        if (_current == None)
        {
            _counters.Late++;
            return false;
        }

        ref var group = ref At(_current);
        Add(ref group, entries);
        Move(_current, ref group);
        _room.Make(this);
        var wasTrue = group.IsTrue;
        group.IsTrue = IsTrueFor(ValueOf(ref group));
        if (wasTrue && group.IsTrue)
        {
            Episodes.Continue(key, time);
        }
        else if (wasTrue)
        {
            Episodes.End(key, EpisodeEnd.Condition);
        }

        return group.IsTrue && !wasTrue;
    }

    /// <summary>A group will be looked for soon.</summary>
    public void ExpectIndex(UInt128 key) => _index.Expect(key);

    /// <summary>The next step after <see cref="ExpectIndex"/>: where the group is by now, and less than 0 if there is none. No more than a hint.</summary>
    public int ExpectGroup(UInt128 key)
    {
        var slot = _index.First(key);
        if (!_index.TryGet(ref slot, key, out var place))
        {
            return None;
        }

        DelayedEntries.Expect(in At(place));
        return place;
    }

    /// <summary>The next step: what stands beside the group, and what it has.</summary>
    public void ExpectNeighbours(int place)
    {
        if (place == None)
        {
            return;
        }

        ref var group = ref At(place);
        if (group.Newer != None)
        {
            DelayedEntries.Expect(in At(group.Newer));
        }

        if (group.Older != None)
        {
            DelayedEntries.Expect(in At(group.Older));
        }

        if (group.Window != WindowPool.None)
        {
            _windows[group.Window].Expect();
        }
    }

    /// <summary>The last step: the events of its window.</summary>
    public void ExpectWindow(int place)
    {
        if (place != None && At(place).Window is not WindowPool.None and var window)
        {
            _windows[window].ExpectEvents();
        }
    }

    /// <summary>Forgets groups whose time is over by now, also where no event comes.</summary>
    public void Expire(long now)
    {
        if (Count > 0 && now > _now)
        {
            _now = now;
            Sweep(MaximumClockSweep);
        }
    }

    /// <summary>Whether there is a group; where this correlation is at work, one beside that of the last event.</summary>
    public bool HasGroupBeside(bool isAtWork) => CanForget(_lone, isAtWork) || CanForget(_grown, isAtWork);

    /// <summary>Forgets the group that has been quiet for longest: of those with one event, unless these are few already.</summary>
    /// <param name="isAtWork">Whether this correlation is at work, so that the group of the last event has to stay.</param>
    /// <param name="byGroups">Whether there are too many groups, and not too many events.</param>
    public void ForgetOldest(bool isAtWork, bool byGroups)
    {
        var areManyLone = _lone.Count * LoneShare > (byGroups ? Count : Entries);
        var oldest = CanForget(_lone, isAtWork) && (areManyLone || !CanForget(_grown, isAtWork)) ? _lone.Oldest : _grown.Oldest;
        _counters.EvictedGroups += IsOver(ref At(oldest)) ? 0 : 1;
        Remove(oldest);
    }

    /// <summary>Forgets all groups.</summary>
    public void Clear(EpisodeEnd end)
    {
        Episodes.EndAll(end);
        ReturnWindows(_lone);
        ReturnWindows(_grown);
        _index.Clear();
        _free = _current = None;
        _lone = new GroupList();
        _grown = new GroupList();
        _room.Give(Count, Entries);
        Entries = 0;
        _used = Count = 0;
        _now = long.MinValue;
    }

    private void ReturnWindows(GroupList list)
    {
        for (var place = list.Oldest; place != None; place = At(place).Newer)
        {
            _windows.Return(At(place).Window);
        }
    }

    // The group of the last event is the newest of its list.
    private bool CanForget(GroupList list, bool isAtWork) => list.Oldest != None && !(isAtWork && list.Oldest == _current);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref CorrelationGroup At(int place) => ref _chunks[place >> ChunkBits][place & (ChunkLength - 1)];

    private void Add(ref CorrelationGroup group, ReadOnlySpan<WindowEntry> entries)
    {
        var before = CountOf(ref group);
        if (group.Window == WindowPool.None && (entries.Length > 1 || !TryAddAlone(ref group, entries[0])))
        {
            var rented = _windows.Rent();
            if (group.HasEntry)
            {
                var first = new CorrelationEvent(group.Newest, 0, group.Tag);
                _windows[rented].Add(new WindowEntry(first, group.Source, group.Bits, BitConverter.UInt64BitsToDouble(group.Bits)));
                if (group.IsTrue)
                {
                    // By that event alone.
                    _windows[rented].Rise();
                }
            }

            group.Window = rented;
        }

        group.Newest = Math.Max(group.Newest, entries[0].Event.Time);
        if (group.Window != WindowPool.None)
        {
            var window = _windows[group.Window];
            window.Expire(group.Newest - _timespan);
            foreach (ref readonly var entry in entries)
            {
                _counters.EvictedNumbers += window.Add(entry) ? 1 : 0;
            }
        }

        var added = CountOf(ref group) - before;
        Entries += added;
        _room.Take(0, added);
    }

    /// <summary>
    /// Adds an entry without a window: the first one, or a later one if this type holds only the latest. The only event of a group is its newest.
    /// </summary>
    private bool TryAddAlone(ref CorrelationGroup group, in WindowEntry entry)
    {
        if (!group.HasEntry)
        {
            if (_type == CorrelationType.TemporalOrdered)
            {
                // Its window also distinguishes events by their ids.
                return false;
            }

            group.Source = (short)entry.Source;
            group.Bits = _type == CorrelationType.ValueCount ? entry.Value : BitConverter.DoubleToUInt64Bits(entry.Number);
        }
        else if (_type switch
        {
            CorrelationType.Temporal => group.Source != entry.Source,
            CorrelationType.ValueCount => group.Bits != entry.Value,
            _ => true,
        })
        {
            return false;
        }
        else if (entry.Event.Time < group.Newest)
        {
            return true;
        }

        group.Tag = entry.Event.Tag;
        return true;
    }

    private double ValueOf(ref CorrelationGroup group) => group.Window != WindowPool.None ? _windows[group.Window].Value
        : _type is CorrelationType.EventCount or CorrelationType.ValueCount or CorrelationType.Temporal ? 1
        : BitConverter.UInt64BitsToDouble(group.Bits) + 0.0;

    private int CountOf(ref CorrelationGroup group) => group.Window != WindowPool.None ? _windows[group.Window].Count : group.HasEntry ? 1 : 0;

    private bool IsTrueFor(double value)
    {
        foreach (ref readonly var threshold in _thresholds.AsSpan())
        {
            if (!threshold.IsTrueFor(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The group, started anew if it has no event within the time span; none if the event is too late for it.</summary>
    private int Find(UInt128 key, long time)
    {
        var place = FindPlace(key);
        if (place == None)
        {
            place = Take();
            ref var added = ref At(place);
            added = new CorrelationGroup { Key = key, Newest = time };
            _index.Add(key, place, Count);
            Count++;
            _room.Take(1, 0);
            Append(place, ref added);
            return place;
        }

        ref var group = ref At(place);
        if (group.Newest - time > _timespan)
        {
            if (group.Newest - time <= _setBack)
            {
                return None;
            }

            Restart(ref group, time);
        }
        else if (time - group.Newest > _timespan)
        {
            Restart(ref group, time);
        }

        return place;
    }

    private int FindPlace(UInt128 key)
    {
        for (var slot = _index.First(key); _index.TryGet(ref slot, key, out var place);)
        {
            if (At(place).Key == key)
            {
                return place;
            }
        }

        return None;
    }

    private int Take()
    {
        if (_free != None)
        {
            var place = _free;
            _free = At(place).Newer;
            return place;
        }

        if (_used == _chunks.Length * ChunkLength)
        {
            Array.Resize(ref _chunks, _chunks.Length + 1);
            _chunks[^1] = new CorrelationGroup[ChunkLength];
        }

        return _used++;
    }

    private void Restart(ref CorrelationGroup group, long time)
    {
        Empty(ref group);
        End(ref group, EpisodeEnd.Quiet);
        group.Newest = time;
    }

    private void Empty(ref CorrelationGroup group)
    {
        var count = CountOf(ref group);
        Entries -= count;
        _room.Give(0, count);
        _windows.Return(group.Window);
        group.Window = WindowPool.None;
    }

    private void Sweep(int maximum)
    {
        for (var i = 0; i < maximum; i++)
        {
            if (_lone.Oldest != None && IsOver(ref At(_lone.Oldest)))
            {
                Remove(_lone.Oldest);
            }
            else if (_grown.Oldest != None && IsOver(ref At(_grown.Oldest)))
            {
                Remove(_grown.Oldest);
            }
            else
            {
                break;
            }
        }
    }

    private bool IsOver(ref CorrelationGroup group) => _now - group.Newest > _timespan || group.Newest - _now > _setBack;

    private void End(ref CorrelationGroup group, EpisodeEnd end)
    {
        if (group.IsTrue)
        {
            group.IsTrue = false;
            Episodes.End(group.Key, end);
        }
    }

    private void Remove(int place)
    {
        ref var group = ref At(place);
        End(ref group, IsOver(ref group) ? EpisodeEnd.Quiet : EpisodeEnd.Room);
        Unlink(place, ref group);
        _index.Remove(group.Key, place);
        Empty(ref group);
        group.Newer = _free;
        _free = place;
        Count--;
        _room.Give(1, 0);
    }

    /// <summary>Makes a group that had an event the newest, of those with one event or of the others.</summary>
    private void Move(int place, ref CorrelationGroup group)
    {
        // A window of this type is there from the first event on.
        var isGrown = group.Window != WindowPool.None && (_type != CorrelationType.TemporalOrdered || ValueOf(ref group) > 1);
        if (group.IsGrown != isGrown || ListOf(ref group).Newest != place)
        {
            Unlink(place, ref group);
            group.IsGrown = isGrown;
            Append(place, ref group);
        }
    }

    private ref GroupList ListOf(ref CorrelationGroup group) => ref group.IsGrown ? ref _grown : ref _lone;

    private void Append(int place, ref CorrelationGroup group)
    {
        ref var list = ref ListOf(ref group);
        group.Older = list.Newest;
        group.Newer = None;
        if (list.Newest == None)
        {
            list.Oldest = place;
        }
        else
        {
            At(list.Newest).Newer = place;
        }

        list.Newest = place;
        list.Count++;
    }

    private void Unlink(int place, ref CorrelationGroup group)
    {
        ref var list = ref ListOf(ref group);
        if (group.Older == None)
        {
            list.Oldest = group.Newer;
        }
        else
        {
            At(group.Older).Newer = group.Newer;
        }

        if (group.Newer == None)
        {
            list.Newest = group.Older;
        }
        else
        {
            At(group.Newer).Older = group.Older;
        }

        list.Count--;
    }
}
