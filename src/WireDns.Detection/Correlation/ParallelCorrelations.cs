using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Correlations of files, beside the rules: what is raised, and its order, are those of one thread. Nothing is shed: who takes hits faster than they are
/// correlated waits. All alerts are raised on the thread that correlates.
/// </summary>
internal sealed class ParallelCorrelations(LoadedRules rules, Correlator correlator, in MessageSeeds seeds) : ThreadedCorrelations(rules, correlator, seeds, Length)
{
    // A few milliseconds of work: the thread has enough when the packets come in batches.
    private const int Length = 4096;

    // So many entries ahead, what an entry will read of memory is asked for.
    private const int Ahead = 2;

    /// <inheritdoc/>
    public override ShedHits? Shed => null;

    /// <inheritdoc/>
    public override bool Take(int rule, DnsEvent @event, in ObservedMessage message, in LookupHit hit, bool isSameEvent)
    {
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
    }

    /// <inheritdoc/>
    public override void Raise(Action raise)
    {
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
                Correlator.Expect(next.Client, next.NameHash);
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
