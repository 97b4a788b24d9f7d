using System.Diagnostics;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// Sends the messages of a batch over a transport until each is settled, refused or given up, with growing pauses between attempts, and
/// counts them. One thread sends; any may read the counts, complete or abandon.
/// </summary>
/// <param name="transport">The way to the receiver.</param>
/// <param name="patience">How long messages wait while none gets through; may be infinite.</param>
/// <param name="readerGone">Called once, when nothing can be delivered there any more.</param>
internal sealed class BatchSender(IMessageTransport transport, TimeSpan patience, Action readerGone)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly long[] _outcomes = new long[Enum.GetValues<SendFailure>().Length];
    private readonly object _gate = new(); // guards what follows, and is pulsed when a pause has to end
    private readonly long[] _counts = new long[Enum.GetValues<SendFailure>().Length]; // by outcome; None is delivered
    private long _retries;
    private string? _lastFault;
    private SendOutcome _trouble; // why the last attempt failed; Done while all is well
    private long _troubleSince;
    private bool _isCompleting;
    private bool _isAbandoned;
    private bool _isReaderGone;

    private TimeSpan LeftOfPatience
    {
        get
        {
            var limit = _isCompleting && PatienceAtEnd is { } atEnd ? atEnd : patience;
            return limit == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : limit - Stopwatch.GetElapsedTime(_troubleSince);
        }
    }

    /// <summary>The messages to send next.</summary>
    public MessageBatch Batch { get; } = new();

    /// <summary>How long messages wait at the end, if they would otherwise wait for ever; null if the end changes nothing.</summary>
    public TimeSpan? PatienceAtEnd { get; init; }

    /// <summary>All messages that were delivered or have failed.</summary>
    public long Ended
    {
        get
        {
            lock (_gate)
            {
                return _counts.Sum();
            }
        }
    }

    /// <summary>Adds the counts kept here to the counters of a sink.</summary>
    public SinkCounters AddTo(SinkCounters counters)
    {
        lock (_gate)
        {
            var failed = new Dictionary<SendFailure, long>(counters.Failed);
            for (var reason = 1; reason < _counts.Length; reason++)
            {
                if (_counts[reason] > 0)
                {
                    failed[(SendFailure)reason] = failed.GetValueOrDefault((SendFailure)reason) + _counts[reason];
                }
            }

            var hasTrouble = _trouble.Failure != SendFailure.None;
            return counters with
            {
                Delivered = _counts[(int)SendFailure.None],
                Failed = failed,
                Retries = counters.Retries + _retries,
                Repeated = counters.Repeated + ((transport as IRepeatingTransport)?.Repeated ?? 0),
                Trouble = hasTrouble ? _trouble : counters.Trouble,
                TroubleLasts = hasTrouble ? Stopwatch.GetElapsedTime(_troubleSince) : counters.TroubleLasts,
                LastFault = _lastFault ?? counters.LastFault,
            };
        }
    }

    /// <summary>The end is near: the next attempt comes now, and no pause is long.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isCompleting = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends the counting. Messages that are neither delivered nor failed by now count as lost.</summary>
    /// <param name="all">All messages that should have been sent.</param>
    public void Abandon(long all)
    {
        lock (_gate)
        {
            if (!_isAbandoned)
            {
                _isAbandoned = true;
                _counts[(int)SendFailure.Abandoned] += all - _counts.Sum();
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Sends the batch.</summary>
    /// <returns>False if messages are left in it: patience has run out, or the sender was abandoned.</returns>
    public bool Send()
    {
        for (var pause = ShortestPause; Batch.Count > 0;)
        {
            var outcome = SendOnce();
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
                return true;
            }

            if (!IsWorthWaiting(outcome, settled > 0))
            {
                return Batch.Count == 0;
            }

            if (Batch.Count > 0)
            {
                pause = settled > 0 ? ShortestPause : pause;
                Pause(pause, outcome.RetryAfter ?? TimeSpan.Zero);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }

        return true;
    }

    /// <summary>Has the transport store what it has accepted, and counts as failed what it cannot store before patience has run out.</summary>
    public void Finish()
    {
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            SendOutcome outcome = default;
            if (!Guard(() => outcome = transport.Finish()))
            {
                outcome = new(SendFailure.TransportFault);
            }

            if (outcome.Failure == SendFailure.None)
            {
                return;
            }

            if (!outcome.Failure.IsRetryable() || !IsWorthWaiting(outcome, hasProgress: false))
            {
                Count(outcome.Failure, transport.Unstored);
                Count(SendFailure.None, -transport.Unstored);
                return;
            }

            Pause(pause, TimeSpan.Zero);
        }
    }

    /// <summary>Counts what is left in the batch as failed, by the reason that held it up.</summary>
    public void GiveUp() => GiveUp(_trouble.Failure);

    /// <summary>Runs an action that may throw, and keeps the text of its exception.</summary>
    public bool Guard(Action work)
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
                _lastFault = "a fault of the program: " + exception.Message;
            }

            return false;
        }
    }

    /// <summary>Counts messages that never got into a batch.</summary>
    public void Count(SendFailure outcome, long messages)
    {
        lock (_gate)
        {
            if (!_isAbandoned)
            {
                _counts[(int)outcome] += messages;
            }
        }
    }

    private SendOutcome SendOnce()
    {
        if (_isReaderGone)
        {
            return new(SendFailure.ReaderGone);
        }

        SendOutcome outcome = default;
        return Guard(() => outcome = transport.Send(Batch)) ? outcome : new(SendFailure.TransportFault);
    }

    private int RemoveMarked()
    {
        Array.Clear(_outcomes);
        var settled = Batch.RemoveMarked(_outcomes, out var lostEarlier);
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

    /// <summary>Notes the failure. False if messages have waited long enough, or the sender was abandoned.</summary>
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
            return !_isAbandoned && LeftOfPatience > TimeSpan.Zero;
        }
    }

    /// <summary>Waits. The end makes the usual pause short, but not the one that the receiver asks for; no pause is longer than patience.</summary>
    private void Pause(TimeSpan usual, TimeSpan asked)
    {
        lock (_gate)
        {
            for (var start = Stopwatch.GetTimestamp(); !_isAbandoned;)
            {
                var time = _isCompleting ? ShortestPause : usual;
                time = (asked > time ? asked : time) - Stopwatch.GetElapsedTime(start);
                time = time < LeftOfPatience ? time : LeftOfPatience;
                if (time <= TimeSpan.Zero)
                {
                    return;
                }

                Monitor.Wait(_gate, time);
            }
        }
    }

    private void GiveUp(SendFailure reason)
    {
        Batch.RefuseRest(reason);
        RemoveMarked();
    }

    private void ReportReaderGone()
    {
        if (!_isReaderGone)
        {
            _isReaderGone = true;
            Guard(readerGone); // runs the listeners' callbacks
        }
    }
}
