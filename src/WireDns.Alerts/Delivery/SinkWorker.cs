using System.Buffers;
using System.Diagnostics;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// The buffer and the threads of one sink. One thread formats the alerts in the buffer and sends them to the transport or to the spool; if
/// there is a spool, a second thread sends its messages. Only that thread touches its transport. An alert leaves the buffer only when it is
/// settled: one that a receiver does not accept now stays at the head and is tried again. Any exception of a format or transport is caught
/// and counted, and does not end a thread.
/// </summary>
internal sealed class SinkWorker
{
    private const int BatchSize = 512;

    /// <summary>Octets after which a batch is sent even if more alerts wait: the size of a Linux pipe.</summary>
    private const int BatchOctets = 65_536;

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly AlertSink _sink;
    private readonly AlertBuffer _buffer;
    private readonly BatchSender _first; // from the buffer: to the receiver, or into the spool
    private readonly BatchSender? _second; // from the spool to the receiver
    private readonly Thread[] _threads;
    private readonly ArrayBufferWriter<byte> _message = new(2048);
    private readonly Action _write;
    private readonly object _gate = new(); // guards the two below, and is pulsed at the end
    private int _running;
    private long _cut;
    private long _filtered; // separate: any thread adds to it
    private Notification? _next; // to be written
    private bool _isWhole;

    public SinkWorker(AlertSink sink, Action readerGone)
    {
        _sink = sink;
        _write = () => _isWhole = _sink.Format.Write(_next!, _message);
        _buffer = new AlertBuffer(sink.QueueCapacity, sink.Mode, sink.QueueMaximumOctets);
        if (sink.Spool is { } spool)
        {
            _first = new BatchSender(spool, Timeout.InfiniteTimeSpan, () => { }) { PatienceAtEnd = TimeSpan.Zero };
            _second = new BatchSender(sink.Transport, Timeout.InfiniteTimeSpan, readerGone) { PatienceAtEnd = sink.Patience };
        }
        else
        {
            _first = new BatchSender(sink.Transport, sink.Patience, readerGone);
        }

        // Background threads, so that a transport that hangs cannot keep the process alive.
        _threads = sink.Spool is null
            ? [new Thread(Deliver) { IsBackground = true, Name = $"alerts to {sink.Name}" }]
            :
            [
                new Thread(Deliver) { IsBackground = true, Name = $"alerts for {sink.Name}" },
                new Thread(() => Forward(sink.Spool)) { IsBackground = true, Name = $"alerts to {sink.Name}" },
            ];
        _running = _threads.Length;
    }

    public QueueMode Mode => _sink.Mode;

    public void Start() => Array.ForEach(_threads, thread => thread.Start());

    /// <summary>Keeps an alert or an event that the sink wants.</summary>
    /// <returns>False if it was dropped.</returns>
    public bool Add(Notification alert)
    {
        if (_sink.Wants(alert))
        {
            return _buffer.Add(alert);
        }

        Interlocked.Increment(ref _filtered);
        return true;
    }

    /// <summary>Asks for a new file, if the sink is a file. Any thread may ask.</summary>
    public void RotateFile() => _sink.Transport.Rotate();

    /// <summary>Accepts no more alerts; the threads deliver those that wait, close the transport and end.</summary>
    public void Complete()
    {
        _buffer.Complete();
        _first.Complete();
        _second?.Complete();
    }

    /// <summary>Waits until everything is delivered and the transport closed, or another thread has abandoned the wait.</summary>
    public bool WaitForEnd(TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (_running > 0)
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
    /// Gives up on threads that did not end in time: what is not delivered counts as lost, except for the spool. What they do later does not count.
    /// </summary>
    public void Abandon()
    {
        lock (_gate)
        {
            if (_running <= 0)
            {
                return;
            }
        }

        _buffer.Abandon();
        _first.Abandon(_buffer.Accepted);
        _second?.Abandon(_second.Ended);
        _sink.Spool?.Complete();
        _sink.Spool?.Leave();

        // Last: whoever waits for the end reads the counters then.
        lock (_gate)
        {
            _running = 0;
            Monitor.PulseAll(_gate);
        }
    }

    public SinkCounters Counters()
    {
        var counters = _first.AddTo(new SinkCounters
        {
            Name = _sink.Name,
            Items = _sink.Items,
            Accepted = 0,
            Delivered = 0,
            Dropped = _buffer.Dropped,
            Failed = new Dictionary<SendFailure, long>(),
            Filtered = Interlocked.Read(ref _filtered),
            Cut = Interlocked.Read(ref _cut),
        });
        var ended = counters.Delivered + counters.FailedTotal; // read first: what ends meanwhile still counts as waiting
        var accepted = _buffer.Accepted;
        counters = counters with { Accepted = accepted, InMemory = accepted - ended };
        if (_sink.Spool is not { } spool)
        {
            return counters;
        }

        var isFull = counters.Trouble;
        counters = _second!.AddTo(counters);
        if (isFull.Failure != SendFailure.None)
        {
            // What keeps alerts out of the spool is what may cost some; why they do not leave it is said too.
            counters = counters with
            {
                Trouble = counters.Trouble == isFull ? isFull : isFull with { Detail = $"{isFull.Detail}; {counters.Trouble.Words()}" },
            };
        }

        var failed = new Dictionary<SendFailure, long>(counters.Failed);
        Add(SendFailure.SpoolFull, spool.Dropped);
        Add(SendFailure.SpoolDamaged, spool.Unreadable);
        return counters with { Recovered = spool.Recovered, Spooled = spool.Waiting, Failed = failed };

        void Add(SendFailure reason, long count)
        {
            if (count > 0)
            {
                failed[reason] = count;
            }
        }
    }

    private void Deliver()
    {
        var alerts = new Notification?[BatchSize];
        for (int read; (read = _buffer.Peek(alerts)) > 0;)
        {
            var taken = 0;
            while (taken < read && _first.Batch.Octets < BatchOctets)
            {
                Format(alerts[taken++]!);
            }

            if (!_first.Send())
            {
                _first.GiveUp();
            }

            _first.Batch.Clear();
            _buffer.Remove(taken);
            Array.Clear(alerts);
        }

        if (_sink.Spool is { } spool)
        {
            spool.Complete();
        }
        else
        {
            _first.Finish();
            _first.Guard(_sink.Transport.Dispose);
        }

        End();
    }

    /// <summary>Sends the messages in the spool. Those that the receiver does not accept before the end stay there.</summary>
    private void Forward(Spool spool)
    {
        while (_second!.Guard(() => spool.Read(_second.Batch)) && _second.Batch.Count > 0)
        {
            var (first, count) = (_second.Batch.Number(0), _second.Batch.Count);
            if (!_second.Send())
            {
                var before = (int)(_second.Batch.Number(0) - first);
                spool.Settle(before, count - _second.Batch.Count - before);
                break;
            }

            _second.Batch.Clear();
            spool.Settle();
        }

        spool.Leave();
        _second.Guard(_sink.Transport.Dispose);
        _second.Guard(spool.Dispose);
        End();
    }

    private void End()
    {
        lock (_gate)
        {
            _running--;
            Monitor.PulseAll(_gate);
        }
    }

    private void Format(Notification alert)
    {
        _message.ResetWrittenCount();
        _next = alert;
        if (!_first.Guard(_write))
        {
            _first.Count(SendFailure.FormatFault, 1);
            return;
        }

        _first.Batch.Add(_message.WrittenSpan, alert);
        if (!_isWhole)
        {
            Interlocked.Increment(ref _cut);
        }
    }
}
