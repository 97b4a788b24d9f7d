using System.Runtime.CompilerServices;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>The groups of one correlation, by what their events have in common and in the order of their last events.</summary>
/// <remarks>
/// Most groups never have a second event, so a group is 56 bytes in a large array: it holds its only event, its neighbours are numbers, and
/// no part of it is an object. It gets a window when there is more to hold. A million groups are a few arrays to the garbage collector.
/// </remarks>
internal sealed class CorrelationTable
{
    // Packets of several interfaces, or of lookups that time out, come seconds late. A clock that is further back was set back.
    private const long LeastSetBack = 60_000_000_000;

    private const long NanosecondsPerTick = 100;

    // Expired groups are removed a few at a time, so that no event pays for many.
    private const int MaximumSweep = 2;

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
    private Group[][] _chunks = [];
    private int _used;
    private int _free = None;
    private int _oldest = None;
    private int _newest = None;
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
        room.Add(this);
    }

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

        Sweep();
        _current = Find(key, time);
        if (_current == None)
        {
            _counters.Late++;
            return false;
        }

        ref var group = ref At(_current);
        Add(ref group, entries);
        _room.Make(this);
        var wasTrue = group.IsTrue;
        group.IsTrue = IsTrueFor(ValueOf(ref group));
        return group.IsTrue && !wasTrue;
    }

    /// <summary>
    /// The newest events of the group that <see cref="Observe"/> last added an event to, at most this many, oldest first. Allocates; only for hits.
    /// </summary>
    public IReadOnlyList<ReportedEvent> Report(int maximum)
    {
        ref var group = ref At(_current);
        return group.Window != WindowPool.None ? _windows[group.Window].Report(maximum)
            : maximum > 0 ? [new ReportedEvent(group.Newest, group.Tag)]
            : [];
    }

    /// <summary>Whether there is a group to give up; while this correlation handles an event, one besides that event's own.</summary>
    public bool HasGroupBeside(bool isAtWork) => _oldest != None && !(isAtWork && _oldest == _current);

    /// <summary>Forgets the group that has been quiet longest.</summary>
    public void ForgetOldest()
    {
        _counters.EvictedGroups += IsOver(ref At(_oldest)) ? 0 : 1;
        Remove(_oldest);
    }

    /// <summary>Forgets all groups.</summary>
    public void Clear()
    {
        for (var place = _oldest; place != None; place = At(place).Newer)
        {
            _windows.Return(At(place).Window);
        }

        _index.Clear();
        _free = _oldest = _newest = _current = None;
        _room.Give(Count, Entries);
        Entries = 0;
        _used = Count = 0;
        _now = long.MinValue;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Group At(int place) => ref _chunks[place >> ChunkBits][place & (ChunkLength - 1)];

    private void Add(ref Group group, ReadOnlySpan<WindowEntry> entries)
    {
        var before = CountOf(ref group);
        if (group.Window == WindowPool.None && (entries.Length > 1 || !TryAddAlone(ref group, entries[0])))
        {
            group.Window = _windows.Rent();
            if (group.HasEntry)
            {
                var first = new CorrelationEvent(group.Newest, 0, group.Tag);
                _windows[group.Window].Add(new WindowEntry(first, group.Source, group.Bits, BitConverter.UInt64BitsToDouble(group.Bits)));
                group.HasEntry = false;
            }
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
    private bool TryAddAlone(ref Group group, in WindowEntry entry)
    {
        if (!group.HasEntry)
        {
            if (_type == CorrelationType.TemporalOrdered)
            {
                // Its window also distinguishes events by their ids.
                return false;
            }

            group.HasEntry = true;
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

    private double ValueOf(ref Group group) => group.Window != WindowPool.None ? _windows[group.Window].Value
        : _type is CorrelationType.EventCount or CorrelationType.ValueCount or CorrelationType.Temporal ? 1
        : BitConverter.UInt64BitsToDouble(group.Bits) + 0.0;

    private int CountOf(ref Group group) => group.Window != WindowPool.None ? _windows[group.Window].Count : group.HasEntry ? 1 : 0;

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
            added = new Group { Key = key, Newest = time };
            _index.Add(key, place, Count);
            Count++;
            _room.Take(1, 0);
            Append(place);
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

        if (place != _newest)
        {
            Unlink(place);
            Append(place);
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
            _chunks[^1] = new Group[ChunkLength];
        }

        return _used++;
    }

    private void Restart(ref Group group, long time)
    {
        Empty(ref group);
        group.IsTrue = false;
        group.Newest = time;
    }

    private void Empty(ref Group group)
    {
        var count = CountOf(ref group);
        Entries -= count;
        _room.Give(0, count);
        _windows.Return(group.Window);
        group.Window = WindowPool.None;
        group.HasEntry = false;
    }

    private void Sweep()
    {
        for (var i = 0; i < MaximumSweep && _oldest != None && IsOver(ref At(_oldest)); i++)
        {
            Remove(_oldest);
        }
    }

    private bool IsOver(ref Group group) => _now - group.Newest > _timespan || group.Newest - _now > _setBack;

    private void Remove(int place)
    {
        Unlink(place);
        ref var group = ref At(place);
        _index.Remove(group.Key, place);
        Empty(ref group);
        group.Newer = _free;
        _free = place;
        Count--;
        _room.Give(1, 0);
    }

    private void Append(int place)
    {
        ref var group = ref At(place);
        group.Older = _newest;
        group.Newer = None;
        if (_newest == None)
        {
            _oldest = place;
        }
        else
        {
            At(_newest).Newer = place;
        }

        _newest = place;
    }

    private void Unlink(int place)
    {
        ref var group = ref At(place);
        if (group.Older == None)
        {
            _oldest = group.Newer;
        }
        else
        {
            At(group.Older).Newer = group.Newer;
        }

        if (group.Newer == None)
        {
            _newest = group.Older;
        }
        else
        {
            At(group.Newer).Older = group.Older;
        }
    }

    /// <summary>What the events of a group have in common, and its only event or the place of its window.</summary>
    private struct Group
    {
        // In two halves: a number of 128 bits would be aligned to 16 octets, and the group padded to 64.
        private ulong _lowKey;
        private ulong _highKey;

        public UInt128 Key
        {
            readonly get => new(_highKey, _lowKey);
            set => (_lowKey, _highKey) = ((ulong)value, (ulong)(value >> 64));
        }

        /// <summary>The latest time of an event.</summary>
        public long Newest;

        /// <summary>The tag of the only event.</summary>
        public long Tag;

        /// <summary>The value of the only event: its hash if values are counted, else its number.</summary>
        public ulong Bits;

        /// <summary>The neighbours in the list of groups by their last event.</summary>
        public int Older;

        /// <inheritdoc cref="Older"/>
        public int Newer;

        /// <summary>Where the window is.</summary>
        public int Window;

        /// <summary>The source of the only event.</summary>
        public short Source;

        public bool HasEntry;

        /// <summary>Whether the condition was true after the last event.</summary>
        public bool IsTrue;
    }
}
