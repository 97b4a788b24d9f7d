namespace WireDns.Alerts;

/// <summary>
/// A first-in-first-out queue, bounded in number and in memory, between the threads that raise alerts and the one that delivers
/// them. Any number of threads may add; one takes. Alerts are rare beside packets, so a lock is cheap, and what it says is easy
/// to be sure of.
/// </summary>
public sealed class AlertQueue
{
    /// <summary>
    /// Octets of waiting alerts that a queue takes if it is not told otherwise: 64 MiB, some forty thousand ordinary alerts.
    /// </summary>
    public const long DefaultMaximumOctets = 64 << 20;

    // Who waits, and who wakes them: the taker waits only while the queue is empty, so whoever adds the first alert wakes it;
    // adders wait only for room, so whoever makes room wakes those that wait. Both wait on the one lock, so every wake-up is for
    // all.
    private readonly object gate = new();
    private readonly (Alert? Alert, long Octets)[] ring;
    private readonly QueueMode mode;
    private readonly long maximumOctets;
    private int first;
    private int count;
    private long octets;
    private int waitingForRoom;
    private bool isCompleted;
    private long accepted;
    private long dropped;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="capacity">How many alerts it holds, at least 1.</param>
    /// <param name="mode">What happens when it is full.</param>
    /// <param name="maximumOctets">About how much memory its alerts may hold together, at least 1; one alert that is larger fits an empty
    /// queue.</param>
    public AlertQueue(int capacity, QueueMode mode, long maximumOctets = DefaultMaximumOctets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumOctets, 1);
        ring = new (Alert?, long)[capacity];
        this.mode = mode;
        this.maximumOctets = maximumOctets;
    }

    /// <summary>Alerts taken in since the start.</summary>
    public long Accepted
    {
        get
        {
            lock (gate)
            {
                return accepted;
            }
        }
    }

    /// <summary>Alerts refused since the start: the queue was full, or already completed.</summary>
    public long Dropped
    {
        get
        {
            lock (gate)
            {
                return dropped;
            }
        }
    }

    /// <summary>Alerts that wait now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return count;
            }
        }
    }

    /// <summary>Adds an alert at the end. Waits for room if the queue's mode says so, until <see cref="Complete"/> is called.</summary>
    /// <returns>False if it was dropped.</returns>
    public bool Enqueue(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var size = AlertSize.Of(alert);
        lock (gate)
        {
            while (mode == QueueMode.Block && !HasRoom(size) && !isCompleted)
            {
                waitingForRoom++;
                Monitor.Wait(gate);
                waitingForRoom--;
            }

            if (isCompleted || !HasRoom(size))
            {
                dropped++;
                return false;
            }

            ring[(int)(((uint)first + (uint)count) % (uint)ring.Length)] = (alert, size);
            count++;
            octets += size;
            accepted++;
            if (count == 1)
            {
                Monitor.PulseAll(gate);
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

        lock (gate)
        {
            while (count == 0 && !isCompleted)
            {
                Monitor.Wait(gate);
            }

            var taken = Math.Min(count, batch.Length);
            for (var index = 0; index < taken; index++)
            {
                batch[index] = ring[first].Alert;
                octets -= ring[first].Octets;
                ring[first] = default;
                first = first + 1 == ring.Length ? 0 : first + 1;
            }

            count -= taken;
            if (waitingForRoom > 0)
            {
                Monitor.PulseAll(gate);
            }

            return taken;
        }
    }

    /// <summary>Ends adding: whoever waits for room is let go, and what is queued can still be taken. May be called again.</summary>
    public void Complete()
    {
        lock (gate)
        {
            isCompleted = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Completes, and lets go of what is still queued.</summary>
    /// <returns>How many alerts were let go.</returns>
    public int Abandon()
    {
        lock (gate)
        {
            isCompleted = true;
            var abandoned = count;
            Array.Clear(ring);
            count = 0;
            octets = 0;
            Monitor.PulseAll(gate);
            return abandoned;
        }
    }

    private bool HasRoom(long size) => count == 0 || (count < ring.Length && octets + size <= maximumOctets);
}
