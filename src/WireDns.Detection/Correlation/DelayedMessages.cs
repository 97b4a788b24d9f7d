using WireDns.Detection.Messages;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Copies of the messages whose entries wait for their turn in correlations (<see cref="Sigma.Correlation.CorrelationEngine.Delay"/>), for the rare one that
/// raises an alert. 64 of at most 512 octets, allocated with the first.
/// </summary>
internal sealed class DelayedMessages
{
    // More than there are entries that wait.
    private const int Capacity = 64;
    private const int MaximumLength = 512;

    private readonly QueuedHits?[] _messages = new QueuedHits?[Capacity];
    private byte[] _bytes = [];

    /// <summary>Whether a message has the shape of those that are kept: a long or unusual one is correlated at once.</summary>
    public static bool Takes(in ObservedMessage message) => message.IsPlain && message.Payload.Data.Length <= MaximumLength;

    /// <summary>Keeps a message in the place of the one 64 before it.</summary>
    public void Keep(long number, in ObservedMessage message, in LookupHit hit, DnsEvent @event)
    {
        if (_bytes.Length == 0)
        {
            _bytes = new byte[Capacity * MaximumLength];
        }

        var place = (int)(number & (Capacity - 1));
        var kept = _messages[place] ??= new QueuedHits();
        message.Payload.Data.CopyTo(_bytes.AsSpan(place * MaximumLength));
        kept.Copy(message, place * MaximumLength);
        kept.Copy(hit, @event);
    }

    /// <summary>A message that is kept, and what is known of its lookup.</summary>
    public ObservedMessage Get(long number, out QueuedHits known)
    {
        known = _messages[number & (Capacity - 1)]!;
        return new ObservedMessage(
            new TransportPayload(_bytes.AsSpan(known.Start, known.Length), in known.Origin), known.Header, known.NameHash, known.Key);
    }
}
