using System.Runtime.ExceptionServices;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Correlates hits on a thread of its own, which starts with the first hit and ends when the source ends or the rules are replaced. What happens where it
/// cannot keep up is for those that derive from it.
/// </summary>
internal abstract class ThreadedCorrelations : ICorrelations
{
    // Under load the thread polls at this interval, so that nobody has to wake it.
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(1);

    private readonly DnsEvent _event;
    private readonly object _bed = new();
    private MessageSeeds _seeds;
    private LoadedRules _rules;
    private Thread? _thread;
    private volatile bool _isAsleep;
    private volatile ExceptionDispatchInfo? _fault;

    /// <param name="rules">The rules.</param>
    /// <param name="correlator">Does the work on the thread.</param>
    /// <param name="seeds">The seeds that messages are observed with.</param>
    /// <param name="length">The maximum number of messages that may wait.</param>
    protected ThreadedCorrelations(LoadedRules rules, Correlator correlator, in MessageSeeds seeds, int length)
    {
        _rules = rules;
        Correlator = correlator;
        _seeds = seeds;
        Queue = new HitQueue(length);
        _event = new DnsEvent(rules.PublicSuffixes);
        Use(rules);
    }

    /// <inheritdoc/>
    public Correlator Correlator { get; }

    /// <inheritdoc/>
    public abstract ShedHits? Shed { get; }

    /// <summary>A correlator with a thread of its own, or without one.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="correlator">Does the work.</param>
    /// <param name="seeds">The seeds that messages are observed with.</param>
    /// <param name="queueLength">How many messages may wait for a thread that sheds what it cannot take; 0 for no such thread.</param>
    /// <param name="isParallel">Whether there is a thread that loses nothing, unless it would have nothing to do.</param>
    public static ICorrelations For(LoadedRules rules, Correlator correlator, in MessageSeeds seeds, int queueLength, bool isParallel) =>
        queueLength > 0 ? new QueuedCorrelations(rules, correlator, seeds, queueLength)
        : isParallel && rules.RunningCorrelations.Count > 0 ? new ParallelCorrelations(rules, correlator, seeds)
        : correlator;

    /// <summary>What waits for the thread.</summary>
    protected HitQueue Queue { get; }

    /// <summary>The entry for the hits of the message at hand; null if there is none yet, or the message was shed.</summary>
    protected QueuedHits? Open { get; set; }

    /// <summary>Whether something went wrong that the caller is told by an exception.</summary>
    protected bool HasFault => _fault is not null;

    /// <inheritdoc/>
    public bool Takes(int rule) => Correlator.Takes(rule);

    /// <inheritdoc/>
    public virtual void Expect(ulong nameHash)
    {
        // Another thread reads it, later.
    }

    /// <inheritdoc/>
    public abstract bool Take(int rule, DnsEvent @event, in ObservedMessage message, in LookupHit hit, bool isSameEvent);

    /// <inheritdoc/>
    public void EndMessage()
    {
        if (Open is not null)
        {
            Open = null;
            Publish();
        }
    }

    /// <inheritdoc/>
    public abstract void Settle();

    /// <inheritdoc/>
    public abstract void Raise(Action raise);

    /// <inheritdoc/>
    public void Tick(PacketTime now)
    {
        ThrowFault();
        if (_thread is not null && Queue.Fill < HitQueue.Full)
        {
            Queue.Take(QueuedKind.Tick).Time = now;
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
        Queue.Take(QueuedKind.Work).Work = () =>
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
    public virtual void Clear()
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

    /// <summary>Adds a hit to the entry that is open.</summary>
    protected void Add(int rule) => Open?.Add(_rules.Compiled[rule].Number);

    /// <summary>Processes an entry on the thread. Throws nothing.</summary>
    protected abstract void Process(QueuedHits hits);

    /// <summary>Called on the thread when no entry waits. Throws nothing.</summary>
    protected abstract void Idle();

    /// <summary>Does what an entry asks for, on the thread.</summary>
    protected void Do(QueuedHits hits)
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

    /// <summary>Keeps an exception for the thread that owns the worker; the one that correlates has no caller to tell.</summary>
    protected void Keep(Exception exception) => _fault ??= ExceptionDispatchInfo.Capture(exception);

    /// <summary>Throws what was kept.</summary>
    protected void ThrowFault() => _fault?.Throw();

    /// <summary>Hands the last entry to the thread.</summary>
    protected void Publish()
    {
        Queue.Publish();
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

    private void Use(LoadedRules rules)
    {
        _rules = rules;
        _event.KeepsMessage = rules.OnResponse.Rules.Count > 0;
    }

    /// <summary>Waits until everything taken has been correlated, and ends the thread.</summary>
    private void Join()
    {
        if (_thread is not null)
        {
            Queue.Take(QueuedKind.End);
            Publish();
            _thread.Join();
            _thread = null;
            var fault = _fault;
            _fault = null;
            fault?.Throw();
        }
    }

    private void Run()
    {
        while (true)
        {
            if (Queue.TryPeek() is not { } hits)
            {
                Idle();
                Sleep();
                continue;
            }

            // A released entry belongs to the writer, who may overwrite it at once; so read it first.
            var isEnd = hits.Kind == QueuedKind.End;
            Process(hits);
            Queue.Release(hits);
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
            if (Queue.IsEmpty)
            {
                Monitor.Wait(_bed);
            }

            _isAsleep = false;
        }
    }

    private void Correlate(QueuedHits hits)
    {
        var message = Queue.MessageOf(hits, _seeds);
        _event.Load(message);
        _event.RoundTripNanoseconds = hits.RoundTripNanoseconds;
        _event.QueryFlags = hits.QueryFlags;
        for (var i = 0; i < hits.Rules.Length; i++)
        {
            Correlator.Take(Correlator.PlaceOf(hits.Rules[i]), _event, message, hits.Before(i), isSameEvent: i > 0);
        }
    }
}
