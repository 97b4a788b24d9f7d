using System.Buffers;
using System.Diagnostics;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// The queue and the thread of one destination. Its thread alone touches the sink; whatever format or sink throws is caught here,
/// in one place, counted, and does not end the thread.
/// </summary>
internal sealed class SinkWorker
{
    private const int BatchSize = 64;

    /// <summary>
    /// Messages are flushed when the queue is empty, and under load when this many octets have come together: the size of a Linux
    /// pipe.
    /// </summary>
    private const int FlushOctets = 65_536;

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly AlertSink _destination;
    private readonly AlertBuffer _queue;
    private readonly Action _readerGone;
    private readonly Thread _thread;
    private readonly ArrayBufferWriter<byte> _message = new(2048);
    private readonly Func<SendFailure> _write;
    private readonly Func<SendFailure> _flush;
    private readonly object _gate = new(); // guards the five below, and is pulsed at the end
    private readonly long[] _failed = new long[Enum.GetValues<SendFailure>().Length];
    private long _delivered;
    private string? _lastFault;
    private bool _isAbandoned;
    private bool _hasEnded;
    private long _unflushed;
    private long _unflushedOctets;
    private bool _isReaderGone;

    public SinkWorker(AlertSink destination, Action readerGone)
    {
        _destination = destination;
        _readerGone = readerGone;
        _write = () => destination.Sink.Write(_message.WrittenSpan);
        _flush = destination.Sink.Flush;
        _queue = new AlertBuffer(destination.QueueCapacity, destination.Mode, destination.QueueMaximumOctets);
        // In the background, so that a sink that hangs cannot keep the process from ending.
        _thread = new Thread(Run) { IsBackground = true, Name = $"alerts to {destination.Name}" };
    }

    public QueueMode Mode => _destination.Mode;

    public void Start() => _thread.Start();

    public bool Enqueue(Alert alert) => _queue.Enqueue(alert);

    /// <summary>Ends adding; the thread delivers what is queued, closes the sink and ends.</summary>
    public void Complete() => _queue.Complete();

    /// <summary>Waits until everything is delivered and the sink closed, or another thread has abandoned the wait.</summary>
    public bool WaitForEnd(TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (!_hasEnded)
            {
                var remaining = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - Stopwatch.GetElapsedTime(start);
                if (remaining <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
                {
                    return false;
                }

                // Waits in slices, since the monitor takes no more than 24 days at once.
                Monitor.Wait(_gate, remaining < LongestWait ? remaining : LongestWait);
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
        _queue.Abandon();
        lock (_gate)
        {
            if (!_hasEnded)
            {
                _isAbandoned = true;
                _failed[(int)SendFailure.Abandoned] += _queue.Accepted - _delivered - _failed.Sum();
                End();
            }
        }
    }

    public SinkCounters Counters()
    {
        lock (_gate)
        {
            var reasons = new Dictionary<SendFailure, long>();
            for (var reason = 0; reason < _failed.Length; reason++)
            {
                if (_failed[reason] > 0)
                {
                    reasons.Add((SendFailure)reason, _failed[reason]);
                }
            }

            return new SinkCounters(_destination.Name, _queue.Accepted, _delivered, _queue.Dropped, reasons, _lastFault);
        }
    }

    private void Run()
    {
        var batch = new Alert?[BatchSize];
        for (int taken; (taken = _queue.Take(batch)) > 0;)
        {
            for (var index = 0; index < taken; index++)
            {
                Deliver(batch[index]!);
                batch[index] = null;
            }

            if (_queue.Count == 0)
            {
                Flush();
            }
        }

        Flush();
        Guard(() =>
        {
            _destination.Sink.Dispose();
            return SendFailure.None;
        });
        lock (_gate)
        {
            End();
        }
    }

    private void End()
    {
        _hasEnded = true;
        Monitor.PulseAll(_gate);
    }

    private void Deliver(Alert alert)
    {
        if (_isReaderGone)
        {
            Count(SendFailure.ReaderGone, 1);
            return;
        }

        _message.ResetWrittenCount();
        if (!Format(alert))
        {
            Count(SendFailure.FormatFault, 1);
            return;
        }

        var failure = Guard(_write);
        if (failure != SendFailure.None)
        {
            Fail(failure, 1);
            return;
        }

        _unflushed++;
        _unflushedOctets += _message.WrittenCount;
        if (_unflushedOctets >= FlushOctets)
        {
            Flush();
        }
    }

    private bool Format(Alert alert)
    {
        try
        {
            _destination.Format.Write(alert, _message);
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
        if (_unflushed == 0)
        {
            return;
        }

        var failure = Guard(_flush);
        if (failure == SendFailure.None)
        {
            Count(SendFailure.None, _unflushed);
        }
        else
        {
            Fail(failure, _unflushed);
        }

        _unflushed = 0;
        _unflushedOctets = 0;
    }

    private SendFailure Guard(Func<SendFailure> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception)
        {
            Report(exception);
            return SendFailure.SinkFault;
        }
    }

    private void Report(Exception exception)
    {
        lock (_gate)
        {
            _lastFault = $"{exception.GetType().Name}: {exception.Message}";
        }
    }

    private void Fail(SendFailure failure, long alerts)
    {
        Count(failure, alerts);
        if (failure == SendFailure.ReaderGone && !_isReaderGone)
        {
            _isReaderGone = true;
            Guard(() =>
            {
                _readerGone(); // runs the callbacks of whoever listens
                return SendFailure.None;
            });
        }
    }

    private void Count(SendFailure outcome, long alerts)
    {
        lock (_gate)
        {
            if (_isAbandoned)
            {
                return;
            }

            if (outcome == SendFailure.None)
            {
                _delivered += alerts;
            }
            else
            {
                _failed[(int)outcome] += alerts;
            }
        }
    }
}
