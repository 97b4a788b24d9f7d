using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using WireDns.Wire.EncryptedDns;
using WireDns.Wire.Framing;
using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;
using WireDns.Wire.Net.Reassembly;

namespace WireDns.Wire.Net.Decoding;

/// <summary>
/// Packets in, transport payloads out: reads link layers, tags, tunnels, IPv4 and IPv6, reassembles fragments and TCP streams, and
/// selects by port. What it refuses, it counts.
/// </summary>
/// <remarks>
/// One thread at a time. No input makes it throw; memory and the time for a packet are bounded by <see cref="PacketDecoderOptions"/>
/// (about 70 MiB at the defaults, taken as it is needed). Nothing is allocated per packet once its tables have grown.
/// <code>
/// var payloads = decoder.Decode(in packet);
/// while (payloads.TryRead(out var payload)) { … }
/// if (payloads.TryReadUndecodable(out var undecodable)) { … }
/// </code>
/// </remarks>
public sealed class PacketDecoder
{
    private readonly PortTable _ports;
    private readonly PacketState _packet;
    private readonly ReleaseQueue _queue = new();
    private readonly FragmentReassembler _fragments;
    private readonly TcpReassembler _streams;
    private readonly EncryptedDnsWatch _encryptedDns;
    private readonly TransportSelector _selector;
    private readonly LayerWalk _layers;
    private PayloadOrigin _released;
    private long _now;
    private long _nextExpiry = long.MaxValue;
    private Release _release;

    /// <summary>A decoder with empty tables.</summary>
    /// <param name="options">What is selected, and the bounds.</param>
    /// <param name="probe">Tells whether bytes of a stream that was picked up in the middle could be the start of a message.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public PacketDecoder(PacketDecoderOptions options, MessageStartProbe probe)
        : this(options, probe, trace: null)
    {
    }

    /// <summary>A decoder that notes where the layers of packets are.</summary>
    internal PacketDecoder(PacketDecoderOptions options, MessageStartProbe probe, LayerTrace? trace)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(probe);
        options.ThrowIfOutOfRange();
        Options = options;
        _ports = new PortTable(options);
        _packet = new PacketState(options);
        _fragments = new FragmentReassembler(options, Counters);
        _streams = new TcpReassembler(options, _packet, _queue, Counters, probe);
        _encryptedDns = new EncryptedDnsWatch(options);
        _selector = new TransportSelector(_ports, _packet, Counters, _queue, _streams, _encryptedDns, options.AnyPort);
        _layers = new LayerWalk(_packet, Counters, _fragments, _selector, trace);
    }

    /// <summary>What is selected, and the bounds.</summary>
    public PacketDecoderOptions Options { get; }

    /// <summary>The outcome of each packet.</summary>
    public PacketCounters Counters { get; } = new();

    /// <summary>Packets of encrypted DNS for which <see cref="PacketDecoderOptions.MaximumEncryptedDnsClients"/> left no room.</summary>
    public long EncryptedDnsPacketsOfFurtherClients => _encryptedDns.UncountedPackets;

    /// <summary>
    /// What is known of the packet that was decoded last: its ends, as far as they could be read, its time and its number. It means nothing for a packet that was passed over.
    /// </summary>
    public ref readonly PayloadOrigin LastOrigin => ref _packet.Origin;

    /// <summary>The identification of the last packet's innermost IPv4 header; 0 for IPv6.</summary>
    public ushort LastIdentification => _packet.IpIdentification;

    /// <summary>Of the last packet that was decoded: the first sequence number of its TCP data, and how many bytes there are; none without TCP data.</summary>
    public (uint Sequence, int Length) LastSegment => _packet.Segment.Packet == _packet.Origin.PacketNumber ? (_packet.Segment.Sequence, _packet.Segment.Length) : default;

    /// <summary>Encrypted DNS by client, as counted so far. Allocates; not for the packet path.</summary>
    public IReadOnlyList<EncryptedTraffic> GetEncryptedDns() => _encryptedDns.ToList();

    /// <summary>Takes a packet.</summary>
    /// <returns>The payloads that it completed, to be read before the next call.</returns>
    public PayloadReader Decode(scoped in Packet packet)
    {
        Counters.Packets++;
        if (packet.Time.Nanoseconds is var time && time > _now)
        {
            _now = time;
        }

        var data = packet.Data;
        if (packet.LinkType == LinkType.Ethernet && _now <= _nextExpiry && PlainLayout.Find(data) is { IsPlain: true } layout)
        {
            var ports = BinaryPrimitives.ReadUInt32BigEndian(data[layout.TransportOffset..]);
            if (_ports.IsOfNoInterest(data, layout, ports, _encryptedDns))
            {
                Counters.Add(NotSelectedReason.OtherPort, 1);
                return default;
            }

            if (_ports.IsSelected(ports))
            {
                return DecodePlain(in packet, layout, ports);
            }
        }

        return DecodeAny(in packet);
    }

    /// <summary>
    /// Looks whether a packet has the shape that nearly all have: Ethernet, at most one 802.1Q tag, IPv4 without options and in one piece or IPv6 without
    /// extension headers, wholly captured, and either of no interest by its ports or a whole UDP datagram on a selected port. Changes nothing: any
    /// thread may look at packets to come while another one decodes. Give the result to <see cref="TryAccept"/>.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="found">What was found.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Look(scoped in Packet packet, out PlainPacket found) => PlainPacket.Find(in packet, _ports, _encryptedDns, out found);

    /// <summary>
    /// Takes the next packet as <see cref="Look"/> found it, in the place of <see cref="Decode"/> and with the same effects: it is counted, and a datagram
    /// is one payload (<see cref="Describe(in Packet, in PlainPacket)"/>).
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="found">What was found in it.</param>
    /// <returns>False if the packet must be given to <see cref="Decode"/>; then nothing was counted.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAccept(scoped in Packet packet, in PlainPacket found)
    {
        var now = Math.Max(packet.Time.Nanoseconds, _now);
        if (found.Kind == PlainPacketKind.None || now > _nextExpiry)
        {
            return false;
        }

        _now = now;
        Counters.Packets++;
        if (found.Kind == PlainPacketKind.Unwanted)
        {
            Counters.Add(NotSelectedReason.OtherPort, 1);
            return true;
        }

        Counters.AddSelected(1);
        _selector.NoteFingerprint(found.Fingerprint, packet.Time);
        return true;
    }

    /// <summary>The payload of a datagram that <see cref="TryAccept"/> took. Valid until the decoder is given the next packet.</summary>
    /// <inheritdoc cref="TryAccept"/>
    public TransportPayload Describe(scoped in Packet packet, in PlainPacket found)
    {
        Begin(in packet);
        if (found.HasTag)
        {
            AddTag(packet.Data);
        }

        var (source, destination) = found.EndsOf(in packet);
        _packet.BeginIp(source, destination, 0, isCut: false);
        _packet.SetPorts(found.PortsOf(in packet));
        return Describe(found.PayloadOf(in packet), Transport.Udp);
    }

    /// <summary>
    /// Gives up the current packet after an exception, here or in the code that took its payloads: it is counted as
    /// <see cref="UndecodableReason.InternalError"/>, and the next packet can be decoded. Its payloads that were not read are lost.
    /// </summary>
    /// <returns>No payload, but the packet as one that is undecodable.</returns>
    public PayloadReader Abandon()
    {
        _queue.Clear();
        var counted = Counters.Selected + Counters.NotSelected + Counters.Undecodable + Counters.Incomplete + Counters.Held;
        if (counted == Counters.Packets && Counters.Selected > 0)
        {
            // It had been counted before its payload was taken.
            Counters.AddSelected(-1);
            counted--;
        }

        _packet.Count = (int)(Counters.Packets - counted);
        _selector.ViewTransport = default;
        _selector.Refuse(UndecodableReason.InternalError, KnownEnds.None);
        return new PayloadReader(this, default, _selector.ViewTransport, isOpen: false);
    }

    /// <summary>Drops the payloads of <see cref="Expire"/> that were not read, after an exception in the code that took them. Their packets are counted.</summary>
    public void AbandonExpired()
    {
        _queue.Clear();
        _release = Release.None;
    }

    /// <summary>
    /// Time goes on without a packet, on a live link: gives up what was held too long, and delivers what was waiting after it.
    /// </summary>
    /// <param name="now">A time that no packet to come is older than.</param>
    /// <returns>The payloads that this completed, to be read to the end before the next call.</returns>
    public PayloadReader Expire(PacketTime now)
    {
        _now = Math.Max(_now, now.Nanoseconds);
        if (_now <= _nextExpiry)
        {
            return default;
        }

        _queue.Clear();
        while (_fragments.NextExpiry < _now)
        {
            _fragments.Expire(_now);
        }

        _release = Release.Expired;
        return new PayloadReader(this, default, default, isOpen: true);
    }

    /// <summary>Ends the input: gives up what is missing, delivers what was waiting after it, and leaves the tables empty.</summary>
    /// <returns>The payloads that this completed; read to the end, or the tables stay filled.</returns>
    public PayloadReader Finish()
    {
        _queue.Clear();
        _fragments.Finish();
        _selector.Finish();
        _release = Release.All;

        // The next input may be older than this one.
        _now = 0;
        return new PayloadReader(this, default, default, isOpen: true);
    }

    internal bool TryTake(out TransportPayload payload)
    {
        while (_queue.IsEmpty)
        {
            _queue.Clear();
            if (!ReleaseOne())
            {
                payload = default;
                return false;
            }
        }

        _queue.TryTake(out var data, out var delivery, out var hasOverlap);
        _released = _packet.Origin;
        _released.Plain.Flow = delivery.Flow;
        _released.Transport = delivery.Transport;
        _released.IsTruncated = delivery.IsTruncated;
        _released.HasOverlap = hasOverlap;
        _released.StreamEnd = delivery.StreamEnd;
        if (delivery.Packet is { } packet)
        {
            _released.Time = packet.Time;
            _released.PacketNumber = packet.Number;
            _released.InterfaceIndex = packet.InterfaceIndex;
        }

        if (!delivery.IsOfCurrentPacket)
        {
            _released.SetVlanIds(null, 0);
            _released.SetTunnels(delivery.Tunnels, delivery.Tunnels?.Length ?? 0);
        }

        payload = new TransportPayload(data, in _released);
        return true;
    }

    // Connections go one at a time, so that what waits in the queue is bounded.
    private bool ReleaseOne()
    {
        switch (_release)
        {
            case Release.All:
                return _streams.FinishOne();
            case Release.Expired when _streams.ExpireOne(_now):
                return true;
            case Release.Expired:
                _release = Release.None;
                _nextExpiry = Math.Min(_fragments.NextExpiry, _streams.NextExpiry);
                return false;
            default:
                return false;
        }
    }

    /// <summary>Describes a payload that the packet at hand completed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TransportPayload Describe(ReadOnlySpan<byte> data, Transport transport)
    {
        _packet.Origin.Transport = transport;
        return new TransportPayload(data, in _packet.Origin);
    }

    /// <summary>Describes the next of the messages of a segment.</summary>
    internal TransportPayload DescribeNext(ReadOnlySpan<byte> message)
    {
        _packet.Origin.StreamEnd += (uint)(MessageFraming.PrefixLength + message.Length);
        return Describe(message, Transport.Tcp);
    }

    /// <summary>Describes the packet at hand, which could not be decoded.</summary>
    internal UndecodablePacket DescribeUndecodable() => new(_packet.Fault, in _packet.Origin);

    private PayloadReader DecodePlain(scoped in Packet packet, PlainLayout layout, uint ports)
    {
        Begin(in packet);
        var data = packet.Data;
        if (layout.HasTag)
        {
            AddTag(data);
        }

        var ip = data[layout.IpOffset..layout.End];
        var isIpv6 = layout.IsIpv6;
        if (isIpv6)
        {
            _packet.BeginIp(NetAddress.FromIpv6(ip[8..]), NetAddress.FromIpv6(ip[24..]), 0, isCut: false);
        }
        else
        {
            var identification = BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
            _packet.BeginIp(NetAddress.FromIpv4(ip[12..]), NetAddress.FromIpv4(ip[16..]), identification, isCut: false);
        }

        _packet.SetPorts(ports);
        var protocol = isIpv6 ? ip[6] : ip[9];
        var bytes = data[layout.TransportOffset..layout.End];
        if (protocol == IpProtocol.Udp)
        {
            return new PayloadReader(this, _selector.Select(bytes, isIpv6), _selector.ViewTransport, isOpen: false);
        }

        return End(_selector.ReadTcp(bytes, _now));
    }

    private void AddTag(ReadOnlySpan<byte> frame) => _packet.TryAddVlan(BinaryPrimitives.ReadUInt16BigEndian(frame[EthernetFrame.HeaderLength..]));

    /// <summary>Decodes a packet layer by layer, whatever its shape, with the same results as <see cref="Decode"/>.</summary>
    internal PayloadReader DecodeAny(scoped in Packet packet)
    {
        Begin(in packet);
        if (_now > _nextExpiry)
        {
            _fragments.Expire(_now);
            _streams.Expire(_now);
        }

        var cursor = new LayerCursor(Layer.Link, (int)packet.LinkType, packet.Data);
        _layers.Walk(ref cursor, _now);
        return End(cursor.Bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Begin(scoped in Packet packet)
    {
        _release = Release.None;
        _queue.Clear();
        _packet.Begin(in packet);
        _selector.ViewTransport = default;
    }

    private PayloadReader End(ReadOnlySpan<byte> view)
    {
        _nextExpiry = Math.Min(_fragments.NextExpiry, _streams.NextExpiry);
        if (_queue.IsEmpty)
        {
            return new PayloadReader(this, view, _selector.ViewTransport, isOpen: false);
        }

        // What the packet released, by its acknowledgement or by its time, was sent before what it carries.
        if (_selector.ViewTransport is Transport.Udp or Transport.Tcp)
        {
            _selector.Enqueue(view, _selector.ViewTransport);
            _selector.ViewTransport = default;
        }

        return new PayloadReader(this, default, _selector.ViewTransport, isOpen: true);
    }

    /// <summary>What is released of what is held, without a packet.</summary>
    private enum Release
    {
        None,
        Expired,
        All,
    }
}
