using WireDns.Detection.Anomalies;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Wire;

namespace WireDns.Detection;

/// <summary>Receives the DNS messages of a <see cref="Worker"/>. Called from one thread at a time.</summary>
public interface IMessageConsumer
{
    /// <summary>
    /// Names that the consumer does not want, by <see cref="ObservedMessage.NameHash"/>: a plain message about such a name is counted but not
    /// consumed, unless it is a response that is wanted (<see cref="Lookups.UnwantedNames.Responses"/>). Null if every message is wanted. Default: null.
    /// </summary>
    internal UnwantedNames? UnwantedNames => null;

    /// <summary>A message will be consumed soon: tells the processor what that will read of memory. Does nothing by default.</summary>
    /// <param name="key">Its lookup.</param>
    /// <param name="nameHash">The hash of its name.</param>
    /// <param name="isResponse">Whether it is a response.</param>
    internal void Expect(LookupKey key, ulong nameHash, bool isResponse)
    {
    }

    /// <summary>Notes a query that is not consumed, because its name is not wanted, and whose response may be. Does nothing by default.</summary>
    /// <param name="key">Its lookup.</param>
    /// <param name="flags">Its flags.</param>
    /// <param name="packet">Its packet.</param>
    internal void NoteQuery(LookupKey key, ushort flags, in Packet packet)
    {
    }

    /// <summary>Receives a message, sound or not. It is valid during the call.</summary>
    public void Consume(in ObservedMessage message, PacketSource source);

    /// <summary>
    /// Receives an anomaly: each message with a fault, after <see cref="Consume"/> received it, and each packet that could not be decoded. It is
    /// valid during the call. Does nothing by default.
    /// </summary>
    public void Note(in Anomaly anomaly, PacketSource source)
    {
    }

    /// <summary>Called when no more packets are available for now: the source may be a pipe on which the next one comes much later.</summary>
    public void Pause()
    {
    }

    /// <summary>Advances the time of a live source, whether or not messages arrive. Called between two messages.</summary>
    public void Tick(PacketTime now)
    {
    }

    /// <summary>
    /// Called in place of <see cref="FinishSource"/> when the source goes on in another process (<see cref="Worker.Save"/>). By default it is the end.
    /// </summary>
    public void Suspend() => FinishSource();

    /// <summary>Called when the source ends: nothing remembered from it matters for what follows.</summary>
    public void FinishSource();
}
