namespace WireDns.Sigma.Correlation;

/// <summary>Events in the order of their times, in a ring that grows and shrinks with their number.</summary>
internal sealed class SlotRing
{
    private const int SmallestLength = 4;
    private const int LargestKeptLength = 32;

    private Slot[] _slots = new Slot[SmallestLength];
    private int _first;

    public int Count { get; private set; }

    /// <summary>An event by its place, from the oldest on.</summary>
    public Slot this[int index] => _slots[(_first + index) & (_slots.Length - 1)];

    /// <summary>Puts an event where it belongs: nearly always at the end.</summary>
    public void Insert(Slot slot)
    {
        if (Count == _slots.Length)
        {
            Resize(Count * 2);
        }

        var mask = _slots.Length - 1;
        var place = _first + Count;
        while (place > _first && _slots[(place - 1) & mask].Time > slot.Time)
        {
            _slots[place & mask] = _slots[(place - 1) & mask];
            place--;
        }

        _slots[place & mask] = slot;
        Count++;
    }

    /// <summary>Removes the oldest event.</summary>
    public Slot Pop()
    {
        var slot = _slots[_first];
        _first = (_first + 1) & (_slots.Length - 1);
        Count--;
        if (_slots.Length > LargestKeptLength && Count < _slots.Length / 4)
        {
            Resize(_slots.Length / 2);
        }

        return slot;
    }

    public void Clear()
    {
        Count = 0;
        _first = 0;
        if (_slots.Length > LargestKeptLength)
        {
            _slots = new Slot[SmallestLength];
        }
    }

    /// <summary>The newest events, at most this many, oldest first.</summary>
    public IReadOnlyList<ReportedEvent> Report(int maximum)
    {
        var events = new ReportedEvent[Math.Min(Count, maximum)];
        for (var i = 0; i < events.Length; i++)
        {
            var slot = this[Count - events.Length + i];
            events[i] = new ReportedEvent(slot.Time, slot.Tag);
        }

        return events;
    }

    private void Resize(int length)
    {
        var slots = new Slot[length];
        for (var i = 0; i < Count; i++)
        {
            slots[i] = this[i];
        }

        _slots = slots;
        _first = 0;
    }
}

/// <summary>An event in a <see cref="SlotRing"/>.</summary>
internal readonly record struct Slot(long Time, long Tag, double Number);
