namespace WireDns.Sigma.Correlation;

/// <summary>Counts the sources that had an event, in any order: the latest of each is held.</summary>
internal sealed class TemporalWindow(int sourceCount) : GroupWindow
{
    private readonly ReportedEvent[] _latest = new ReportedEvent[sourceCount];
    private readonly bool[] _isThere = new bool[sourceCount];
    private int _present;

    public override int Count => sourceCount;

    public override double Value => _present;

    public override bool Add(in WindowEntry entry)
    {
        var source = entry.Source;
        if (!_isThere[source])
        {
            _isThere[source] = true;
            _present++;
        }
        else if (entry.Event.Time < _latest[source].Time)
        {
            return false;
        }

        _latest[source] = new ReportedEvent(entry.Event.Time, entry.Event.Tag);
        return false;
    }

    public override void Expire(long from)
    {
        for (var i = 0; i < sourceCount; i++)
        {
            if (_isThere[i] && _latest[i].Time < from)
            {
                _isThere[i] = false;
                _present--;
            }
        }
    }

    public override void Clear()
    {
        Array.Clear(_isThere);
        _present = 0;
    }

    public override IReadOnlyList<ReportedEvent> Report(int maximum) =>
        [.. _latest.Where((_, i) => _isThere[i]).OrderBy(reported => reported.Time).TakeLast(maximum)];
}
