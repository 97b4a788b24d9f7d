using System.Globalization;
using System.Runtime.CompilerServices;
using WireDns.Alerts;
using WireDns.Alerts.Privacy;
using WireDns.Detection.Messages;
using WireDns.Wire;
using WireDns.Wire.Framing;
using WireDns.Wire.Net;

namespace WireDns.Detection.Evidence;

/// <summary>
/// Gives packets to a worker, keeps the latest of them, and collects those of each alert: of the query, the response, and every fragment and segment of the two. An alert
/// that a query raised waits for the response, for 10 s of packet time at most. One per worker; give it as the worker's observer. One thread at a time, but
/// <see cref="Note"/> may be called from any.
/// </summary>
/// <param name="keep">Receives the evidence of an alert; returns false if it was dropped.</param>
/// <param name="ringSize">How many octets of packets are kept, at least 1 MiB. Default: 64 MiB.</param>
/// <param name="privacy">What takes the addresses of clients out of the packets of an alert. Default: null, packets as they were captured.</param>
public sealed class EvidenceKeeper(Func<AlertEvidence, bool> keep, int ringSize = EvidenceKeeper.DefaultRingSize, ClientPrivacy? privacy = null) : IMessageConsumer
{
    /// <summary>How many octets of packets are kept unless something else is said.</summary>
    public const int DefaultRingSize = 64 << 20;

    private const int MaximumWaiting = 1000;
    private const int MaximumEnds = 20_000;
    private const int MaximumPackets = 1000;
    private const int MaximumOctets = 1 << 20;
    private const int MaximumSteps = 20_000; // back through a bucket, so that a flood costs no more than this
    private const long Lifetime = 10_000_000_000;
    private const int RememberedMessages = 1 << 16;

    private readonly PacketRing _ring = new(ringSize);

    // The latest messages, by the number of their packet and by their lookup.
    private readonly KeptMessage[] _messages = new KeptMessage[RememberedMessages];
    private readonly Dictionary<long, long> _byNumber = [];
    private readonly Dictionary<LookupKey, long> _byLookup = [];
    // Those that wait for a response, by their lookup and in the order of their end.
    private readonly Dictionary<LookupKey, List<EvidenceCollection>> _waiting = [];
    private readonly Queue<EvidenceCollection> _ends = [];
    private readonly List<LookupKey> _answered = [];
    private readonly Lock _turn = new();
    private readonly List<Alert> _raised = [];
    private Worker? _worker;
    private HiddenPackets? _hidden;
    private int _waitingCount;
    private long _message;
    private long _firstOfPacket;
    private long _now;

    /// <summary>Alerts whose evidence was complete, or as complete as it could be.</summary>
    public long Alerts { get; private set; }

    /// <summary>Alerts of whose packets some were missing.</summary>
    public long Incomplete { get; private set; }

    /// <summary>Packets of alerts that were left out, because an address of a client is where it cannot be hidden.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Sets the worker, which this is the observer of.</summary>
    public void Attach(Worker worker)
    {
        ArgumentNullException.ThrowIfNull(worker);
        _worker = worker;
        _hidden = privacy is null ? null : new HiddenPackets(privacy, worker.Decoder.Options);
    }

    /// <summary>Hands one packet to the worker, and keeps it if it has to do with DNS.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Process(in Packet packet, PacketSource source)
    {
        // As in the worker: together with a caller, the look makes every packet of that caller dearer, also without evidence.
        _worker!.Look(in packet, out var looked);
        _worker.Expect(in looked);
        Process(in packet, in looked, source);
    }

    /// <summary>Hands one packet to the worker that was looked at (<see cref="Worker.Look"/>), and keeps it if it has to do with DNS.</summary>
    public void Process(in Packet packet, in LookedPacket looked, PacketSource source)
    {
        var worker = _worker!;
        var counters = worker.Decoder.Counters;
        var (selected, held) = (counters.Selected, counters.Held);
        _firstOfPacket = _message;
        worker.Process(in packet, in looked, source);
        if (counters.Selected != selected || counters.Held != held)
        {
            _now = Math.Max(_now, packet.Time.Nanoseconds);
            _ring.Add(packet, source, worker.Decoder.LastOrigin, worker.Decoder.LastIdentification, worker.Decoder.LastSegment, isHeld: counters.Held > held);
            for (var message = _firstOfPacket; message < _message; message++)
            {
                Of(message).Packet = _ring.Next - 1;
            }
        }

        Collect();
    }

    /// <summary>Ends a source (<see cref="Worker.FinishSource"/>): what waits for a response is given out without it.</summary>
    public void FinishSource(PacketSource source)
    {
        _worker!.FinishSource(source);
        GiveOutAll();
    }

    /// <summary>The source goes on in another process (<see cref="Worker.Suspend"/>): what waits for a response is given out without it.</summary>
    public void Suspend(PacketSource source)
    {
        _worker!.Suspend(source);
        GiveOutAll();
    }

    private void GiveOutAll()
    {
        Collect();
        GiveOutOld(long.MaxValue);
        _byNumber.Clear();
        _byLookup.Clear();
        _ring.Clear();
        Array.Clear(_messages);
        _now = 0;
    }

    /// <summary>An alert was raised: its packets are collected after the packet at hand.</summary>
    public void Note(Alert alert)
    {
        if (alert.Anomaly is null)
        {
            lock (_turn)
            {
                _raised.Add(alert);
            }
        }
    }

    /// <inheritdoc/>
    public void Consume(in ObservedMessage message, PacketSource source)
    {
        if (!message.Verdict.IsDelivered)
        {
            return;
        }

        ref var note = ref Of(_message);
        if (note.Serial == _message - RememberedMessages + 1)
        {
            Forget(note);
        }

        var payload = message.Payload;
        note.Serial = _message + 1;
        note.Key = message.Key;
        note.IsResponse = message.IsResponse;
        note.Id = message.Header.Id;
        note.Source = source;
        note.Length = payload.Data.Length;
        note.Number = payload.PacketNumber;
        note.Time = payload.Time.Nanoseconds;
        note.PacketCount = payload.Origin.PacketCount;
        note.Origin.CopyFrom(payload.Origin);
        note.Packet = -1;
        note.Client = message.Client;
        note.IsClean = _hidden is not null && (payload.Transport == Transport.Tcp || payload.Origin.PacketCount > 1) && _hidden.IsClean(payload.Data, message.Client);
        note.Before = _byLookup.GetValueOrDefault(message.Key, -1);
        _byLookup[message.Key] = _message;
        note.BeforeOfNumber = _byNumber.GetValueOrDefault(payload.PacketNumber, -1);
        _byNumber[payload.PacketNumber] = _message++;
        if (message.IsResponse && _waiting.ContainsKey(message.Key))
        {
            _answered.Add(message.Key);
        }
    }

    /// <summary>Advances the time of a live source (<see cref="Worker.Tick"/>).</summary>
    public void Tick(PacketTime now, PacketSource source)
    {
        _firstOfPacket = _message;
        _worker!.Tick(now, source);
        _now = Math.Max(_now, now.Nanoseconds);
        Collect();
    }

    /// <inheritdoc/>
    public void FinishSource()
    {
    }

    private ref KeptMessage Of(long message) => ref _messages[message & (RememberedMessages - 1)];

    private bool IsRemembered(long message) => message >= 0 && Of(message).Serial == message + 1;

    private void Forget(in KeptMessage note)
    {
        if (_byLookup.TryGetValue(note.Key, out var latest) && latest == note.Serial - 1)
        {
            _byLookup.Remove(note.Key);
        }

        if (_byNumber.TryGetValue(note.Number, out latest) && latest == note.Serial - 1)
        {
            _byNumber.Remove(note.Number);
        }
    }

    private void Collect()
    {
        foreach (var key in _answered)
        {
            if (_waiting.Remove(key, out var collections))
            {
                collections.ForEach(GiveOut);
            }
        }

        _answered.Clear();
        GiveOutOld(_now);
        lock (_turn)
        {
            foreach (var alert in _raised)
            {
                Begin(alert);
            }

            _raised.Clear();
        }
    }

    private void GiveOutOld(long now)
    {
        while (_ends.TryPeek(out var oldest) && (oldest.IsGivenOut || now - oldest.Start > Lifetime))
        {
            _ends.Dequeue();
            if (!oldest.IsGivenOut && _waiting.Remove(oldest.Key, out var collections))
            {
                collections.ForEach(GiveOut);
            }
        }
    }

    private void Begin(Alert alert)
    {
        var collection = new EvidenceCollection(alert);
        var message = Find(alert.PacketNumber, alert.UnixTimeNanoseconds, alert.Interface, alert.Message.Id);
        if (message < 0)
        {
            collection.Missing.Add("the alert's own packet");
            GiveOut(collection);
            return;
        }

        collection.Key = Of(message).Key;
        collection.Start = Of(message).Time;
        foreach (var correlated in alert.Correlation?.Events ?? [])
        {
            AddLookup(collection, Find(correlated.PacketNumber, correlated.UnixTimeNanoseconds, alert.Interface, id: null), "an event's packet");
        }

        var isAnswered = HasResponse(collection);
        AddLookup(collection, message, "a packet");
        if (isAnswered || _now - collection.Start > Lifetime)
        {
            GiveOut(collection);
        }
        else if (_waitingCount == MaximumWaiting || _ends.Count == MaximumEnds)
        {
            collection.Missing.Add("the response was not waited for: too many alerts at once");
            GiveOut(collection);
        }
        else
        {
            if (!_waiting.TryGetValue(collection.Key, out var others))
            {
                _waiting.Add(collection.Key, others = []);
            }

            others.Add(collection);
            _ends.Enqueue(collection);
            _waitingCount++;
            collection.IsWaiting = true;
        }
    }

    /// <summary>
    /// The latest message of a packet; of several, the one with a DNS id. Negative if it is not remembered. A packet of an earlier process may have the same number, but has
    /// another time.
    /// </summary>
    private long Find(long number, long? time, string? name, int? id)
    {
        var steps = 0;
        for (var message = _byNumber.GetValueOrDefault(number, -1); IsRemembered(message) && steps++ < MaximumPackets; message = Of(message).BeforeOfNumber)
        {
            ref readonly var note = ref Of(message);
            if ((id is null || note.Id == id) && note.Time == (time ?? 0) && note.Source!.InterfaceName(note.Origin.InterfaceIndex) == name)
            {
                return message;
            }
        }

        return -1;
    }

    private bool HasResponse(EvidenceCollection collection)
    {
        for (var message = _byLookup.GetValueOrDefault(collection.Key, -1); IsRemembered(message) && Math.Abs(Of(message).Time - collection.Start) <= Lifetime; message = Of(message).Before)
        {
            if (Of(message).IsResponse)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds the packets of every message of a lookup.</summary>
    private void AddLookup(EvidenceCollection collection, long start, string whatIsMissing)
    {
        if (!IsRemembered(start))
        {
            collection.Missing.Add(whatIsMissing);
            return;
        }

        var (key, time) = (Of(start).Key, Of(start).Time);
        var steps = 0;
        for (var message = _byLookup.GetValueOrDefault(key, -1); IsRemembered(message) && Math.Abs(Of(message).Time - time) <= Lifetime && steps++ < MaximumPackets; message = Of(message).Before)
        {
            AddMessage(collection, Of(message));
        }
    }

    private void AddMessage(EvidenceCollection collection, in KeptMessage message)
    {
        if (message.Packet < _ring.First)
        {
            collection.Missing.Add(message.IsResponse ? "the response" : "the query");
            return;
        }

        var part = message.IsResponse ? "response" : "query";
        if (message.Origin.Transport == Transport.Tcp)
        {
            AddSegments(collection, message, part);
            return;
        }

        Add(collection, message.Packet, part, message);
        if (message.PacketCount > 1)
        {
            AddFragments(collection, message, part);
        }
    }

    /// <summary>Adds the segments that the message came in: those of its direction with octets between its length prefix and its end.</summary>
    private void AddSegments(EvidenceCollection collection, in KeptMessage message, string part)
    {
        var arrived = new List<(int From, int To)>(); // octets, from the length prefix on
        var length = MessageFraming.PrefixLength + message.Length;
        var start = message.StreamStart;
        var steps = 0;
        for (var serial = _ring.NewestOfConversation(message.Origin); serial >= _ring.First && steps++ < MaximumSteps; serial = _ring[serial].Conversation)
        {
            ref readonly var entry = ref _ring[serial];
            if (message.Time - entry.Time.Nanoseconds > Lifetime && EvidenceCollection.MissingOf(arrived, length) == 0)
            {
                break;
            }

            var (from, to) = ((int)(entry.Sequence - start), (int)(entry.Sequence - start) + entry.SegmentLength);
            if (serial <= message.Packet && entry.SegmentLength > 0 && from < length && to > 0 && entry.Sender == message.Origin.Source
                && entry.Receiver == message.Origin.Destination && entry.SenderPort == message.Origin.SourcePort && entry.ReceiverPort == message.Origin.DestinationPort)
            {
                Add(collection, serial, from <= 0 && to >= length ? part : $"segment, {part}", message);
                arrived.Add((Math.Max(from, 0), Math.Min(to, length)));
            }
        }

        if (EvidenceCollection.MissingOf(arrived, length) is > 0 and var missing)
        {
            collection.Missing.Add(string.Create(CultureInfo.InvariantCulture, $"segments of the {part} with {missing} of its {length} octets"));
        }
    }

    private void AddFragments(EvidenceCollection collection, in KeptMessage message, string part)
    {
        ref readonly var last = ref _ring[message.Packet];
        var found = 1;
        var steps = 0;

        // IPv6 has no identification here: all that was held between the two is taken, others' fragments too.
        for (var serial = _ring.NewestOfDatagram(last);
            serial >= _ring.First && steps++ < MaximumSteps && (found < message.PacketCount || last.Identification == 0); serial = _ring[serial].Datagram)
        {
            ref readonly var entry = ref _ring[serial];
            if (message.Time - entry.Time.Nanoseconds > Lifetime)
            {
                break;
            }

            if (serial < message.Packet && entry.Sender == last.Sender && entry.Receiver == last.Receiver && entry.Identification == last.Identification
                && (entry.IsHeld || entry.Identification != 0))
            {
                Add(collection, serial, $"fragment, {part}", message);
                found++;
            }
        }

        if (found < message.PacketCount)
        {
            collection.Missing.Add($"{message.PacketCount - found} fragments of the {part}");
        }
    }

    private void Add(EvidenceCollection collection, long serial, string part, in KeptMessage message)
    {
        if (collection.Serials.Contains(serial))
        {
            return;
        }

        ref readonly var entry = ref _ring[serial];
        if (collection.Packets.Count == MaximumPackets || collection.Octets + entry.Length > MaximumOctets)
        {
            collection.Missing.Add($"further packets: an alert has {MaximumPackets} and {MaximumOctets >> 20} MiB at most");
            return;
        }

        collection.Serials.Add(serial);
        var data = _ring.Data(entry).ToArray();
        if (_hidden is not null)
        {
            var packet = new Packet { Data = _ring.Data(entry), OriginalLength = entry.OriginalLength, LinkType = entry.LinkType, Time = entry.Time, Number = entry.Number };
            if (!_hidden.TryHide(packet, data, message.Client, ContentOf(entry, message)))
            {
                LeftOut++;
                collection.Missing.Add("packets with an address of a client where it cannot be hidden");
                return;
            }
        }

        collection.Octets += entry.Length;
        collection.Packets.Add((serial, new EvidencePacket(
            data, entry.OriginalLength, (int)entry.LinkType, entry.Source!.InterfaceName(entry.InterfaceIndex),
            entry.Time.HasValue ? entry.Time.Nanoseconds : null, entry.Number, part)));
    }

    // The octets of a segment are of the message, or of others that end in the same packet. One that ends in a later packet is not looked for.
    private PayloadContent ContentOf(in PacketRing.Entry entry, in KeptMessage message)
    {
        if (message.Origin.Transport != Transport.Tcp)
        {
            return message.IsClean ? PayloadContent.Clean : PayloadContent.Unknown;
        }

        var covered = new List<(int From, int To)>();
        var startsMessage = message.Cover(entry, covered);
        var steps = 0;
        for (var other = _byNumber.GetValueOrDefault(entry.Number, -1); IsRemembered(other) && steps++ < MaximumPackets; other = Of(other).BeforeOfNumber)
        {
            ref readonly var origin = ref Of(other).Origin;
            if (origin.Source == entry.Sender && origin.SourcePort == entry.SenderPort && origin.Destination == entry.Receiver && origin.DestinationPort == entry.ReceiverPort)
            {
                startsMessage |= Of(other).Cover(entry, covered);
            }
        }

        return EvidenceCollection.MissingOf(covered, entry.SegmentLength) == 0 ? PayloadContent.Clean
            : startsMessage ? PayloadContent.WholeMessages
            : PayloadContent.Unknown;
    }

    private void GiveOut(EvidenceCollection collection)
    {
        // What has come since the alert: repetitions, and the response.
        if (_byLookup.TryGetValue(collection.Key, out var latest) && IsRemembered(latest))
        {
            AddLookup(collection, latest, "a packet");
        }

        _waitingCount -= collection.IsWaiting ? 1 : 0;
        collection.IsGivenOut = true;
        Alerts++;
        Incomplete += collection.Missing.Count > 0 ? 1 : 0;
        keep(new AlertEvidence
        {
            Id = collection.Alert.Id,
            Alert = privacy?.Hide(collection.Alert) ?? collection.Alert,
            Packets = [.. collection.Packets.OrderBy(packet => packet.Serial).Select(packet => packet.Packet)],
            Missing = collection.Missing.Count == 0 ? null : string.Join("; ", collection.Missing.Order(StringComparer.Ordinal)),
        });
        collection.Packets.Clear();
        collection.Serials.Clear();
    }
}
