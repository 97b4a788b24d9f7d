namespace WireDns.Sigma.Correlation;

/// <summary>Counts the sources that had an event, in any order: the latest of each is held.</summary>
internal sealed class TemporalWindow(int sourceCount) : GroupWindow
{
    private readonly ReportedEvent[] _latest = new ReportedEvent[sourceCount];
    private readonly bool[] _isThere = new bool[sourceCount];
    private int _present;

    public override int Count => sourceCount;

    public override double Value => _present;

    public override long? From => _latest.Where((_, i) => _isThere[i]).Min(reported => (long?)reported.Time);

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

    /// <inheritdoc/>
    public override void Write(BinaryWriter writer)
    {
        for (var i = 0; i < sourceCount; i++)
        {
            writer.Write(_isThere[i]);
            writer.Write(_latest[i].Time);
            writer.Write(_latest[i].Tag);
        }
    }

    /// <inheritdoc/>
    public override void Read(BinaryReader reader, Func<long, long> tagOf)
    {
        for (var i = 0; i < sourceCount; i++)
        {
            _isThere[i] = reader.ReadBoolean();
            _latest[i] = new ReportedEvent(reader.ReadInt64(), tagOf(reader.ReadInt64()));
            _present += _isThere[i] ? 1 : 0;
        }
    }

    public override IReadOnlyList<ReportedEvent> Report(int maximum) =>
        [.. _latest.Where((_, i) => _isThere[i]).OrderBy(reported => reported.Time).TakeLast(maximum)];
}
