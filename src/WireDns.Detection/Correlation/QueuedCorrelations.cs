using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Correlations of a live source: a flood of hits does not delay the rules. <see cref="HitAdmission"/> sheds and counts the hits that the thread cannot keep
/// up with. Their alerts come somewhere among the others.
/// </summary>
internal sealed class QueuedCorrelations : ThreadedCorrelations
{
    private readonly HitAdmission _admission;

    /// <inheritdoc/>
    public QueuedCorrelations(LoadedRules rules, Correlator correlator, in MessageSeeds seeds, int length)
        : base(rules, correlator, seeds, length)
    {
        Shed = new ShedHits();
        _admission = new HitAdmission(Shed);
    }

    /// <inheritdoc/>
    public override ShedHits Shed { get; }

    /// <inheritdoc/>
    public override bool Take(int rule, DnsEvent @event, in ObservedMessage message, in LookupHit hit, bool isSameEvent)
    {
        if (!isSameEvent)
        {
            Open = TryOpen(@event, message, hit);
        }

        Add(rule);
        return Open is not null;
    }

    /// <inheritdoc/>
    public override void Settle()
    {
        // Those that wait are raised in their own time.
    }

    /// <inheritdoc/>
    public override void Raise(Action raise) => raise();

    /// <inheritdoc/>
    protected override void Process(QueuedHits hits)
    {
        try
        {
            Do(hits);
        }
        catch (OutOfMemoryException exception)
        {
            Keep(exception);
        }
        catch (Exception)
        {
            // A bug in the program costs this message, as it costs a packet in the stages before.
            Shed.InternalError++;
        }
    }

    /// <inheritdoc/>
    protected override void Idle()
    {
    }

    private QueuedHits? TryOpen(DnsEvent @event, in ObservedMessage message, in LookupHit hit)
    {
        ThrowFault();
        if (!_admission.Admits(message.Client, message.Payload.Time, Queue.Fill))
        {
            return null;
        }

        var hits = Queue.TryTake(message);
        if (hits is null)
        {
            Shed.QueueFull++;
            return null;
        }

        hits.Copy(hit, @event);
        return hits;
    }
}
