using WireDns.Alerts;

namespace WireDns.Reading;

/// <summary>
/// Releases the alerts and failures of files read in parallel in file order. Those of the first unfinished file go out at once; those of
/// later files wait, and a file with more alerts than there is room for is held up. Thread-safe.
/// </summary>
/// <param name="raise">Takes an alert or a lookup; false if it was dropped.</param>
/// <param name="report">Takes a failure.</param>
internal sealed class FileOrder(Func<Notification, bool> raise, Action<string> report)
{
    /// <summary>The most alerts that wait, of all files together.</summary>
    public const int Capacity = 10_000;

    private readonly object _gate = new();
    private readonly SortedDictionary<int, List<Action>> _waiting = [];
    private readonly HashSet<int> _finished = [];
    private int _first;
    private int _waitingCount;
    private bool _isBroken;

    /// <summary>Takes an alert or a lookup of a file; false if it was dropped.</summary>
    public bool Raise(int file, Notification alert)
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

            Hold(file, () => raise(alert));
            return true;
        }
    }

    /// <summary>Takes a failure of a file.</summary>
    public void Report(int file, string failure)
    {
        lock (_gate)
        {
            if (file == _first)
            {
                report(failure);
            }
            else
            {
                Hold(file, () => report(failure));
            }
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

    /// <summary>The run is aborted: nothing waits any more.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Releases everything that waits: the run has ended before its files.</summary>
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

    private void Hold(int file, Action action)
    {
        if (!_waiting.TryGetValue(file, out var actions))
        {
            _waiting.Add(file, actions = []);
        }

        actions.Add(action);
        _waitingCount++;
    }

    private void Release(int file)
    {
        if (_waiting.Remove(file, out var actions))
        {
            _waitingCount -= actions.Count;
            actions.ForEach(action => action());
        }
    }
}
