namespace WireDns.Sigma.Correlation;

/// <summary>Numbers of which a sum, a mean or a percentile is taken: at most <paramref name="capacity"/>, the newest.</summary>
internal abstract class NumberWindow(int capacity) : GroupWindow
{
    public override int Count => Numbers.Count;

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

    public override void Clear() => Numbers.Clear();

    public override IReadOnlyList<ReportedEvent> Report(int maximum) => Numbers.Report(maximum);

    /// <summary>A number has come.</summary>
    protected abstract void Put(double number);

    /// <summary>A number has gone.</summary>
    protected abstract void Take(double number);
}
