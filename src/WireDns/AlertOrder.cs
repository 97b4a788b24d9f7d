using WireDns.Alerts;

namespace WireDns;

/// <summary>
/// Puts the alerts of files that are read at the same time into the order of the files. Those of the first file that is not finished go out
/// at once; those of later files wait, and so does a file that has more of them than there is room for. Thread-safe.
/// </summary>
/// <param name="raise">Takes an alert; false where it was dropped.</param>
internal sealed class AlertOrder(Func<Alert, bool> raise)
{
    /// <summary>Alerts that wait at most, of all files together.</summary>
    public const int Capacity = 10_000;

    private readonly object _gate = new();
    private readonly SortedDictionary<int, List<Alert>> _waiting = [];
    private readonly HashSet<int> _finished = [];
    private int _first;
    private int _waitingCount;
    private bool _isBroken;

    /// <summary>Takes an alert of a file; false where it was dropped.</summary>
    public bool Raise(int file, Alert alert)
    {
        lock (_gate)
        {
            while (file != _first && _waitingCount >= Capacity && !_isBroken)
            {
                Monitor.Wait(_gate);
            }

            if (file == _first)
            {
                return raise(alert);
            }

            if (!_waiting.TryGetValue(file, out var alerts))
            {
                _waiting.Add(file, alerts = []);
            }

            alerts.Add(alert);
            _waitingCount++;
            return true;
        }
    }

    /// <summary>A file has no more alerts.</summary>
    public void Finish(int file)
    {
        lock (_gate)
        {
            _finished.Add(file);
            while (_finished.Remove(_first))
            {
                _first++;
                Release(_first);
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The run is broken off: nobody waits any more.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Lets all go out that waits: the run has ended before its files.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            foreach (var file in _waiting.Keys.ToList())
            {
                Release(file);
            }
        }
    }

    private void Release(int file)
    {
        if (_waiting.Remove(file, out var alerts))
        {
            _waitingCount -= alerts.Count;
            alerts.ForEach(alert => raise(alert));
        }
    }
}
