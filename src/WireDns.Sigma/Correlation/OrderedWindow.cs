namespace WireDns.Sigma.Correlation;

/// <summary>
/// Counts how many of the sources, from the first on, had an event in their order. For each source, the chain up to it that begins latest
/// is held: if any chain is within the time span, that one is.
/// </summary>
/// <remarks>
/// One event is one link: if it comes through two sources, the second continues a chain from before it. A late event continues a chain only
/// if that ends before the event.
/// </remarks>
internal sealed class OrderedWindow : GroupWindow
{
    private readonly Chain[] _chains;
    private readonly Chain[] _chainsBefore;

    public OrderedWindow(int sourceCount)
    {
        _chains = Make(sourceCount);
        _chainsBefore = Make(sourceCount);
    }

    public override int Count => _chains.Length;

    public override double Value
    {
        get
        {
            // A chain begins no later than the one that it continues, so that they end in this order.
            var length = 0;
            while (length < _chains.Length && _chains[length].IsThere)
            {
                length++;
            }

            return length;
        }
    }

    public override long? From => Value is var length and > 0 ? _chains[(int)length - 1].Start : null;

    public override bool Add(in WindowEntry entry)
    {
        var (source, time, id) = (entry.Source, entry.Event.Time, entry.Event.Id);
        var from = source == 0 ? null : ChainBefore(source - 1, id);
        if (source > 0 && (!from!.IsThere || from.End > time))
        {
            return false;
        }

        var start = from?.Start ?? time;
        if (_chains[source].IsThere && _chains[source].Start >= start)
        {
            return false;
        }

        // The state before this event is also kept for the sources that it comes through.
        (_chains[source], _chainsBefore[source]) = (_chainsBefore[source], _chains[source]);
        var chain = _chains[source];
        chain.IsThere = true;
        chain.Start = start;
        chain.End = time;
        chain.LastId = id;
        from?.Links.AsSpan(0, source).CopyTo(chain.Links);
        chain.Links[source] = new ReportedEvent(time, entry.Event.Tag);
        return false;
    }

    public override void Expire(long from)
    {
        for (var i = 0; i < _chains.Length; i++)
        {
            _chains[i].IsThere &= _chains[i].Start >= from;
            _chainsBefore[i].IsThere &= _chainsBefore[i].Start >= from;
        }
    }

    public override void Clear()
    {
        for (var i = 0; i < _chains.Length; i++)
        {
            _chains[i].IsThere = false;
            _chainsBefore[i].IsThere = false;
        }
    }

    public override IReadOnlyList<ReportedEvent> Report(int maximum)
    {
        var length = (int)Value;
        return length == 0 ? [] : [.. _chains[length - 1].Links.Take(length).TakeLast(maximum)];
    }

    /// <inheritdoc/>
    public override void Write(BinaryWriter writer)
    {
        foreach (var chain in _chains.Concat(_chainsBefore))
        {
            chain.Write(writer);
        }
    }

    /// <inheritdoc/>
    public override void Read(BinaryReader reader, Func<long, long> tagOf)
    {
        foreach (var chain in _chains.Concat(_chainsBefore))
        {
            chain.Read(reader, tagOf);
        }
    }

    private Chain ChainBefore(int source, long id) =>
        _chains[source].IsThere && _chains[source].LastId == id ? _chainsBefore[source] : _chains[source];

    private static Chain[] Make(int count) => [.. Enumerable.Range(0, count).Select(i => new Chain(i + 1))];

    private sealed class Chain(int length)
    {
        public bool IsThere { get; set; }

        public long Start { get; set; }

        public long End { get; set; }

        public long LastId { get; set; }

        public ReportedEvent[] Links { get; } = new ReportedEvent[length];

        public void Write(BinaryWriter writer)
        {
            writer.Write(IsThere);
            if (!IsThere)
            {
                return;
            }

            writer.Write(Start);
            writer.Write(End);
            writer.Write(LastId);
            foreach (var link in Links)
            {
                writer.Write(link.Time);
                writer.Write(link.Tag);
            }
        }

        public void Read(BinaryReader reader, Func<long, long> tagOf)
        {
            IsThere = reader.ReadBoolean();
            if (!IsThere)
            {
                return;
            }

            Start = reader.ReadInt64();
            End = reader.ReadInt64();
            LastId = reader.ReadInt64();
            foreach (ref var link in Links.AsSpan())
            {
                link = new ReportedEvent(reader.ReadInt64(), tagOf(reader.ReadInt64()));
            }
        }
    }
}
