using System.Runtime.CompilerServices;
using WireDns.Alerts;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Counters;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Detection.State;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Detection;

/// <summary>
/// Packets in, alerts out: decodes packets, parses each DNS message once, counts, and passes messages to the rules or to another consumer. Owns all
/// of its state except the rules, which are shared. Call it from one thread at a time. A packet without a hit allocates nothing once the tables have
/// grown.
/// </summary>
public sealed class Worker
{
    private readonly PacketDecoder _decoder;
    private readonly IMessageConsumer _consumer;
    private readonly Detector? _detector;
    private MessageSeeds _seeds;
    private readonly LookupTable _lookups;
    private readonly SeenLookups _seenLookups;
    private UnwantedNames? _unwantedNames;
    private SilentResponses? _silentResponses;

    /// <summary>Creates a worker that matches messages against rules.</summary>
    /// <param name="rules">The rules; workers may share them.</param>
    /// <param name="raise">
    /// Receives an alert; returns false if the alert was dropped. Called on the thread that calls the worker and, if correlations have a thread of
    /// their own (<see cref="DetectorOptions.CorrelationQueueLength"/>), on that one too.
    /// </param>
    /// <param name="decoding">What is decoded as DNS, and the limits of decoding. Default: port 53.</param>
    /// <param name="detection">The limits of detection, and what the user knows about the network. Default: a new <see cref="DetectorOptions"/>.</param>
    /// <param name="observers">They receive every message before the rules do; a log of lookups, for instance. Default: none.</param>
    public Worker(
        LoadedRules rules, Func<Alert, bool> raise, PacketDecoderOptions? decoding = null, DetectorOptions? detection = null,
        IReadOnlyList<IMessageConsumer>? observers = null)
        : this(decoding, new Detector(rules, raise, detection), observers ?? [])
    {
    }

    /// <summary>Creates a worker that passes every message to the caller's own consumer.</summary>
    /// <param name="consumer">Receives the messages.</param>
    /// <param name="decoding">What is decoded as DNS, and the limits of decoding. Default: port 53.</param>
    public Worker(IMessageConsumer consumer, PacketDecoderOptions? decoding = null)
        : this(decoding, consumer, new LookupTable(), MessageSeeds.Next())
    {
    }

    private Worker(PacketDecoderOptions? decoding, Detector detector, IReadOnlyList<IMessageConsumer> observers)
        : this(decoding, observers.Aggregate((IMessageConsumer)detector, (rules, observer) => new ObservedMessages(observer, rules)), detector.Lookups, detector.Seeds) => _detector = detector;

    private Worker(PacketDecoderOptions? decoding, IMessageConsumer consumer, LookupTable lookups, MessageSeeds seeds)
    {
        _decoder = new PacketDecoder(decoding ?? new PacketDecoderOptions(), DnsMessageStart.IsPlausible);
        _consumer = consumer;
        TakeWishes();
        _lookups = lookups;
        _seenLookups = lookups.Seen;
        _seeds = seeds;
        Ledger = new Ledger(_decoder.Counters);
    }

    /// <summary>The decoder.</summary>
    internal PacketDecoder Decoder => _decoder;

    /// <summary>The live counters, written by the worker's thread.</summary>
    internal Ledger Ledger { get; }

    /// <summary>Number of packets so far that contained part of a DNS message.</summary>
    public long DnsPackets => Ledger.DnsPackets;

    /// <summary>Number of packets currently held for reassembly.</summary>
    public long HeldPackets => Ledger.Decoder.Held;

    /// <summary>Processes one packet: decodes it, and consumes every payload that it completes.</summary>
    /// <param name="packet">The packet, valid during the call.</param>
    /// <param name="source">Where it comes from.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public void Process(in Packet packet, PacketSource source)
    {
        // Not inlined, so that the look is: together with a caller it would exceed what the compiler inlines into one method.
        LookedPacket.Look(in packet, _decoder, in _seeds, _unwantedNames, out var looked);
        Expect(in looked);
        Process(in packet, in looked, source);
    }

    /// <summary>
    /// The first half of <see cref="Process(in Packet, PacketSource)"/>: looks at a packet as far as that needs nothing of the packets before it. Any thread
    /// may call it, at the same time as others, while the rules are not exchanged. Give the result to <see cref="Process(in Packet, in LookedPacket, PacketSource)"/>.
    /// </summary>
    /// <param name="packet">The packet, valid during the call.</param>
    /// <param name="looked">What was learnt about it.</param>
    [SkipLocalsInit]
    public void Look(scoped in Packet packet, out LookedPacket looked) => LookedPacket.Look(in packet, _decoder, in _seeds, _unwantedNames, out looked);

    /// <summary>
    /// Whether it pays to look at packets before their turn: every message is wanted by rules, and what they remember of it lies far apart in memory.
    /// </summary>
    public bool LooksAhead => _unwantedNames is null && _detector is not null;

    /// <summary>A packet that was looked at will be processed soon: what that will read of memory comes meanwhile. Changes nothing.</summary>
    /// <param name="looked">What <see cref="Look"/> learnt about it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect(in LookedPacket looked)
    {
        if (LooksAhead && looked.HasMessage)
        {
            _consumer.Expect(looked.Key, looked.NameHash, looked.IsResponse);
        }
    }

    /// <summary>The second half of <see cref="Process(in Packet, PacketSource)"/>, in the order of the packets: does everything that has an effect.</summary>
    /// <param name="packet">The packet, valid during the call.</param>
    /// <param name="looked">What <see cref="Look"/> learnt about it.</param>
    /// <param name="source">Where it comes from.</param>
    public void Process(in Packet packet, in LookedPacket looked, PacketSource source)
    {
        if (!_decoder.TryAccept(in packet, in looked.Packet))
        {
            ProcessTheLongWay(in packet, source);
        }
        else if (looked.Packet.Kind == PlainPacketKind.Datagram)
        {
            Ledger.AddSound();
            if (_silentResponses is not null)
            {
                ProcessWithResponses(in packet, in looked, source);
                return;
            }

            _seenLookups.Note(looked.Key, looked.IsResponse, packet.Time);
            if (!looked.IsUnwanted)
            {
                ConsumeWanted(in packet, in looked, source);
            }
            else if (looked.IsNewName)
            {
                _unwantedNames?.Add(looked.NameHash);
            }
        }
    }

    /// <summary>Processes one payload that was decoded elsewhere, or made again from a log (<see cref="Logging.LookupMessages"/>).</summary>
    /// <param name="payload">The payload, valid during the call.</param>
    /// <param name="source">Where it comes from.</param>
    public void Process(in TransportPayload payload, PacketSource source) => Consume(payload, source);

    /// <summary>Processes one packet layer by layer, with the same results. For packets of other shapes, and for tests.</summary>
    internal void ProcessTheLongWay(in Packet packet, PacketSource source) => Drain(_decoder.Decode(packet), source);

    /// <summary>No more packets are available for now: the consumer releases what it holds back.</summary>
    public void Pause() => _consumer.Pause();

    /// <summary>Gives up the current packet after an exception. The consumer, which may be what failed, is not told.</summary>
    /// <param name="source">Where it comes from.</param>
    public void Abandon(PacketSource source)
    {
        var payloads = _decoder.Abandon();
        if (payloads.TryReadUndecodable(out var packet))
        {
            Ledger.Places.Note(new Anomaly(packet), source);
        }
    }

    /// <summary>Gives up what <see cref="Tick"/> was about after an exception, which no packet at hand caused.</summary>
    public void AbandonTick() => _decoder.AbandonExpired();

    /// <summary>
    /// Advances the time of a live source: no packet from before this time may follow. Fragments and TCP connections that have expired are given up,
    /// and queries that have expired are judged as unanswered.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="source">The source of everything held until now.</param>
    public void Tick(PacketTime now, PacketSource source)
    {
        Drain(_decoder.Expire(now), source);
        _consumer.Tick(now);
    }

    /// <summary>
    /// Ends a source: data held for reassembly is given up, waiting queries are judged as unanswered, and nothing is carried over to the next source.
    /// Counters stay.
    /// </summary>
    /// <param name="source">The source that ends.</param>
    public void FinishSource(PacketSource source)
    {
        Drain(_decoder.Finish(), source);
        _consumer.FinishSource();
        _lookups.Clear();
    }

    /// <summary>
    /// The source goes on in another process: data held for reassembly is given up, but no lookup or correlation ends. What they are is in <see cref="Save"/>; call
    /// <see cref="FinishSource"/> if that could not be kept.
    /// </summary>
    /// <param name="source">Where it comes from.</param>
    public void Suspend(PacketSource source)
    {
        Drain(_decoder.Finish(), source);
        _consumer.Suspend();
    }

    /// <summary>
    /// Begins to write what the worker remembers, for the worker of a later process (<see cref="Restore"/>). Any thread may call it.
    /// </summary>
    /// <param name="source">Where packets come from.</param>
    /// <param name="maximumLength">In octets: what does not fit is left out, and counted.</param>
    /// <exception cref="InvalidOperationException">The worker passes its messages to the caller's own consumer.</exception>
    public WorkerSaving Save(PacketSource source, long maximumLength) => WithRules.Save(source, maximumLength);

    /// <summary>
    /// Goes on with what another worker has written. Rules are recognised, and correlations continued, as by <see cref="Swap"/>. Call it before the first packet.
    /// If it fails, the worker is as before.
    /// </summary>
    /// <param name="reader">Has what was written; its stream can be positioned.</param>
    /// <param name="source">Where packets come from.</param>
    /// <exception cref="IOException">It is something else, or cannot be read.</exception>
    /// <exception cref="FormatException">It is something else.</exception>
    /// <exception cref="ArgumentException">It is something else.</exception>
    /// <exception cref="InvalidOperationException">The worker passes its messages to the caller's own consumer.</exception>
    public RestoredState Restore(BinaryReader reader, PacketSource source)
    {
        var restored = WithRules.Restore(reader, source);
        _seeds = WithRules.Seeds;
        return restored;
    }

    /// <summary>An immutable copy of the counters so far. Call it between two packets. Allocates; for reports.</summary>
    public RunCounters Snapshot() => RunCounters.Of(Ledger, _decoder, _lookups, _detector?.Counters);

    /// <summary>
    /// Replaces the rules from the next packet on. Call it between two packets. The new rules must come from
    /// <see cref="LoadedRules.Load(IReadOnlyList{string}, RuleLoading?, LoadedRules?)"/> with the current rules as predecessor; several workers may
    /// be given the same ones. An ongoing lookup raises no second alert for a rule that is in both sets, but a new rule may match it. Correlations
    /// keep counting if their content and that of their rules is unchanged; all others start again. Counters stay. Takes milliseconds if many lookups
    /// are remembered.
    /// </summary>
    /// <param name="rules">The new rules.</param>
    /// <exception cref="InvalidOperationException">The worker passes its messages to the caller's own consumer.</exception>
    public void Swap(LoadedRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        WithRules.Swap(rules);
        TakeWishes();
    }

    private void TakeWishes()
    {
        _unwantedNames = _consumer.UnwantedNames;
        _silentResponses = _unwantedNames?.Responses;
    }

    private Detector WithRules => _detector ?? throw new InvalidOperationException("a worker without rules has none to exchange or to remember anything for");

    private void Consume(in TransportPayload payload, PacketSource source)
    {
        if (payload.IsTruncated || !DnsSoundMessage.TryRead(payload.Data, out var sound))
        {
            ConsumeOther(payload, source);
            return;
        }

        var nameHash = sound.HashName(_seeds.Name);
        _unwantedNames?.Expect(nameHash);
        Ledger.AddSound();
        var typeAndClass = DnsMulticast.WithoutFlag(sound.TypeAndClass, payload.SourcePort, payload.DestinationPort);
        var key = LookupKey.Of(payload, sound.Header, LookupKey.OfQuestion(nameHash, typeAndClass), _seeds);
        if (LooksAhead)
        {
            _consumer.Expect(key, nameHash, sound.Header.IsResponse);
        }

        _seenLookups.Note(payload, sound.Header, key);
        if (_silentResponses is not null || _unwantedNames is null || !_unwantedNames.Contains(nameHash))
        {
            _consumer.Consume(new ObservedMessage(payload, sound.Header, nameHash, key), source);
        }
    }

    /// <summary>A sound message, where there are rules on responses that are silent about many.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ProcessWithResponses(in Packet packet, in LookedPacket looked, PacketSource source)
    {
        _lookups.Expect(looked.Key);
        _seenLookups.Note(looked.Key, looked.IsResponse, packet.Time);
        if (looked.IsNewName)
        {
            _unwantedNames?.Add(looked.NameHash);
        }

        var message = looked.Packet.PayloadOf(in packet);
        if (!looked.IsUnwanted || (looked.IsResponse && !(DnsGlance.HasOnlyAddresses(message) && _silentResponses!.Include(looked.Key.Question))))
        {
            Consume(in packet, in looked, source);
        }
        else if (!looked.IsResponse)
        {
            DnsHeader.TryRead(message, out var header);
            _consumer.NoteQuery(looked.Key, header.Flags, in packet);
        }
    }

    private void ConsumeWanted(in Packet packet, in LookedPacket looked, PacketSource source)
    {
        // Since the look, the name may have been found to be unwanted.
        if (_unwantedNames is null || !_unwantedNames.Contains(looked.NameHash))
        {
            Consume(in packet, in looked, source);
        }
    }

    private void Consume(in Packet packet, in LookedPacket looked, PacketSource source)
    {
        var payload = _decoder.Describe(in packet, in looked.Packet);
        DnsHeader.TryRead(payload.Data, out var header);
        _consumer.Consume(new ObservedMessage(payload, header, looked.NameHash, looked.Key), source);
    }

    private void ConsumeOther(in TransportPayload payload, PacketSource source)
    {
        var message = ObservedMessage.Read(payload, _seeds);

        // Not DNS, and recognised as another protocol. Anything else stays malformed, because garbage is a place to hide.
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
            Note(new Anomaly(packet), source);
        }
    }
}
