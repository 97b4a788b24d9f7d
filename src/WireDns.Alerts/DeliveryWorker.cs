using System.Buffers;
using System.Diagnostics;
using WireDns.Alerts.Sinks;

namespace WireDns.Alerts;

/// <summary>
/// The queue and the thread of one destination. Its thread alone touches the sink; whatever format or sink throws is caught here,
/// in one place, counted, and does not end the thread.
/// </summary>
internal sealed class DeliveryWorker
{
    private const int BatchSize = 64;

    /// <summary>
    /// Messages are flushed when the queue is empty, and under load when this many octets have come together: the size of a Linux
    /// pipe.
    /// </summary>
    private const int FlushOctets = 65_536;

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly AlertDestination destination;
    private readonly AlertQueue queue;
    private readonly Action readerGone;
    private readonly Thread thread;
    private readonly ArrayBufferWriter<byte> message = new(2048);
    private readonly Func<SinkFailure> write;
    private readonly Func<SinkFailure> flush;
    private readonly object gate = new(); // guards the five below, and is pulsed at the end
    private readonly long[] failed = new long[Enum.GetValues<SinkFailure>().Length];
    private long delivered;
    private string? lastFault;
    private bool isAbandoned;
    private bool hasEnded;
    private long unflushed;
    private long unflushedOctets;
    private bool isReaderGone;

    public DeliveryWorker(AlertDestination destination, Action readerGone)
    {
        this.destination = destination;
        this.readerGone = readerGone;
        write = () => destination.Sink.Write(message.WrittenSpan);
        flush = destination.Sink.Flush;
        queue = new AlertQueue(destination.QueueCapacity, destination.Mode, destination.QueueMaximumOctets);
        // In the background, so that a sink that hangs cannot keep the process from ending.
        thread = new Thread(Run) { IsBackground = true, Name = $"alerts to {destination.Name}" };
    }

    public QueueMode Mode => destination.Mode;

    public void Start() => thread.Start();

    public bool Enqueue(Alert alert) => queue.Enqueue(alert);

    /// <summary>Ends adding; the thread delivers what is queued, closes the sink and ends.</summary>
    public void Complete() => queue.Complete();

    /// <summary>Waits until everything is delivered and the sink closed, or another thread has abandoned the wait.</summary>
    public bool WaitForEnd(TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        lock (gate)
        {
            while (!hasEnded)
            {
                var remaining = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - Stopwatch.GetElapsedTime(start);
                if (remaining <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
                {
                    return false;
                }

                // Waits in slices, since the monitor takes no more than 24 days at once.
                Monitor.Wait(gate, remaining < LongestWait ? remaining : LongestWait);
            }

            return true;
        }
    }

    /// <summary>
    /// Gives up on a thread that did not end in time: whatever it has not delivered counts as lost, whatever it does later does
    /// not count.
    /// </summary>
    public void Abandon()
    {
        queue.Abandon();
        lock (gate)
        {
            if (!hasEnded)
            {
                isAbandoned = true;
                failed[(int)SinkFailure.Abandoned] += queue.Accepted - delivered - failed.Sum();
                End();
            }
        }
    }

    public DeliveryCounters Counters()
    {
        lock (gate)
        {
            var reasons = new Dictionary<SinkFailure, long>();
            for (var reason = 0; reason < failed.Length; reason++)
            {
                if (failed[reason] > 0)
                {
                    reasons.Add((SinkFailure)reason, failed[reason]);
                }
            }

            return new DeliveryCounters(destination.Name, queue.Accepted, delivered, queue.Dropped, reasons, lastFault);
        }
    }

    private void Run()
    {
        var batch = new Alert?[BatchSize];
        for (int taken; (taken = queue.Take(batch)) > 0;)
        {
            for (var index = 0; index < taken; index++)
            {
                Deliver(batch[index]!);
                batch[index] = null;
            }

            if (queue.Count == 0)
            {
                Flush();
            }
        }

        Flush();
        Guard(() =>
        {
            destination.Sink.Dispose();
            return SinkFailure.None;
        });
        lock (gate)
        {
            End();
        }
    }

    private void End()
    {
        hasEnded = true;
        Monitor.PulseAll(gate);
    }

    private void Deliver(Alert alert)
    {
        if (isReaderGone)
        {
            Count(SinkFailure.ReaderGone, 1);
            return;
        }

        message.ResetWrittenCount();
        if (!Format(alert))
        {
            Count(SinkFailure.FormatFault, 1);
            return;
        }

        var failure = Guard(write);
        if (failure != SinkFailure.None)
        {
            Fail(failure, 1);
            return;
        }

        unflushed++;
        unflushedOctets += message.WrittenCount;
        if (unflushedOctets >= FlushOctets)
        {
            Flush();
        }
    }

    private bool Format(Alert alert)
    {
        try
        {
            destination.Format.Write(alert, message);
            return true;
        }
        catch (Exception exception)
        {
            Report(exception);
            return false;
        }
    }

    private void Flush()
    {
        if (unflushed == 0)
        {
            return;
        }

        var failure = Guard(flush);
        if (failure == SinkFailure.None)
        {
            Count(SinkFailure.None, unflushed);
        }
        else
        {
            Fail(failure, unflushed);
        }

        unflushed = 0;
        unflushedOctets = 0;
    }

    private SinkFailure Guard(Func<SinkFailure> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception)
        {
            Report(exception);
            return SinkFailure.SinkFault;
        }
    }

    private void Report(Exception exception)
    {
        lock (gate)
        {
            lastFault = $"{exception.GetType().Name}: {exception.Message}";
        }
    }

    private void Fail(SinkFailure failure, long alerts)
    {
        Count(failure, alerts);
        if (failure == SinkFailure.ReaderGone && !isReaderGone)
        {
            isReaderGone = true;
            Guard(() =>
            {
                readerGone(); // runs the callbacks of whoever listens
                return SinkFailure.None;
            });
        }
    }

    private void Count(SinkFailure outcome, long alerts)
    {
        lock (gate)
        {
            if (isAbandoned)
            {
                return;
            }

            if (outcome == SinkFailure.None)
            {
                delivered += alerts;
            }
            else
            {
                failed[(int)outcome] += alerts;
            }
        }
    }
}
