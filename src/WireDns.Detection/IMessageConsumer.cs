using WireDns.Detection.Lookups;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection;

/// <summary>What a <see cref="Pipeline"/> hands each payload of a DNS port to.</summary>
internal interface IMessageConsumer
{
    /// <summary>Reads the payload as a DNS message and says what it was. The payload is valid during the call.</summary>
    public DnsMessageVerdict Consume(in TransportPayload payload);

    /// <summary>
    /// Names, by their hash without regard to case under <see cref="LookupWatch.NameSeed"/>, of which nothing is wanted: a sound message with
    /// one question for such a name need not be consumed. Null where every message is wanted.
    /// </summary>
    public NameCache? UnwantedNames => null;

    /// <summary>Reads a payload that is known to be a sound message with one question, of the name of this hash.</summary>
    public void ConsumeSound(in TransportPayload payload, ulong nameHash) => Consume(payload);

    /// <summary>No more packets are at hand: the source may be a pipe on which the next one comes much later.</summary>
    public void Pause()
    {
    }

    /// <summary>Time goes on, on a live source, with or without messages: it is now this late. Called between two messages.</summary>
    public void Tick(PacketTime now)
    {
    }

    /// <summary>The source ends here: nothing that is remembered of it matters to what follows.</summary>
    public void FinishSource();
}
