using WireDns.Alerts;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Counters;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Detection;

/// <summary>
/// Packets in, alerts out: decodes packets, observes each DNS message once, counts, and hands messages to the rules or to another consumer. Owns
/// all of its state and shares the rules. Called by one thread at a time; a packet without a hit allocates nothing once tables have grown.
/// </summary>
public sealed class Worker
{
    private readonly PacketDecoder _decoder;
    private readonly IMessageConsumer _consumer;
    private readonly Detector? _detector;
    private readonly MessageSeeds _seeds;
    private readonly LookupTable _lookups;
    private readonly SeenLookups _seenLookups;
    private NameCache? _unwantedNames;

    /// <summary>A worker that matches messages against rules.</summary>
    /// <param name="rules">The rules, which many workers may share.</param>
    /// <param name="raise">
    /// Takes an alert; false where it was dropped. Called by the thread that calls the worker, and, where correlations have a thread of their own
    /// (<see cref="DetectorOptions.CorrelationQueueLength"/>), by that one too.
    /// </param>
    /// <param name="decoding">What is read as DNS, within which bounds. Default: port 53.</param>
    /// <param name="detection">Bounds of detection, and what is known of the network.</param>
    public Worker(LoadedRules rules, Func<Alert, bool> raise, PacketDecoderOptions? decoding = null, DetectorOptions? detection = null)
        : this(decoding, new Detector(rules, raise, detection))
    {
    }

    /// <summary>A worker that hands every message to a consumer of the caller's.</summary>
    /// <param name="consumer">Takes the messages.</param>
    /// <param name="decoding">What is read as DNS, within which bounds. Default: port 53.</param>
    public Worker(IMessageConsumer consumer, PacketDecoderOptions? decoding = null)
        : this(decoding, consumer, new LookupTable(), MessageSeeds.Next())
    {
    }

    private Worker(PacketDecoderOptions? decoding, Detector detector)
        : this(decoding, detector, detector.Lookups, detector.Seeds) => _detector = detector;

    private Worker(PacketDecoderOptions? decoding, IMessageConsumer consumer, LookupTable lookups, MessageSeeds seeds)
    {
        _decoder = new PacketDecoder(decoding ?? new PacketDecoderOptions(), DnsMessageStart.IsPlausible);
        _consumer = consumer;
        _unwantedNames = consumer.UnwantedNames;
        _lookups = lookups;
        _seenLookups = lookups.Seen;
        _seeds = seeds;
        Ledger = new Ledger(_decoder.Counters);
    }

    /// <summary>What is counted so far, as the worker's thread writes it.</summary>
    internal Ledger Ledger { get; }

    /// <summary>Packets so far that held a part of a DNS message.</summary>
    public long DnsPackets => Ledger.DnsPackets;

    /// <summary>Packets that are held for reassembly now.</summary>
    public long HeldPackets => Ledger.Decoder.Held;

    /// <summary>Takes one packet as far as it goes.</summary>
    /// <param name="packet">The packet, valid during the call.</param>
    /// <param name="source">Where it comes from.</param>
    public void Process(in Packet packet, PacketSource source) => Drain(Decode(packet), source);

    /// <summary>No more packets are at hand: what the consumer holds back goes out.</summary>
    public void Pause() => _consumer.Pause();

    /// <summary>Gives up the packet at hand, whose way an exception ended. The consumer, which may be what failed, is not told.</summary>
    /// <param name="source">Where it comes from.</param>
    public void Abandon(PacketSource source)
    {
        var payloads = _decoder.Abandon();
        if (payloads.TryReadUndecodable(out var packet))
        {
            Ledger.Places.Note(new Anomaly(packet), source);
        }
    }

    /// <summary>
    /// Time goes on, on a live source: no packet from before this is to come. Fragments and TCP connections whose time is up are given up, and
    /// queries whose time is up are judged as never answered.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="source">The source of what was held until now.</param>
    public void Tick(PacketTime now, PacketSource source)
    {
        Drain(_decoder.Expire(now), source);
        _consumer.Tick(now);
    }

    /// <summary>
    /// The end of a source: what is held for reassembly is given up, queries that wait are judged as never answered, and nothing is
    /// remembered into the next source. Counters stay.
    /// </summary>
    /// <param name="source">The source that ends.</param>
    public void FinishSource(PacketSource source)
    {
        Drain(DecodeRest(), source);
        FinishMessages();
    }

    /// <summary>What was counted so far: a copy, which does not change. To be called between two packets. Allocates: for a report.</summary>
    public RunCounters Snapshot() => RunCounters.Of(Ledger, _decoder, _lookups, _detector?.Counters);

    /// <summary>
    /// Other rules follow, from the next packet on: to be called between two packets. They are those of
    /// <see cref="LoadedRules.Load(IReadOnlyList{string}, RuleLoading?, LoadedRules?)"/> with the rules so far as predecessor; several workers may be
    /// given the same. A lookup that is going on raises no second alert of a rule that is in both, and may be a hit of a new one. Correlations whose
    /// content is the same, that of their rules included, go on counting; the others begin anew. Counters stay. Takes milliseconds where many
    /// lookups are remembered.
    /// </summary>
    /// <param name="rules">The rules.</param>
    /// <exception cref="InvalidOperationException">The worker hands its messages to a consumer of the caller's.</exception>
    public void Swap(LoadedRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        (_detector ?? throw new InvalidOperationException("a worker without rules has none to exchange")).Swap(rules);
        _unwantedNames = _consumer.UnwantedNames;
    }

    /// <summary>
    /// The first half of <see cref="Process"/>: takes one packet to the payloads that it completes, which are to be given to <see cref="Consume"/>, or to
    /// the fault that is to be given to <see cref="Refuse"/>. The two halves share nothing but counters, so that each may have a thread of its own.
    /// </summary>
    /// <param name="packet">The packet, which the payloads are views over.</param>
    public PayloadReader Decode(scoped in Packet packet) => _decoder.Decode(packet);

    /// <summary>The first half of <see cref="FinishSource"/>: gives up what is held for reassembly. Its payloads are to be given to <see cref="Consume"/>.</summary>
    public PayloadReader DecodeRest() => _decoder.Finish();

    /// <summary>The second half of <see cref="Process"/>: takes one payload as far as it goes.</summary>
    /// <param name="payload">The payload, valid during the call.</param>
    /// <param name="source">Where it comes from.</param>
    public void Consume(in TransportPayload payload, PacketSource source)
    {
        if (payload.IsTruncated || !DnsSoundMessage.TryRead(payload.Data, out var sound))
        {
            ConsumeOther(payload, source);
            return;
        }

        var nameHash = sound.HashName(_seeds.Name);
        _unwantedNames?.Expect(nameHash);
        Ledger.AddSound();
        var key = LookupKey.Of(payload, sound.Header, LookupKey.OfQuestion(nameHash, sound.TypeAndClass), _seeds);
        _seenLookups.Note(payload, sound.Header, key);
        if (_unwantedNames is null || !_unwantedNames.Contains(nameHash))
        {
            _consumer.Consume(new ObservedMessage(payload, sound.Header, nameHash, key), source);
        }
    }

    /// <summary>The second half of <see cref="Process"/> for a packet that could not be decoded: takes what is known of it.</summary>
    /// <param name="packet">The packet, valid during the call.</param>
    /// <param name="source">Where it comes from.</param>
    public void Refuse(in UndecodablePacket packet, PacketSource source) => Note(new Anomaly(packet), source);

    /// <summary>The second half of <see cref="FinishSource"/>, after the last payload.</summary>
    public void FinishMessages()
    {
        _consumer.FinishSource();
        _lookups.Clear();
    }

    private void ConsumeOther(in TransportPayload payload, PacketSource source)
    {
        var message = ObservedMessage.Read(payload, _seeds);

        // No message, and known for what it is. Anything else stays malformed: garbage is a place to hide.
        if (message.Verdict is { QuestionsRead: 0, IsMalformed: true } && payload.Transport == Transport.Udp
            && ForeignProtocols.Recognise(payload.Data) is not ForeignProtocol.None and var other)
        {
            Ledger.Add(other, payload.Origin.PacketCount);
            Ledger.Places.Note(new Anomaly(other, in payload.Origin), source);
            return;
        }

        Ledger.Add(message.Verdict);
        if (message.Verdict.IsDelivered)
        {
            _seenLookups.Note(payload, message.Header, message.Key);
        }

        _consumer.Consume(message, source);
        if (message.Verdict.IsMalformed)
        {
            Note(new Anomaly(message, in payload.Origin), source);
        }
    }

    private void Note(in Anomaly anomaly, PacketSource source)
    {
        Ledger.Places.Note(anomaly, source);
        _consumer.Note(anomaly, source);
    }

    private void Drain(PayloadReader payloads, PacketSource source)
    {
        while (payloads.TryRead(out var payload))
        {
            Consume(payload, source);
        }

        if (payloads.TryReadUndecodable(out var packet))
        {
            Refuse(packet, source);
        }
    }
}
