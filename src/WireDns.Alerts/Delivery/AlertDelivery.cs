using System.Diagnostics;
using WireDns.Alerts.Buffers;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// Delivers every alert and every event of the sensor to every sink, each over a bounded buffer and a thread of its own, so that a sink that hangs or fails stops no
/// other (unless its own mode is to block). Counts what happens to each alert. Thread-safe.
/// </summary>
/// <remarks>
/// A sink with <see cref="QueueMode.Block"/> slows the source of the alerts to its own pace: for files, and for sinks that cannot hang for long.
/// </remarks>
public sealed class AlertDelivery : IDisposable
{
    private readonly SinkWorker[] _workers;
    private readonly CancellationTokenSource _noReaderLeft = new();
    private readonly Timer? _watch;
    private int _readers;
    private long _raised;

    /// <summary>Starts the threads. The sinks' transports belong to the delivery from here on.</summary>
    /// <param name="sinks">Where each alert goes; may be empty.</param>
    /// <param name="say">Called on a thread of its own with a line for the user when a sink accepts nothing, works again, or has lost alerts.</param>
    public AlertDelivery(IReadOnlyList<AlertSink> sinks, Action<string>? say = null)
    {
        ArgumentNullException.ThrowIfNull(sinks);
        _workers = [.. sinks.Select(sink => new SinkWorker(sink, OnReaderGone))];
        _readers = _workers.Length;
        NoReaderLeft = _noReaderLeft.Token;
        foreach (var worker in _workers)
        {
            worker.Start();
        }

        if (say is not null)
        {
            _watch = Watch(new DeliveryWatch(() => Counters, say));
        }
    }

    /// <summary>
    /// Cancelled when the last sink has lost the reader of its pipe (<c>wiredns read … | head -1</c>): there is nobody left to read files
    /// for. Callbacks run on a delivery thread.
    /// </summary>
    public CancellationToken NoReaderLeft { get; }

    /// <summary>Alerts and events since the start, each of which was offered to every sink.</summary>
    public long Raised => Interlocked.Read(ref _raised);

    /// <summary>What happened to the alerts so far, for each sink. Final after <see cref="Complete"/>.</summary>
    public IReadOnlyList<SinkCounters> Counters => [.. _workers.Select(worker => worker.Counters())];

    /// <summary>Hands an alert or an event to every sink, first to those that never wait.</summary>
    /// <returns>False if a sink dropped it.</returns>
    public bool Enqueue(Notification alert)
    {
        Interlocked.Increment(ref _raised);
        var isQueued = true;
        foreach (var worker in _workers)
        {
            isQueued &= worker.Mode != QueueMode.Drop || worker.Add(alert);
        }

        foreach (var worker in _workers)
        {
            isQueued &= worker.Mode != QueueMode.Block || worker.Add(alert);
        }

        return isQueued;
    }

    /// <summary>Rotates every file before its next alert, or opens it again if another program has moved it.</summary>
    public void RotateFiles() => Array.ForEach(_workers, worker => worker.RotateFile());

    /// <summary>
    /// Accepts no more alerts, releases the threads that wait in <see cref="Enqueue"/>, delivers what waits, and closes the transports.
    /// What is not delivered by the deadline counts as abandoned. May be called again and from several threads: the shortest deadline
    /// applies.
    /// </summary>
    /// <param name="deadline">For all sinks together; <see cref="Timeout.InfiniteTimeSpan"/> waits for the slowest reader (a person in a
    /// pager).</param>
    /// <returns>Whether every alert since the start reached every sink.</returns>
    public bool Complete(TimeSpan deadline)
    {
        foreach (var worker in _workers)
        {
            worker.Complete();
        }

        var start = Stopwatch.GetTimestamp();
        foreach (var worker in _workers)
        {
            if (!worker.WaitForEnd(Remaining(deadline, start)))
            {
                worker.Abandon();
            }
        }

        _watch?.Dispose(); // the summary reports what happens from now on
        return !Counters.Any(counters => counters.HasLosses);
    }

    /// <summary>
    /// Ends at once; what <see cref="Complete"/> had no time to deliver is abandoned. A thread that hangs in its sink may outlive this, so
    /// its objects are left to the garbage collector.
    /// </summary>
    public void Dispose()
    {
        _watch?.Dispose();
        Complete(TimeSpan.Zero);
    }

    /// <summary>Looks every second. While one look blocks, on a standard error that nobody reads, the next ones are skipped.</summary>
    private static Timer Watch(DeliveryWatch watch)
    {
        var isLooking = 0;
        return new Timer(
            _ =>
            {
                if (Interlocked.Exchange(ref isLooking, 1) == 0)
                {
                    watch.Look();
                    Volatile.Write(ref isLooking, 0);
                }
            },
            null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private static TimeSpan Remaining(TimeSpan deadline, long start)
    {
        if (deadline == Timeout.InfiniteTimeSpan)
        {
            return deadline;
        }

        var remaining = deadline - Stopwatch.GetElapsedTime(start);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    private void OnReaderGone()
    {
        if (Interlocked.Decrement(ref _readers) == 0)
        {
            _noReaderLeft.Cancel();
        }
    }
}
