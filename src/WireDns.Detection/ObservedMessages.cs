using WireDns.Detection.Anomalies;
using WireDns.Detection.Messages;
using WireDns.Wire;

namespace WireDns.Detection;

/// <summary>
/// Shows every message to an observer before the rules see it. Without one, a worker has no such step, and passes over messages that no rule wants.
/// </summary>
internal sealed class ObservedMessages(IMessageConsumer observer, IMessageConsumer rules) : IMessageConsumer
{
    /// <inheritdoc/>
    public void Expect(LookupKey key, ulong nameHash, bool isResponse) => rules.Expect(key, nameHash, isResponse);

    /// <inheritdoc/>
    public void Consume(in ObservedMessage message, PacketSource source)
    {
        observer.Consume(message, source);
        rules.Consume(message, source);
    }

    /// <inheritdoc/>
    public void Note(in Anomaly anomaly, PacketSource source)
    {
        observer.Note(anomaly, source);
        rules.Note(anomaly, source);
    }

    /// <inheritdoc/>
    public void Pause()
    {
        observer.Pause();
        rules.Pause();
    }

    /// <inheritdoc/>
    public void Tick(PacketTime now)
    {
        observer.Tick(now);
        rules.Tick(now);
    }

    /// <inheritdoc/>
    public void Suspend()
    {
        observer.Suspend();
        rules.Suspend();
    }

    /// <inheritdoc/>
    public void FinishSource()
    {
        observer.FinishSource();
        rules.FinishSource();
    }
}
