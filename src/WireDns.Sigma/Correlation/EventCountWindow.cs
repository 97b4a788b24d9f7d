namespace WireDns.Sigma.Correlation;

/// <summary>
/// Counts events. Of more than <paramref name="capacity"/> only the newest are held: all that the condition asks is whether there are that
/// many within the time span.
/// </summary>
internal sealed class EventCountWindow(int capacity) : GroupWindow
{
    private readonly SlotRing _events = new();

    public override int Count => _events.Count;

    public override double Value => _events.Count;

    public override bool Add(in WindowEntry entry)
    {
        if (_events.Count == capacity)
        {
            if (entry.Event.Time < _events[0].Time)
            {
                return false;
            }

            _events.Pop();
        }

        _events.Insert(new Slot(entry.Event.Time, entry.Event.Tag, 0));
        return false;
    }

    public override void Expire(long from)
    {
        while (_events.Count > 0 && _events[0].Time < from)
        {
            _events.Pop();
        }
    }

    public override void Clear() => _events.Clear();

    public override IReadOnlyList<ReportedEvent> Report(int maximum) => _events.Report(maximum);
}
