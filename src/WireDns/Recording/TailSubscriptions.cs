using WireDns.Alerts;
using WireDns.Alerts.Buffers;

namespace WireDns.Recording;

/// <summary>
/// Those who watch alerts and events as they go to the targets. Each has a bounded buffer, so that a slow one loses some and holds nobody up. Thread-safe.
/// </summary>
internal sealed class TailSubscriptions
{
    private readonly Lock _gate = new();
    private TailSubscription[] _all = [];
    private bool _isCompleted;

    /// <summary>The most at once.</summary>
    public const int Most = 8;

    /// <summary>Shows everyone an alert or an event. Never waits.</summary>
    public void Offer(Notification notification)
    {
        foreach (var one in Volatile.Read(ref _all))
        {
            one.Offer(notification);
        }
    }

    /// <summary>Begins to watch; null if there are too many already, or the sensor is about to end. Dispose it to end.</summary>
    /// <param name="leastLevel">The lowest level of alerts that are wanted; events always are.</param>
    public TailSubscription? Subscribe(AlertLevel leastLevel)
    {
        lock (_gate)
        {
            if (_isCompleted || _all.Length >= Most)
            {
                return null;
            }

            var one = new TailSubscription(leastLevel, Remove);
            Volatile.Write(ref _all, [.. _all, one]);
            return one;
        }
    }

    /// <summary>No alert or event follows.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isCompleted = true;
            Array.ForEach(_all, one => one.Complete());
        }
    }

    private void Remove(TailSubscription one)
    {
        lock (_gate)
        {
            Volatile.Write(ref _all, [.. _all.Where(other => other != one)]);
        }
    }
}

/// <summary>One who watches. One thread reads.</summary>
/// <param name="leastLevel">The lowest level of alerts that are wanted.</param>
/// <param name="remove">Ends it.</param>
internal sealed class TailSubscription(AlertLevel leastLevel, Action<TailSubscription> remove) : IDisposable
{
    private const int Capacity = 1024;
    private const long Octets = 4 << 20;

    private readonly AlertBuffer _buffer = new(Capacity, QueueMode.Drop, Octets);
    private bool _isCompleted;

    /// <summary>How many did not fit into the buffer.</summary>
    public long Lost => _buffer.Dropped;

    /// <summary>How many wait in it.</summary>
    public int Waiting => _buffer.Count;

    /// <summary>Keeps an alert or an event if it is wanted.</summary>
    public void Offer(Notification notification)
    {
        if (!Volatile.Read(ref _isCompleted) && (notification is not Alert alert || alert.Rule.Level >= leastLevel))
        {
            _buffer.Add(notification);
        }
    }

    /// <summary>Waits for some, and copies them. Call <see cref="Remove"/> when they are done.</summary>
    /// <returns>How many; 0 if none follow.</returns>
    public int Peek(Span<Notification?> some) => _buffer.Peek(some);

    /// <summary>Takes away what was read.</summary>
    public void Remove(int count) => _buffer.Remove(count);

    /// <summary>None follow; those that wait can still be read.</summary>
    public void Complete()
    {
        Volatile.Write(ref _isCompleted, true);
        _buffer.Complete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        remove(this);
        Complete();
    }
}
