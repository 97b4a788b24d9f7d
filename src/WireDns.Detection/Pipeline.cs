using WireDns.Detection.Counters;
using WireDns.Detection.Lookups;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Detection;

/// <summary>Takes packets to DNS messages, and messages to their consumer. Called by one thread at a time, or by one up to
/// payloads and by another from there on; allocates nothing itself.</summary>
internal sealed class Pipeline
{
    private readonly PacketDecoder _decoder;
    private readonly IMessageConsumer _consumer;
    private readonly Ledger _ledger;
    private readonly NameCache? _unwantedNames;

    public Pipeline(PacketDecoderOptions options, IMessageConsumer consumer)
    {
        _decoder = new PacketDecoder(options, DnsMessageStart.IsPlausible);
        _consumer = consumer;
        _unwantedNames = consumer.UnwantedNames;
        _ledger = new Ledger(_decoder);
    }

    /// <summary>What became of every packet and message so far.</summary>
    public Ledger Ledger => _ledger;

    /// <summary>Adds what another pipeline has counted, at rest.</summary>
    public void Absorb(Pipeline other) => _ledger.Absorb(other._ledger);

    /// <summary>Takes one packet as far as it goes.</summary>
    public void Process(in Packet packet) => Drain(Decode(packet));

    /// <summary>Takes one packet to the payloads that it completes, which are to be given to <see cref="Consume"/>.</summary>
    public PayloadReader Decode(scoped in Packet packet) => _decoder.Decode(packet);

    /// <summary>Gives up what is held for reassembly. What comes of it is to be given to <see cref="Consume"/>.</summary>
    public PayloadReader DecodeRest() => _decoder.Finish();

    /// <summary>Takes one payload as far as it goes.</summary>
    public void Consume(in TransportPayload payload)
    {
        if (payload.IsTruncated || !DnsSoundMessage.TryRead(payload.Data, out var message))
        {
            var verdict = _consumer.Consume(payload);
            _ledger.Add(verdict);
            if (verdict.IsDelivered)
            {
                _ledger.Lookups.Add(payload);
            }

            return;
        }

        var nameHash = message.HashName(_ledger.Lookups.NameSeed);
        _unwantedNames?.Expect(nameHash);
        _ledger.AddSound();
        _ledger.Lookups.Add(payload, message.Header, nameHash);
        if (_unwantedNames is null || !_unwantedNames.Contains(nameHash))
        {
            _consumer.ConsumeSound(payload, nameHash);
        }
    }

    /// <summary>No more packets are at hand: what the consumer holds back goes out.</summary>
    public void Pause() => _consumer.Pause();

    /// <summary>Gives up the packet at hand, whose way an exception ended.</summary>
    public void Abandon() => _decoder.Abandon();

    /// <summary>Time goes on, on a live source: no packet from before this is to come.</summary>
    public void Tick(PacketTime now) => _consumer.Tick(now);

    /// <summary>The end of a source: what is held for reassembly is given up, and the consumer forgets what it remembers of the source.</summary>
    public void FinishSource()
    {
        Drain(DecodeRest());
        FinishMessages();
    }

    /// <summary>The end of a source's payloads.</summary>
    public void FinishMessages()
    {
        _consumer.FinishSource();
        _ledger.Lookups.FinishSource();
    }

    private void Drain(PayloadReader payloads)
    {
        while (payloads.TryRead(out var payload))
        {
            Consume(payload);
        }
    }
}
