using System.Diagnostics;
using WireDns.Alerts.Buffers;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// Delivers every alert to every destination, each over a bounded queue and a thread of its own, so that a sink that hangs or
/// fails stops no other (unless its own queue's mode is to block). Counts what becomes of each alert. Thread-safe.
/// </summary>
/// <remarks>
/// A destination with <see cref="QueueMode.Block"/> passes the pace of its sink on to whoever raises alerts: that is for files,
/// and for sinks that cannot hang for long.
/// </remarks>
public sealed class AlertDelivery : IDisposable
{
    private readonly SinkWorker[] _workers;
    private readonly CancellationTokenSource _noReaderLeft = new();
    private int _readers;

    /// <summary>Starts the threads. The destinations' sinks belong to the delivery from here on.</summary>
    /// <param name="destinations">Where each alert goes; with none of them alerts are raised and go nowhere.</param>
    public AlertDelivery(IReadOnlyList<AlertSink> destinations)
    {
        ArgumentNullException.ThrowIfNull(destinations);
        _workers = [.. destinations.Select(destination => new SinkWorker(destination, OnReaderGone))];
        _readers = _workers.Length;
        NoReaderLeft = _noReaderLeft.Token;
        foreach (var worker in _workers)
        {
            worker.Start();
        }
    }

    /// <summary>
    /// Is cancelled when the last destination has lost the reader of its pipe (<c>wiredns read … | head -1</c>): there is nobody
    /// left to read files for. Callbacks run on a delivering thread.
    /// </summary>
    public CancellationToken NoReaderLeft { get; }

    /// <summary>What became of the alerts, per destination, now. Final after <see cref="Complete"/>.</summary>
    public IReadOnlyList<SinkCounters> Counters => [.. _workers.Select(worker => worker.Counters())];

    /// <summary>Queues the alert for every destination, first for those that never wait.</summary>
    /// <returns>False if a destination dropped it.</returns>
    public bool Enqueue(Alert alert)
    {
        var isQueued = true;
        foreach (var worker in _workers)
        {
            isQueued &= worker.Mode != QueueMode.Drop || worker.Enqueue(alert);
        }

        foreach (var worker in _workers)
        {
            isQueued &= worker.Mode != QueueMode.Block || worker.Enqueue(alert);
        }

        return isQueued;
    }

    /// <summary>
    /// Takes no more alerts, lets whoever waits in <see cref="Enqueue"/> go, delivers what is queued, and closes the sinks. What
    /// is not delivered by the deadline is counted as abandoned. May be called again and from several threads: the shortest
    /// deadline ends all.
    /// </summary>
    /// <param name="deadline">For all destinations together; <see cref="Timeout.InfiniteTimeSpan"/> waits as long as the slowest reader
    /// takes (a person in a pager).</param>
    /// <returns>Whether every alert since the start reached every destination.</returns>
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

        return !Counters.Any(counters => counters.HasLosses);
    }

    /// <summary>
    /// Ends at once; what <see cref="Complete"/> was not given the time to deliver is abandoned. A thread that hangs in its sink
    /// may outlive this, so what it uses is left to the garbage collector.
    /// </summary>
    public void Dispose() => Complete(TimeSpan.Zero);

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
