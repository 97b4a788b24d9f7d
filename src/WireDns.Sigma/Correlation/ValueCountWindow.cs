namespace WireDns.Sigma.Correlation;

/// <summary>
/// Counts distinct values: each is held once, with its latest event, in a list by time. Of more than <paramref name="capacity"/> only those
/// seen last are held: all that the condition asks is whether there are that many within the time span.
/// </summary>
internal sealed class ValueCountWindow(int capacity) : GroupWindow
{
    private const int None = -1;
    private const int SmallestLength = 4;

    // For a few values a linear search is faster than a hash table, and needs less room.
    private const int LargestWithoutIndex = 16;

    private Node[] _nodes = new Node[SmallestLength];
    private Dictionary<ulong, int>? _index;
    private int _count;
    private int _used;
    private int _free = None;
    private int _oldest = None;
    private int _newest = None;

    public override int Count => _count;

    public override double Value => _count;

    public override long? From => _oldest == None ? null : _nodes[_oldest].Time;

    public override void ExpectEvents()
    {
        if (_newest != None)
        {
            DelayedEntries.Expect(in _nodes[_newest]);
            DelayedEntries.Expect(in _nodes[_oldest]);
        }
    }

    public override bool Add(in WindowEntry entry)
    {
        var place = Find(entry.Value);
        if (place != None)
        {
            if (entry.Event.Time < _nodes[place].Time)
            {
                return false;
            }

            Unlink(place);
        }
        else
        {
            if (_count == capacity)
            {
                if (entry.Event.Time < _nodes[_oldest].Time)
                {
                    return false;
                }

                Remove(_oldest);
            }

            place = Take();
            _nodes[place].Value = entry.Value;
            _count++;
            AddToIndex(place);
        }

        _nodes[place].Time = entry.Event.Time;
        _nodes[place].Tag = entry.Event.Tag;
        Link(place);
        return false;
    }

    public override void Expire(long from)
    {
        while (_oldest != None && _nodes[_oldest].Time < from)
        {
            Remove(_oldest);
        }

        if (_nodes.Length > LargestWithoutIndex * 2 && _count < _nodes.Length / 4)
        {
            Shrink();
        }
    }

    public override void Clear()
    {
        if (_nodes.Length > LargestWithoutIndex)
        {
            _nodes = new Node[SmallestLength];
        }

        _index = null;
        _count = 0;
        _used = 0;
        _free = _oldest = _newest = None;
    }

    public override IReadOnlyList<ReportedEvent> Report(int maximum)
    {
        var events = new ReportedEvent[Math.Min(_count, maximum)];
        var place = _newest;
        for (var i = events.Length - 1; i >= 0; i--)
        {
            events[i] = new ReportedEvent(_nodes[place].Time, _nodes[place].Tag);
            place = _nodes[place].Older;
        }

        return events;
    }

    /// <inheritdoc/>
    public override void Write(BinaryWriter writer)
    {
        writer.Write(_count);
        for (var place = _oldest; place != None; place = _nodes[place].Newer)
        {
            writer.Write(_nodes[place].Value);
            writer.Write(_nodes[place].Time);
            writer.Write(_nodes[place].Tag);
        }
    }

    /// <inheritdoc/>
    public override void Read(BinaryReader reader, Func<long, long> tagOf)
    {
        var count = ReadCount(reader, capacity);
        for (var i = 0; i < count; i++)
        {
            var value = reader.ReadUInt64();
            Add(new WindowEntry(new CorrelationEvent(reader.ReadInt64(), 0, tagOf(reader.ReadInt64())), 0, value, 0));
        }
    }

    private int Find(ulong value)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(value, out var found) ? found : None;
        }

        var place = _newest;
        while (place != None && _nodes[place].Value != value)
        {
            place = _nodes[place].Older;
        }

        return place;
    }

    private void AddToIndex(int place)
    {
        if (_index is not null)
        {
            _index.Add(_nodes[place].Value, place);
        }
        else if (_count > LargestWithoutIndex)
        {
            _index = new Dictionary<ulong, int>(_count * 2) { [_nodes[place].Value] = place };
            for (var other = _newest; other != None; other = _nodes[other].Older)
            {
                _index.Add(_nodes[other].Value, other);
            }
        }
    }

    private void Link(int place)
    {
        // Nearly always at the end.
        var older = _newest;
        while (older != None && _nodes[older].Time > _nodes[place].Time)
        {
            older = _nodes[older].Older;
        }

        var newer = older == None ? _oldest : _nodes[older].Newer;
        _nodes[place].Older = older;
        _nodes[place].Newer = newer;
        if (older == None)
        {
            _oldest = place;
        }
        else
        {
            _nodes[older].Newer = place;
        }

        if (newer == None)
        {
            _newest = place;
        }
        else
        {
            _nodes[newer].Older = place;
        }
    }

    private void Unlink(int place)
    {
        var (older, newer) = (_nodes[place].Older, _nodes[place].Newer);
        if (older == None)
        {
            _oldest = newer;
        }
        else
        {
            _nodes[older].Newer = newer;
        }

        if (newer == None)
        {
            _newest = older;
        }
        else
        {
            _nodes[newer].Older = older;
        }
    }

    private void Remove(int place)
    {
        Unlink(place);
        _index?.Remove(_nodes[place].Value);
        _nodes[place].Newer = _free;
        _free = place;
        _count--;
    }

    private int Take()
    {
        if (_free != None)
        {
            var place = _free;
            _free = _nodes[place].Newer;
            return place;
        }

        if (_used == _nodes.Length)
        {
            Array.Resize(ref _nodes, _used * 2);
        }

        return _used++;
    }

    private void Shrink()
    {
        var (old, place) = (_nodes, _oldest);
        _nodes = new Node[Math.Max(old.Length / 2, SmallestLength)];
        _index = _count > LargestWithoutIndex ? new Dictionary<ulong, int>(_count * 2) : null;
        _used = 0;
        _free = _oldest = _newest = None;
        for (; place != None; place = old[place].Newer)
        {
            _nodes[_used] = old[place];
            _index?.Add(old[place].Value, _used);
            Link(_used++);
        }
    }

    private struct Node
    {
        public ulong Value;
        public long Time;
        public long Tag;
        public int Older;
        public int Newer;
    }
}
