using WireDns.Alerts.Buffers;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// A place for a sink among those of a delivery. What is raised while the sink cannot be opened yet, because the one before it still has the file or the spool, waits
/// here. Thread-safe.
/// </summary>
internal sealed class SinkSlot
{
    private readonly AlertSink _sink;
    private readonly Action _readerGone;
    private readonly Lock _gate = new();
    private readonly AlertBuffer? _hold;
    private SinkWorker? _worker;
    private long _filtered; // before it was opened
    private bool _isEnded; // likewise

    /// <summary>A sink that is open.</summary>
    public SinkSlot(AlertSink sink, Action readerGone)
    {
        _sink = sink;
        _readerGone = readerGone;
        _worker = new SinkWorker(sink, OnReaderGone);
    }

    /// <summary>A sink that is to be opened (<see cref="Open"/>).</summary>
    public SinkSlot(SinkOpening opening, Action readerGone)
    {
        _sink = opening.Sink;
        _readerGone = readerGone;
        _hold = new AlertBuffer(opening.Sink.QueueCapacity, QueueMode.Drop, opening.Sink.QueueMaximumOctets);
    }

    /// <summary>Its name.</summary>
    public string Name => _sink.Name;

    /// <summary>What a full buffer means.</summary>
    public QueueMode Mode => _sink.Mode;

    /// <summary>Whether nothing can be delivered there any more.</summary>
    public bool IsReaderGone { get; private set; }

    /// <summary>Whether it is what is wanted.</summary>
    public bool IsOf(SinkOpening wanted) => (wanted.Sink.Name, wanted.Sink.Identity) == (_sink.Name, _sink.Identity);

    /// <summary>Starts its threads, if it is open.</summary>
    public void Start() => _worker?.Start();

    /// <summary>Keeps an alert or an event.</summary>
    /// <returns>False if it was dropped.</returns>
    public bool Add(Notification alert)
    {
        if (Volatile.Read(ref _worker) is { } open)
        {
            return open.Add(alert);
        }

        lock (_gate)
        {
            if (_worker is { } worker)
            {
                return worker.Add(alert);
            }

            if (_sink.Wants(alert))
            {
                return _hold!.Add(alert);
            }

            Interlocked.Increment(ref _filtered);
            return true;
        }
    }

    /// <summary>Starts the sink, which takes what has waited for it. If the end came first, it is closed.</summary>
    public void Open(AlertSink sink)
    {
        var opened = new SinkWorker(sink, OnReaderGone);
        opened.Start();
        var waiting = new Notification?[1];
        lock (_gate)
        {
            if (_isEnded)
            {
                opened.Complete();
                return;
            }

            while (_hold!.Count > 0)
            {
                _hold.Peek(waiting);
                opened.Add(waiting[0]!);
                _hold.Remove(1);
            }

            Volatile.Write(ref _worker, opened);
        }
    }

    /// <summary>What happened to its alerts.</summary>
    public SinkCounters Counters()
    {
        SinkCounters counters;
        lock (_gate)
        {
            counters = _worker?.Counters() ?? new SinkCounters
            {
                Name = Name,
                Items = _sink.Items,
                Accepted = _hold!.Accepted,
                Delivered = 0,
                Dropped = 0,
                InMemory = _isEnded ? 0 : _hold.Count,
                Failed = _isEnded && _hold.Count > 0 ? new() { [SendFailure.Abandoned] = _hold.Count } : new Dictionary<SendFailure, long>(),
            };
        }

        return counters with { Filtered = counters.Filtered + Interlocked.Read(ref _filtered), Dropped = counters.Dropped + (_hold?.Dropped ?? 0) };
    }

    /// <summary>Asks for a new file, if the sink is one.</summary>
    public void RotateFile() => Volatile.Read(ref _worker)?.RotateFile();

    /// <summary>Accepts no more alerts, and delivers those that wait.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isEnded = _worker is null;
            _hold?.Complete();
            _worker?.Complete();
        }
    }

    /// <summary>Waits for the end of that.</summary>
    public bool WaitForEnd(TimeSpan timeout) => Volatile.Read(ref _worker)?.WaitForEnd(timeout) ?? true;

    /// <summary>Gives up on what did not end in time.</summary>
    public void Abandon() => Volatile.Read(ref _worker)?.Abandon();

    private void OnReaderGone()
    {
        IsReaderGone = true;
        _readerGone();
    }
}

/// <summary>A sink that is wanted, and how to open it.</summary>
/// <param name="Sink">The sink without its transport.</param>
/// <param name="Open">Opens it; throws an <see cref="IOException"/> with the reason if that cannot be done.</param>
public sealed record SinkOpening(AlertSink Sink, Func<AlertSink> Open);
