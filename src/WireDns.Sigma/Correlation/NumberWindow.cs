namespace WireDns.Sigma.Correlation;

/// <summary>The numbers in a sum, a mean or a percentile: the newest, at most <paramref name="capacity"/>.</summary>
internal abstract class NumberWindow(int capacity) : GroupWindow
{
    private long _risenFrom = long.MinValue;
    private int _rises;

    public override int Count => Numbers.Count;

    public override long? From => Numbers.Count > 0 ? Numbers[0].Time : null;

    protected SlotRing Numbers { get; } = new();

    public override bool Add(in WindowEntry entry)
    {
        var isFull = Numbers.Count == capacity;
        if (isFull)
        {
            if (entry.Event.Time < Numbers[0].Time)
            {
                return true;
            }

            Take(Numbers.Pop().Number);
        }

        Numbers.Insert(new Slot(entry.Event.Time, entry.Event.Tag, entry.Number));
        Put(entry.Number);
        return isFull;
    }

    public override void Expire(long from)
    {
        while (Numbers.Count > 0 && Numbers[0].Time < from)
        {
            Take(Numbers.Pop().Number);
        }
    }

    public override int Rise()
    {
        if (From is { } from && from != _risenFrom)
        {
            (_risenFrom, _rises) = (from, 0);
        }

        return _rises++;
    }

    public override void Clear()
    {
        Numbers.Clear();
        (_risenFrom, _rises) = (long.MinValue, 0);
    }

    public override IReadOnlyList<ReportedEvent> Report(int maximum) => Numbers.Report(maximum);

    /// <inheritdoc/>
    public override void Write(BinaryWriter writer)
    {
        writer.Write(Numbers.Count);
        for (var i = 0; i < Numbers.Count; i++)
        {
            writer.Write(Numbers[i].Time);
            writer.Write(Numbers[i].Tag);
            writer.Write(Numbers[i].Number);
        }

        writer.Write(_risenFrom);
        writer.Write(_rises);
    }

    /// <inheritdoc/>
    public override void Read(BinaryReader reader, Func<long, long> tagOf)
    {
        var count = ReadCount(reader, int.MaxValue);
        for (var i = 0; i < count; i++)
        {
            Add(new WindowEntry(new CorrelationEvent(reader.ReadInt64(), 0, tagOf(reader.ReadInt64())), 0, 0, reader.ReadDouble()));
        }

        _risenFrom = reader.ReadInt64();
        _rises = reader.ReadInt32();
    }

    /// <summary>A number was added.</summary>
    protected abstract void Put(double number);

    /// <summary>A number was removed.</summary>
    protected abstract void Take(double number);
}
