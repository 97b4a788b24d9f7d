using System.Buffers;
using System.Diagnostics;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// The buffer and the thread of one sink. Its thread alone touches the transport. An alert leaves the buffer only when it is settled: what
/// a receiver does not take now is kept at the head and tried again, with longer and longer waits between. Whatever format or transport
/// throws is caught here, in one place, counted, and does not end the thread.
/// </summary>
internal sealed class SinkWorker
{
    private const int BatchSize = 512;

    /// <summary>Octets after which a batch is sent though more alerts wait: the size of a Linux pipe.</summary>
    private const int BatchOctets = 65_536;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly AlertSink _sink;
    private readonly AlertBuffer _buffer;
    private readonly Action _readerGone;
    private readonly Thread _thread;
    private readonly ArrayBufferWriter<byte> _message = new(2048);
    private readonly MessageBatch _batch = new();
    private readonly long[] _outcomes = new long[Enum.GetValues<SendFailure>().Length];
    private readonly object _gate = new(); // guards what follows, and is pulsed when a wait has to end
    private readonly long[] _counts = new long[Enum.GetValues<SendFailure>().Length]; // by outcome; None is delivered
    private long _cut;
    private long _filtered; // on its own: any thread adds to it
    private long _retries;
    private string? _lastFault;
    private SendOutcome _trouble; // why the last attempt failed; Done while all is well
    private long _troubleSince;
    private bool _isCompleting;
    private bool _isAbandoned;
    private bool _hasEnded;
    private bool _isReaderGone;

    public SinkWorker(AlertSink sink, Action readerGone)
    {
        _sink = sink;
        _readerGone = readerGone;
        _buffer = new AlertBuffer(sink.QueueCapacity, sink.Mode, sink.QueueMaximumOctets);
        // In the background, so that a transport that hangs cannot keep the process from ending.
        _thread = new Thread(Run) { IsBackground = true, Name = $"alerts to {sink.Name}" };
    }

    public QueueMode Mode => _sink.Mode;

    public void Start() => _thread.Start();

    /// <summary>Keeps an alert that the sink wants.</summary>
    /// <returns>False if it was dropped.</returns>
    public bool Add(Alert alert)
    {
        if (_sink.Wants(alert))
        {
            return _buffer.Add(alert);
        }

        Interlocked.Increment(ref _filtered);
        return true;
    }

    /// <summary>Ends adding; the thread delivers what is here, closes the transport and ends.</summary>
    public void Complete()
    {
        _buffer.Complete();
        lock (_gate)
        {
            _isCompleting = true; // the time is short: the next attempt comes now, and no pause is long
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until everything is delivered and the transport closed, or another thread has abandoned the wait.</summary>
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
        _buffer.Abandon();
        lock (_gate)
        {
            if (!_hasEnded)
            {
                _isAbandoned = true;
                _counts[(int)SendFailure.Abandoned] += _buffer.Accepted - _counts.Sum();
                End();
            }
        }
    }

    public SinkCounters Counters()
    {
        lock (_gate)
        {
            var reasons = new Dictionary<SendFailure, long>();
            for (var reason = 1; reason < _counts.Length; reason++)
            {
                if (_counts[reason] > 0)
                {
                    reasons.Add((SendFailure)reason, _counts[reason]);
                }
            }

            return new SinkCounters
            {
                Name = _sink.Name,
                Accepted = _buffer.Accepted,
                Delivered = _counts[(int)SendFailure.None],
                Dropped = _buffer.Dropped,
                Failed = reasons,
                Filtered = Interlocked.Read(ref _filtered),
                Cut = _cut,
                Retries = _retries,
                Trouble = _trouble,
                TroubleLasts = _trouble.Failure == SendFailure.None ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_troubleSince),
                LastFault = _lastFault,
            };
        }
    }

    private void Run()
    {
        var alerts = new Alert?[BatchSize];
        for (int read; (read = _buffer.Peek(alerts)) > 0;)
        {
            var taken = 0;
            while (taken < read && _batch.Octets < BatchOctets)
            {
                Format(alerts[taken++]!);
            }

            SendAll();
            _batch.Clear();
            _buffer.Remove(taken);
            Array.Clear(alerts);
        }

        Guard(_sink.Transport.Dispose);
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

    private void Format(Alert alert)
    {
        _message.ResetWrittenCount();
        var isWhole = true;
        if (!Guard(() => isWhole = _sink.Format.Write(alert, _message)))
        {
            Count(SendFailure.FormatFault, 1);
            return;
        }

        _batch.Add(_message.WrittenSpan, alert.Id);
        if (!isWhole)
        {
            lock (_gate)
            {
                _cut++;
            }
        }
    }

    /// <summary>Sends the batch until every message of it is settled, refused or given up.</summary>
    private void SendAll()
    {
        for (var pause = ShortestPause; _batch.Count > 0;)
        {
            var outcome = Send();
            var settled = RemoveMarked();
            if (outcome.Failure == SendFailure.None && settled > 0)
            {
                Recover();
                continue;
            }

            if (outcome.Failure == SendFailure.ReaderGone)
            {
                ReportReaderGone();
            }

            if (!outcome.Failure.IsRetryable())
            {
                GiveUp(outcome.Failure == SendFailure.None ? SendFailure.TransportFault : outcome.Failure);
                return;
            }

            pause = settled > 0 ? ShortestPause : pause;
            if (!IsWorthWaiting(outcome, settled > 0))
            {
                GiveUp(outcome.Failure);
                return;
            }

            if (_batch.Count > 0)
            {
                Pause(outcome.RetryAfter is { } asked && asked > pause ? asked : pause);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private SendOutcome Send()
    {
        if (_isReaderGone)
        {
            return new(SendFailure.ReaderGone);
        }

        SendOutcome outcome = default;
        return Guard(() => outcome = _sink.Transport.Send(_batch)) ? outcome : new(SendFailure.TransportFault);
    }

    private int RemoveMarked()
    {
        Array.Clear(_outcomes);
        var settled = _batch.RemoveMarked(_outcomes, out var lostEarlier);
        lock (_gate)
        {
            if (!_isAbandoned)
            {
                for (var outcome = 0; outcome < _outcomes.Length; outcome++)
                {
                    _counts[outcome] += _outcomes[outcome];
                }

                _counts[(int)SendFailure.None] -= lostEarlier;
                _counts[(int)SendFailure.ReceiverAbsent] += lostEarlier;
            }
        }

        return settled;
    }

    private void Recover()
    {
        lock (_gate)
        {
            _trouble = SendOutcome.Done;
        }
    }

    /// <summary>Notes the failure. False where messages have waited long enough, or the thread was given up.</summary>
    private bool IsWorthWaiting(SendOutcome outcome, bool hasProgress)
    {
        lock (_gate)
        {
            if (_trouble.Failure == SendFailure.None || hasProgress)
            {
                _troubleSince = Stopwatch.GetTimestamp();
            }

            _trouble = outcome;
            _retries++;
            return !_isAbandoned
                && (_sink.Patience == Timeout.InfiniteTimeSpan || Stopwatch.GetElapsedTime(_troubleSince) < _sink.Patience);
        }
    }

    private void Pause(TimeSpan time)
    {
        lock (_gate)
        {
            if (!_isAbandoned)
            {
                Monitor.Wait(_gate, _isCompleting ? ShortestPause : time);
            }
        }
    }

    private void GiveUp(SendFailure reason)
    {
        _batch.RefuseRest(reason);
        RemoveMarked();
    }

    private bool Guard(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _lastFault = $"{exception.GetType().Name}: {exception.Message}";
            }

            return false;
        }
    }

    private void ReportReaderGone()
    {
        if (!_isReaderGone)
        {
            _isReaderGone = true;
            Guard(_readerGone); // runs the callbacks of whoever listens
        }
    }

    private void Count(SendFailure outcome, long alerts)
    {
        lock (_gate)
        {
            if (!_isAbandoned)
            {
                _counts[(int)outcome] += alerts;
            }
        }
    }
}
