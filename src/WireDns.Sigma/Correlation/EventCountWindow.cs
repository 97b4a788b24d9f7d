using System.Numerics;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// Counts events. Of more than <paramref name="capacity"/> only the newest are held: all that the condition asks is whether there are that
/// many within the time span.
/// </summary>
/// <remarks>An event is 8 octets, its time. The tags of the newest, which are all that is reported, are in a ring, by the numbers of the events.</remarks>
/// <param name="capacity">The most events that are held.</param>
/// <param name="reported">The most events that are reported.</param>
/// <param name="times">Where the times are, those of other windows too.</param>
internal sealed class EventCountWindow(int capacity, int reported, TimeBlocks times) : GroupWindow
{
    private const int FewestTags = 2;
    private const int MostKeptTags = 16;
    private const int MostTags = 1 << 20;

    private long[] _tags = [];
    private int _first = TimeBlocks.None;
    private int _last = TimeBlocks.None;
    private int _count;

    // The number of the next event: numbers follow each other in the order of time.
    private uint _next;
    private long _oldest;
    private long _newest;

    public override int Count => _count;

    public override double Value => _count;

    public override long? From => _oldest;

    public override void ExpectEvents()
    {
        if (_count > 0)
        {
            DelayedEntries.Expect(in times[_first]);
            DelayedEntries.Expect(in times[_last]);
            DelayedEntries.Expect(in TagOf(_next));
        }
    }

    public override bool Add(in WindowEntry entry)
    {
        var (time, tag) = (entry.Event.Time, entry.Event.Tag);
        if (_count == capacity)
        {
            if (time < _oldest)
            {
                return false;
            }

            Pop();
        }

        if (_count == _tags.Length)
        {
            GrowTags();
        }

        _last = _count == 0 ? times.Begin() : times.Append(_last);
        if (_count == 0)
        {
            (_first, _oldest) = (_last, time);
        }

        if (_count == 0 || time >= _newest)
        {
            times[_last] = _newest = time;
            TagOf(_next) = tag;
        }
        else
        {
            Insert(time, tag);
        }

        _count++;
        _next++;
        return false;
    }

    public override void Expire(long from)
    {
        while (_count > 0 && _oldest < from)
        {
            Pop();
        }
    }

    public override void Clear()
    {
        if (_count > 0)
        {
            times.Return(_first, _last);
            _count = 0;
        }

        if (_tags.Length > MostKeptTags)
        {
            _tags = [];
        }
    }

    public override IReadOnlyList<ReportedEvent> Report(int maximum)
    {
        var events = new ReportedEvent[Math.Min(_count, Math.Min(maximum, reported))];
        var place = _last;
        for (var i = events.Length - 1; i >= 0; i--)
        {
            events[i] = new ReportedEvent(times[place], TagOf(_next - (uint)(events.Length - i)));
            place = i > 0 ? times.Before(place) : place;
        }

        return events;
    }

    /// <inheritdoc/>
    public override void Write(BinaryWriter writer)
    {
        writer.Write(_count);
        var place = _first;
        for (var i = 0; i < _count; i++)
        {
            writer.Write(times[place]);
            place = i + 1 < _count ? times.After(place) : place;
        }

        var tagged = Math.Min(_count, _tags.Length);
        writer.Write(tagged);
        for (var i = tagged; i > 0; i--)
        {
            writer.Write(TagOf(_next - (uint)i));
        }
    }

    /// <inheritdoc/>
    public override void Read(BinaryReader reader, Func<long, long> tagOf)
    {
        var count = ReadCount(reader, capacity);
        for (var i = 0; i < count; i++)
        {
            Add(new WindowEntry(new CorrelationEvent(reader.ReadInt64(), 0, 0), 0, 0, 0));
        }

        for (var i = ReadCount(reader, Math.Min(_count, _tags.Length)); i > 0; i--)
        {
            TagOf(_next - (uint)i) = tagOf(reader.ReadInt64());
        }
    }

    private ref long TagOf(uint number) => ref _tags[number & (uint)(_tags.Length - 1)];

    private void Pop()
    {
        _count--;
        if (_count == 0)
        {
            times.Return(_first, _last);
            return;
        }

        _first = times.RemoveFirst(_first);
        _oldest = times[_first];
    }

    /// <summary>Puts a late event where it belongs: those after it move up by one, into the place that was added.</summary>
    private void Insert(long time, long tag)
    {
        var place = _last;
        var number = _next;

        // The newest number takes over the place of the oldest tag, which may stay among the newest.
        var oldestTag = TagOf(_next);
        for (; place != _first && times[times.Before(place)] > time; number--)
        {
            var before = times.Before(place);
            times[place] = times[before];
            place = before;
            if (_next - number < _tags.Length)
            {
                TagOf(number) = _next - number == _tags.Length - 1 ? oldestTag : TagOf(number - 1);
            }
        }

        times[place] = time;
        _oldest = times[_first];
        if (_next - number < _tags.Length)
        {
            TagOf(number) = tag;
        }
    }

    private void GrowTags()
    {
        var length = Math.Clamp(_tags.Length * 2, FewestTags, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(reported, FewestTags, MostTags)));
        if (length > _tags.Length)
        {
            var old = _tags;
            _tags = new long[length];
            for (var number = _next - (uint)_count; number != _next; number++)
            {
                TagOf(number) = old[number & (uint)(old.Length - 1)];
            }
        }
    }
}
