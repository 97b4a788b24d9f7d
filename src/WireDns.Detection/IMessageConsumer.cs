using WireDns.Detection.Anomalies;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Wire;

namespace WireDns.Detection;

/// <summary>Takes the DNS messages of a <see cref="Worker"/>. Called by one thread at a time.</summary>
public interface IMessageConsumer
{
    /// <summary>
    /// Names of which nothing is wanted, by <see cref="ObservedMessage.NameHash"/>: a plain message about such a name is counted and not
    /// consumed. Null if every message is wanted.
    /// </summary>
    internal NameCache? UnwantedNames => null;

    /// <summary>Takes a message, sound or not. It is valid during the call.</summary>
    public void Consume(in ObservedMessage message, PacketSource source);

    /// <summary>
    /// Takes what is wrong: each message with a fault, after <see cref="Consume"/> took it, and each packet that could not be decoded. It is
    /// valid during the call.
    /// </summary>
    public void Note(in Anomaly anomaly, PacketSource source)
    {
    }

    /// <summary>No more packets are available: the source may be a pipe on which the next one comes much later.</summary>
    public void Pause()
    {
    }

    /// <summary>Time goes on, on a live source, with or without messages: it is now this late. Called between two messages.</summary>
    public void Tick(PacketTime now)
    {
    }

    /// <summary>The source ends: nothing remembered from it matters for what follows.</summary>
    public void FinishSource();
}
