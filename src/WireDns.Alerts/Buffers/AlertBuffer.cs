namespace WireDns.Alerts.Buffers;

/// <summary>
/// A first-in-first-out queue, bounded in number and in memory, between the threads that raise alerts and the one that delivers
/// them. Any number of threads may add; one takes. Alerts are rare beside packets, so a lock is cheap, and what it says is easy
/// to be sure of.
/// </summary>
public sealed class AlertBuffer
{
    /// <summary>
    /// Octets of waiting alerts that a queue takes if it is not told otherwise: 64 MiB, some forty thousand ordinary alerts.
    /// </summary>
    public const long DefaultMaximumOctets = 64 << 20;

    // Who waits, and who wakes them: the taker waits only while the queue is empty, so whoever adds the first alert wakes it;
    // adders wait only for room, so whoever makes room wakes those that wait. Both wait on the one lock, so every wake-up is for
    // all.
    private readonly object _gate = new();
    private readonly (Alert? Alert, long Octets)[] _ring;
    private readonly QueueMode _mode;
    private readonly long _maximumOctets;
    private int _first;
    private int _count;
    private long _octets;
    private int _waitingForRoom;
    private bool _isCompleted;
    private long _accepted;
    private long _dropped;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="capacity">How many alerts it holds, at least 1.</param>
    /// <param name="mode">What happens when it is full.</param>
    /// <param name="maximumOctets">About how much memory its alerts may hold together, at least 1; one alert that is larger fits an empty
    /// queue.</param>
    public AlertBuffer(int capacity, QueueMode mode, long maximumOctets = DefaultMaximumOctets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumOctets, 1);
        _ring = new (Alert?, long)[capacity];
        _mode = mode;
        _maximumOctets = maximumOctets;
    }

    /// <summary>Alerts taken in since the start.</summary>
    public long Accepted
    {
        get
        {
            lock (_gate)
            {
                return _accepted;
            }
        }
    }

    /// <summary>Alerts refused since the start: the queue was full, or already completed.</summary>
    public long Dropped
    {
        get
        {
            lock (_gate)
            {
                return _dropped;
            }
        }
    }

    /// <summary>Alerts that wait now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Adds an alert at the end. Waits for room if the queue's mode says so, until <see cref="Complete"/> is called.</summary>
    /// <returns>False if it was dropped.</returns>
    public bool Enqueue(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var size = AlertSize.Of(alert);
        lock (_gate)
        {
            while (_mode == QueueMode.Block && !HasRoom(size) && !_isCompleted)
            {
                _waitingForRoom++;
                Monitor.Wait(_gate);
                _waitingForRoom--;
            }

            if (_isCompleted || !HasRoom(size))
            {
                _dropped++;
                return false;
            }

            _ring[(int)(((uint)_first + (uint)_count) % (uint)_ring.Length)] = (alert, size);
            _count++;
            _octets += size;
            _accepted++;
            if (_count == 1)
            {
                Monitor.PulseAll(_gate);
            }

            return true;
        }
    }

    /// <summary>Takes up to as many alerts as <paramref name="batch"/> has room for, in order; waits until there is at least one.</summary>
    /// <returns>How many were taken; 0 once the queue is completed and empty.</returns>
    public int Take(Span<Alert?> batch)
    {
        if (batch.IsEmpty)
        {
            throw new ArgumentException("room for at least one alert is needed", nameof(batch));
        }

        lock (_gate)
        {
            while (_count == 0 && !_isCompleted)
            {
                Monitor.Wait(_gate);
            }

            var taken = Math.Min(_count, batch.Length);
            for (var index = 0; index < taken; index++)
            {
                batch[index] = _ring[_first].Alert;
                _octets -= _ring[_first].Octets;
                _ring[_first] = default;
                _first = _first + 1 == _ring.Length ? 0 : _first + 1;
            }

            _count -= taken;
            if (_waitingForRoom > 0)
            {
                Monitor.PulseAll(_gate);
            }

            return taken;
        }
    }

    /// <summary>Ends adding: whoever waits for room is let go, and what is queued can still be taken. May be called again.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isCompleted = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Completes, and lets go of what is still queued.</summary>
    /// <returns>How many alerts were let go.</returns>
    public int Abandon()
    {
        lock (_gate)
        {
            _isCompleted = true;
            var abandoned = _count;
            Array.Clear(_ring);
            _count = 0;
            _octets = 0;
            Monitor.PulseAll(_gate);
            return abandoned;
        }
    }

    private bool HasRoom(long size) => _count == 0 || (_count < _ring.Length && _octets + size <= _maximumOctets);
}

/// <summary>What a full queue means for the thread that has one more alert.</summary>
public enum QueueMode
{
    /// <summary>It waits: for files, which do not run away.</summary>
    Block,

    /// <summary>It never waits, and the alert is dropped and counted: for live captures, where waiting would lose packets unseen.</summary>
    Drop,
}
