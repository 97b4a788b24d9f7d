using WireDns.Detection;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns;

/// <summary>Takes packets to DNS messages, and messages to their consumer. Called by one thread at a time; allocates nothing itself.</summary>
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

    /// <summary>Takes one packet as far as it goes.</summary>
    public void Process(in Packet packet)
    {
        Drain(_decoder.Decode(packet));
    }

    /// <summary>No more packets are at hand: what the consumer holds back goes out.</summary>
    public void Pause() => _consumer.Pause();

    /// <summary>The end of a source: what is held for reassembly is given up, and the consumer forgets what it remembers of the source.</summary>
    public void FinishSource()
    {
        Drain(_decoder.Finish());
        _consumer.FinishSource();
        _ledger.Lookups.FinishSource();
    }

    private void Drain(PayloadReader payloads)
    {
        while (payloads.TryRead(out var payload))
        {
            if (!payload.IsTruncated && DnsSoundMessage.TryRead(payload.Data, out var message))
            {
                var nameHash = message.HashName(_ledger.Lookups.NameSeed);
                _unwantedNames?.Expect(nameHash);
                _ledger.AddSound();
                _ledger.Lookups.Add(payload, message.Header, nameHash);
                if (_unwantedNames is null || !_unwantedNames.Contains(nameHash))
                {
                    _consumer.ConsumeSound(payload, nameHash);
                }

                continue;
            }

            var verdict = _consumer.Consume(payload);
            _ledger.Add(verdict);
            if (verdict.IsDelivered)
            {
                _ledger.Lookups.Add(payload);
            }
        }
    }
}
