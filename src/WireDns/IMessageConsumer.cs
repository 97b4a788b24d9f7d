using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns;

/// <summary>What a <see cref="Pipeline"/> hands each payload of a DNS port to.</summary>
internal interface IMessageConsumer
{
    /// <summary>Reads the payload as a DNS message and says what it was. The payload is valid during the call.</summary>
    public DnsMessageVerdict Consume(in TransportPayload payload);

    /// <summary>No more packets are at hand: the source may be a pipe on which the next one comes much later.</summary>
    public void Pause()
    {
    }

    /// <summary>The source ends here: nothing that is remembered of it matters to what follows.</summary>
    public void FinishSource();
}
