using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Correlations of files, beside the rules: what is raised, and its order, are those of one thread. Nothing is shed: who takes hits faster than they are
/// correlated waits. All alerts are raised on the thread that correlates. The first hits of a source are correlated at once: a small capture is read before a
/// thread has begun.
/// </summary>
internal sealed class ParallelCorrelations(LoadedRules rules, Correlator correlator, in MessageSeeds seeds) : ThreadedCorrelations(rules, correlator, seeds, Length)
{
    // A few milliseconds of work: the thread has enough when the packets come in batches.
    private const int Length = 4096;

    // So many entries ahead, what an entry will read of memory is asked for.
    private const int Ahead = 2;

    private const int FirstHits = 1000;

    // Hits that are still correlated at once, by the caller.
    private int _atOnce = FirstHits;

    /// <inheritdoc/>
    public override ShedHits? Shed => null;

    /// <inheritdoc/>
    public override void Expect(ulong nameHash)
    {
        if (_atOnce > 0)
        {
            Correlator.Expect(nameHash);
        }
    }

    /// <inheritdoc/>
    public override bool Take(int rule, DnsEvent @event, in ObservedMessage message, in LookupHit hit, bool isSameEvent)
    {
        if (_atOnce > 0)
        {
            Correlator.Take(rule, @event, message, hit, isSameEvent);
            if (--_atOnce == 0)
            {
                Correlator.Settle();
            }

            return true;
        }

        // Another alert of the same message may have closed the entry.
        Open ??= WaitForRoom(message, hit, @event);
        Add(rule);
        return true;
    }

    /// <inheritdoc/>
    public override void Settle()
    {
        // The thread does so as soon as nothing waits.
        ThrowFault();
        if (_atOnce > 0)
        {
            Correlator.Settle();
        }
    }

    /// <inheritdoc/>
    public override void Raise(Action raise)
    {
        if (_atOnce > 0)
        {
            Correlator.Raise(raise);
            return;
        }

        EndMessage();
        WaitForRoom();
        Queue.Take(QueuedKind.Work).Work = () =>
        {
            Correlator.Settle();
            raise();
        };
        Publish();
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        base.Clear();
        _atOnce = FirstHits;
    }

    /// <inheritdoc/>
    protected override void Process(QueuedHits hits)
    {
        if (HasFault)
        {
            return;
        }

        try
        {
            if (Queue.TryPeek(Ahead) is { Kind: QueuedKind.Message } next)
            {
                Correlator.Expect(next.NameHash);
            }

            Do(hits);
        }
        catch (Exception exception)
        {
            Keep(exception);
        }
    }

    /// <inheritdoc/>
    protected override void Idle()
    {
        try
        {
            Correlator.Settle();
        }
        catch (Exception exception)
        {
            Keep(exception);
        }
    }

    private QueuedHits WaitForRoom(in ObservedMessage message, in LookupHit hit, DnsEvent @event)
    {
        ThrowFault();
        SpinWait wait = default;
        QueuedHits? hits;
        while ((hits = Queue.TryTake(message)) is null)
        {
            wait.SpinOnce();
        }

        hits.Copy(hit, @event);
        return hits;
    }

    private void WaitForRoom()
    {
        ThrowFault();
        SpinWait wait = default;
        while (!Queue.HasRoom)
        {
            wait.SpinOnce();
        }
    }
}
