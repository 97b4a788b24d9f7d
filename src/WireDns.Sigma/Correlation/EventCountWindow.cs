using System.Numerics;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// Counts events. Of more than <paramref name="capacity"/> only the newest are held: all that the condition asks is whether there are that
/// many within the time span.
/// </summary>
/// <remarks>
/// An event is 8 octets, its time, in a ring that grows and shrinks with their number. The tags of the newest, which are all that is reported, are in
/// a shorter ring at the beginning of the same array. An event's number names its places in both; numbers follow each other from the oldest on.
/// </remarks>
/// <param name="capacity">The most events that are held.</param>
/// <param name="reported">The most events that are reported.</param>
internal sealed class EventCountWindow(int capacity, int reported) : GroupWindow
{
    private const int SmallestLength = 4;
    private const int LargestKeptLength = 32;

    private readonly int _mostTags = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(reported, 1, 1 << 20));

    // Powers of two: the ring of times, and before it the one of tags, which is not longer.
    private int _length = SmallestLength;
    private int _tags;
    private long[] _slots = [];
    private int _first;
    private int _count;
    private long _oldest;

    public override int Count => _count;

    public override double Value => _count;

    public override long? From => _oldest;

    public override void ExpectEvents()
    {
        if (_slots.Length > 0)
        {
            DelayedEntries.Expect(in TimeOf(_first));
            DelayedEntries.Expect(in TimeOf(_first + _count));
            DelayedEntries.Expect(in TagOf(_first + _count));
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

        if (_slots.Length == 0)
        {
            Resize(SmallestLength);
        }
        else if (_count == _length)
        {
            Resize(_length * 2);
        }

        if (_count == 0 || time >= TimeOf(_first + _count - 1))
        {
            _oldest = _count == 0 ? time : _oldest;
            TimeOf(_first + _count) = time;
            TagOf(_first + _count) = tag;
            _count++;
        }
        else
        {
            Insert(time, tag);
        }

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
        _count = 0;
        _first = 0;
        if (_length > LargestKeptLength)
        {
            _slots = [];
            _length = SmallestLength;
        }
    }

    public override IReadOnlyList<ReportedEvent> Report(int maximum)
    {
        var events = new ReportedEvent[Math.Min(_count, Math.Min(maximum, reported))];
        for (var i = 0; i < events.Length; i++)
        {
            var number = _first + _count - events.Length + i;
            events[i] = new ReportedEvent(TimeOf(number), TagOf(number));
        }

        return events;
    }

    /// <inheritdoc/>
    public override void Write(BinaryWriter writer)
    {
        writer.Write(_count);
        for (var i = 0; i < _count; i++)
        {
            writer.Write(TimeOf(_first + i));
        }

        var tagged = Math.Min(_count, _tags);
        writer.Write(tagged);
        for (var i = _count - tagged; i < _count; i++)
        {
            writer.Write(TagOf(_first + i));
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

        for (var i = _count - ReadCount(reader, Math.Min(_count, _tags)); i < _count; i++)
        {
            TagOf(_first + i) = tagOf(reader.ReadInt64());
        }
    }

    private ref long TimeOf(int number) => ref _slots[_tags + (number & (_length - 1))];

    private ref long TagOf(int number) => ref _slots[number & (_tags - 1)];

    private void Pop()
    {
        _first = (_first + 1) & (_length - 1);
        _count--;
        if (_length > LargestKeptLength && _count < _length / 4)
        {
            Resize(_length / 2);
        }

        _oldest = _count > 0 ? TimeOf(_first) : 0;
    }

    /// <summary>Puts a late event where it belongs: those after it move up by one.</summary>
    private void Insert(long time, long tag)
    {
        const int Few = 64;
        Span<long> tags = _tags <= Few ? stackalloc long[Few] : new long[_tags];
        tags = tags[..Math.Min(_count, _tags)];
        var firstTagged = _first + _count - tags.Length;
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = TagOf(firstTagged + i);
        }

        var place = _first + _count;
        for (; place > _first && TimeOf(place - 1) > time; place--)
        {
            TimeOf(place) = TimeOf(place - 1);
        }

        TimeOf(place) = time;
        _count++;
        _oldest = TimeOf(_first);
        for (var i = 0; i < tags.Length; i++)
        {
            SetTag(firstTagged + i < place ? firstTagged + i : firstTagged + i + 1, tags[i]);
        }

        SetTag(place, tag);
    }

    /// <summary>Keeps a tag if its event is one of the newest.</summary>
    private void SetTag(int number, long tag)
    {
        if (_first + _count - number <= _tags)
        {
            TagOf(number) = tag;
        }
    }

    private void Resize(int length)
    {
        var (slots, firstTime, oldTags, oldLength) = (_slots, _first, _tags, _length);
        _length = length;
        _tags = Math.Min(length, _mostTags);
        _slots = new long[_tags + length];
        _first = 0;
        for (var i = 0; i < _count; i++)
        {
            TimeOf(i) = slots[oldTags + ((firstTime + i) & (oldLength - 1))];
        }

        for (var i = Math.Max(0, _count - Math.Min(_tags, oldTags)); i < _count; i++)
        {
            TagOf(i) = slots[(firstTime + i) & (oldTags - 1)];
        }
    }
}
