namespace WireDns.Sigma.Correlation;

/// <summary>The numbers in a sum, a mean or a percentile: the newest, at most <paramref name="capacity"/>.</summary>
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

    /// <summary>A number was added.</summary>
    protected abstract void Put(double number);

    /// <summary>A number was removed.</summary>
    protected abstract void Take(double number);
}
