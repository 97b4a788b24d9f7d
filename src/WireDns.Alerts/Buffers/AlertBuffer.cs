namespace WireDns.Alerts.Buffers;

/// <summary>
/// Keeps alerts and events in memory, oldest first, from when they are raised until they are settled. Bounded in number and in octets. Any number
/// of threads may add; one reads and removes. Alerts are rare beside packets, so a lock is cheap.
/// </summary>
public sealed class AlertBuffer
{
    /// <summary>
    /// The default for the memory of the alerts in a buffer: 64 MiB, some forty thousand ordinary alerts.
    /// </summary>
    public const long DefaultMaximumOctets = 64 << 20;

    private const int GatheringMilliseconds = 1;

    // The reader waits only while the buffer is empty, so adding the first alert wakes it. Adders wait only for room, so making room wakes
    // them. Both wait on one lock, so every wake-up is for all.
    private readonly object _gate = new();
    private readonly (Notification? Item, long Octets)[] _ring;
    private readonly QueueMode _mode;
    private readonly long _maximumOctets;
    private int _first;
    private int _count;
    private long _octets;
    private int _waitingForRoom;
    private bool _isCompleted;
    private long _accepted;
    private long _dropped;

    /// <summary>An empty buffer.</summary>
    /// <param name="capacity">How many alerts it holds, at least 1.</param>
    /// <param name="mode">What happens when it is full.</param>
    /// <param name="maximumOctets">About how many octets of memory its alerts may take together, at least 1. A larger alert still fits an
    /// empty buffer.</param>
    public AlertBuffer(int capacity, QueueMode mode, long maximumOctets = DefaultMaximumOctets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumOctets, 1);
        _ring = new (Notification?, long)[capacity];
        _mode = mode;
        _maximumOctets = maximumOctets;
    }

    /// <summary>Alerts accepted since the start.</summary>
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

    /// <summary>Alerts refused since the start: the buffer was full, or already completed.</summary>
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

    /// <summary>Alerts that are not removed yet, including those that have been read.</summary>
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

    /// <summary>Adds an alert at the end. Waits for room if the mode says so, until <see cref="Complete"/> is called.</summary>
    /// <returns>False if it was dropped.</returns>
    public bool Add(Notification alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var size = AlertSize.Of(alert);
        lock (_gate)
        {
            while (_mode == QueueMode.Block && !HasRoom(size) && !_isCompleted)
            {
                if (_waitingForRoom++ == 0)
                {
                    Monitor.PulseAll(_gate); // the reader may be gathering
                }

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

    /// <summary>Reads the oldest alerts, as many as <paramref name="batch"/> has room for; waits until there is at least one. They stay.</summary>
    /// <returns>How many were read; 0 once the buffer is completed and empty.</returns>
    public int Peek(Span<Notification?> batch)
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

            // A reader that is faster than the adders would be woken for each alert, which costs more than to write it. Of files nobody waits for the next one.
            if (_mode == QueueMode.Block && _count < batch.Length && HasRoom(0) && !_isCompleted)
            {
                Monitor.Wait(_gate, GatheringMilliseconds);
            }

            var read = Math.Min(_count, batch.Length);
            for (var index = 0; index < read; index++)
            {
                batch[index] = _ring[(int)(((uint)_first + (uint)index) % (uint)_ring.Length)].Item;
            }

            return read;
        }
    }

    /// <summary>Removes the oldest alerts, which are settled, and frees their room.</summary>
    /// <param name="count">How many. After <see cref="Abandon"/> none are left, and nothing happens.</param>
    public void Remove(int count)
    {
        lock (_gate)
        {
            count = Math.Min(count, _count);
            for (var index = 0; index < count; index++)
            {
                _octets -= _ring[_first].Octets;
                _ring[_first] = default;
                _first = _first + 1 == _ring.Length ? 0 : _first + 1;
            }

            _count -= count;
            if (_waitingForRoom > 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Ends adding: threads that wait for room are released, and the alerts that are here can still be read. May be called again.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isCompleted = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Completes the buffer, and forgets the alerts that are still here.</summary>
    /// <returns>How many alerts were forgotten.</returns>
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

/// <summary>What happens when an alert is added to a full buffer.</summary>
public enum QueueMode
{
    /// <summary>The thread waits: for files, which do not run away.</summary>
    Block,

    /// <summary>The alert is dropped and counted: for live captures, where waiting would lose packets unseen.</summary>
    Drop,
}
