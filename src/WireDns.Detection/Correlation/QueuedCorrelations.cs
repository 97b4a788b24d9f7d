using System.Runtime.ExceptionServices;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Correlates hits on a thread of its own, so that a flood of them does not delay the rules. <see cref="HitAdmission"/> sheds and counts the hits
/// that the thread cannot keep up with. The thread starts with the first hit, and ends when the source ends or the rules are replaced.
/// </summary>
internal sealed class QueuedCorrelations : ICorrelations
{
    // Under load the thread polls at this interval, so that nobody has to wake it.
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(1);

    private readonly HitQueue _queue;
    private readonly HitAdmission _admission;
    private MessageSeeds _seeds;
    private readonly DnsEvent _event;
    private readonly object _bed = new();
    private LoadedRules _rules;
    private QueuedHits? _open;
    private Thread? _thread;
    private volatile bool _isAsleep;
    private volatile ExceptionDispatchInfo? _outOfMemory;

    /// <param name="rules">The rules.</param>
    /// <param name="correlator">Does the work on the thread.</param>
    /// <param name="seeds">The seeds that messages are observed with.</param>
    /// <param name="length">The maximum number of messages that may wait.</param>
    public QueuedCorrelations(LoadedRules rules, Correlator correlator, in MessageSeeds seeds, int length)
    {
        _rules = rules;
        Correlator = correlator;
        Shed = new ShedHits();
        _seeds = seeds;
        _queue = new HitQueue(length);
        _admission = new HitAdmission(Shed);
        _event = new DnsEvent(rules.PublicSuffixes);
        Use(rules);
    }

    /// <inheritdoc/>
    public Correlator Correlator { get; }

    /// <inheritdoc/>
    public ShedHits Shed { get; }

    /// <inheritdoc/>
    public bool Takes(int rule) => Correlator.Takes(rule);

    /// <inheritdoc/>
    public void Expect(in ObservedMessage message)
    {
        // Another thread reads it, later.
    }

    /// <inheritdoc/>
    public bool Take(int rule, DnsEvent @event, in ObservedMessage message, in LookupHit hit, bool isSameEvent)
    {
        if (!isSameEvent)
        {
            _open = TryOpen(@event, message, hit);
        }

        _open?.Add(_rules.Compiled[rule].Number);
        return _open is not null;
    }

    /// <inheritdoc/>
    public void EndMessage()
    {
        if (_open is not null)
        {
            _open = null;
            Publish();
        }
    }

    /// <inheritdoc/>
    void ICorrelations.Settle()
    {
        // Those that wait have a thread of their own.
    }

    /// <inheritdoc/>
    public void Tick(PacketTime now)
    {
        _outOfMemory?.Throw();
        if (_thread is not null && _queue.Fill < HitQueue.Full)
        {
            _queue.Take(QueuedKind.Tick).Time = now;
            Publish();
        }
    }

    /// <inheritdoc/>
    public Task Do(Action<Correlator> work)
    {
        if (_thread is null)
        {
            return Correlator.Do(work);
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Take(QueuedKind.Work).Work = () =>
        {
            try
            {
                work(Correlator);
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        };
        Publish();
        return done.Task;
    }

    /// <inheritdoc/>
    public void Suspend()
    {
        Join();
        Correlator.Suspend();
    }

    /// <inheritdoc/>
    public void Use(in MessageSeeds seeds) => _seeds = seeds;

    /// <inheritdoc/>
    public void Clear()
    {
        Join();
        Correlator.Clear();
    }

    /// <inheritdoc/>
    public void Swap(LoadedRules rules)
    {
        Join();
        Correlator.Swap(rules);
        Use(rules);
    }

    private void Use(LoadedRules rules)
    {
        _rules = rules;
        _event.KeepsMessage = rules.OnResponse.Rules.Count > 0;
    }

    private QueuedHits? TryOpen(DnsEvent @event, in ObservedMessage message, in LookupHit hit)
    {
        _outOfMemory?.Throw();
        if (!_admission.Admits(message.Client, message.Payload.Time, _queue.Fill))
        {
            return null;
        }

        var hits = _queue.TryTake(message);
        if (hits is null)
        {
            Shed.QueueFull++;
            return null;
        }

        hits.Copy(hit, @event);
        return hits;
    }

    private void Publish()
    {
        _queue.Publish();
        if (_thread is null)
        {
            _thread = new Thread(Run) { Name = "correlations", IsBackground = true };
            _thread.Start();
        }

        // The thread sets its flag and then checks the queue once more, so one side always sees the other.
        Interlocked.MemoryBarrier();
        if (_isAsleep)
        {
            lock (_bed)
            {
                Monitor.Pulse(_bed);
            }
        }
    }

    /// <summary>Waits until everything taken has been correlated, and ends the thread.</summary>
    private void Join()
    {
        if (_thread is not null)
        {
            _queue.Take(QueuedKind.End);
            Publish();
            _thread.Join();
            _thread = null;
            _outOfMemory?.Throw();
        }
    }

    private void Run()
    {
        while (true)
        {
            if (_queue.TryPeek() is not { } hits)
            {
                Sleep();
                continue;
            }

            // A released entry belongs to the writer, who may overwrite it at once; so read it first.
            var isEnd = hits.Kind == QueuedKind.End;
            Do(hits);
            _queue.Release(hits);
            if (isEnd)
            {
                return;
            }
        }
    }

    private void Sleep()
    {
        Thread.Sleep(Nap);
        lock (_bed)
        {
            _isAsleep = true;
            Interlocked.MemoryBarrier();
            if (_queue.IsEmpty)
            {
                Monitor.Wait(_bed);
            }

            _isAsleep = false;
        }
    }

    private void Do(QueuedHits hits)
    {
        try
        {
            if (hits.Kind == QueuedKind.Tick)
            {
                Correlator.Tick(hits.Time);
            }
            else if (hits.Kind == QueuedKind.Work)
            {
                hits.Work!();
                hits.Work = null;
            }
            else if (hits.Kind == QueuedKind.Message)
            {
                Correlate(hits);
            }
        }
        catch (OutOfMemoryException exception)
        {
            // Kept for the thread that owns the worker; this thread has no caller to tell.
            _outOfMemory ??= ExceptionDispatchInfo.Capture(exception);
        }
        catch (Exception)
        {
            // A bug in the program costs this message, as it costs a packet in the stages before.
            Shed.InternalError++;
        }
    }

    private void Correlate(QueuedHits hits)
    {
        var message = _queue.MessageOf(hits, _seeds);
        _event.Load(message);
        _event.RoundTripNanoseconds = hits.RoundTripNanoseconds;
        _event.QueryFlags = hits.QueryFlags;
        for (var i = 0; i < hits.Rules.Length; i++)
        {
            Correlator.Take(Correlator.PlaceOf(hits.Rules[i]), _event, message, hits.Before(i), isSameEvent: i > 0);
        }
    }
}
