using System.Buffers.Binary;

namespace WireDns.Wire.Net;

/// <summary>
/// Packets in, transport payloads out: reads link layers, tags, tunnels, IPv4 and IPv6, reassembles fragments and TCP streams, and
/// selects by port. The only place that knows the order of the layers. What it refuses, it counts.
/// </summary>
/// <remarks>
/// One thread at a time. No input makes it throw; memory and the time for a packet are bounded by <see cref="PacketDecoderOptions"/>
/// (below 70 MiB at the defaults, taken as it is needed). Nothing is allocated per packet once its tables have grown.
/// <code>
/// var payloads = decoder.Decode(in packet);
/// while (payloads.TryRead(out var payload)) { … }
/// </code>
/// </remarks>
public sealed class PacketDecoder
{
    // Steps from layer to layer: tunnels and tags have bounds of their own, labels and shims share this one.
    private const int MaximumSteps = 256;
    private const int MaximumExtensionHeaders = 32;

    private readonly PortTable _ports;
    private readonly PacketState _packet;
    private readonly DeliveryQueue _queue = new();
    private readonly FragmentReassembler _fragments;
    private readonly TcpReassembler _streams;
    private readonly EncryptedDnsWatch _encryptedDns;
    private readonly TransportSelector _selector;
    private long _now;
    private long _nextExpiry = long.MaxValue;
    private bool _isFinishing;

    /// <summary>A decoder with empty tables.</summary>
    /// <param name="options">What is selected, and the bounds.</param>
    /// <param name="probe">Tells whether bytes of a stream that was met in the middle could be the start of a message.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public PacketDecoder(PacketDecoderOptions options, MessageStartProbe probe)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(probe);
        options.ThrowIfOutOfRange();
        _ports = new PortTable(options);
        _packet = new PacketState(options);
        _fragments = new FragmentReassembler(options, Counters);
        _streams = new TcpReassembler(options, _queue, Counters, probe);
        _encryptedDns = new EncryptedDnsWatch(options);
        _selector = new TransportSelector(_ports, _packet, Counters, _queue, _streams, _encryptedDns);
    }

    /// <summary>What became of each packet.</summary>
    public PacketCounters Counters { get; } = new();

    /// <summary>Packets of encrypted DNS for which <see cref="PacketDecoderOptions.MaximumEncryptedDnsClients"/> left no room.</summary>
    public long EncryptedDnsPacketsOfFurtherClients => _encryptedDns.UncountedPackets;

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
            var (source, destination) = ((ushort)(ports >> 16), (ushort)ports);
            if (!_ports.AnyOfInterest(source, destination))
            {
                Counters.Add(NotSelectedReason.OtherPort, 1);
                return default;
            }

            var roles = _ports[source] | _ports[destination];
            if ((roles & PortRoles.Selected) != 0)
            {
                return DecodePlain(in packet, layout, ports);
            }

            if (roles == PortRoles.Https && !_encryptedDns.MayBeResolver(data, layout))
            {
                Counters.Add(NotSelectedReason.OtherPort, 1);
                return default;
            }
        }

        return DecodeAny(in packet);
    }

    /// <summary>Ends the input: gives up what is missing, delivers what was waiting behind it, and leaves the tables empty.</summary>
    /// <returns>The payloads that this completed; read to the end, or the tables stay filled.</returns>
    public PayloadReader Finish()
    {
        _queue.Clear();
        _fragments.Finish();
        _isFinishing = true;
        return new PayloadReader(this, default, default, isOpen: true);
    }

    internal bool TryTake(out TransportPayload payload)
    {
        while (_queue.IsEmpty)
        {
            _queue.Clear();
            if (!_isFinishing || !_streams.FinishOne())
            {
                payload = default;
                return false;
            }
        }

        _queue.TryTake(out var data, out var delivery, out var hasOverlap);
        TransportPayload.Fill(out payload, _packet, data, in delivery, hasOverlap);
        return true;
    }

    internal void Describe(ReadOnlySpan<byte> data, Transport transport, out TransportPayload payload) =>
        TransportPayload.Fill(out payload, _packet, data, transport, in _packet.Flow);

    private PayloadReader DecodePlain(scoped in Packet packet, PlainLayout layout, uint ports)
    {
        Begin(in packet);
        var data = packet.Data;
        if (layout.HasTag)
        {
            _packet.TryAddVlan(BinaryPrimitives.ReadUInt16BigEndian(data[EthernetFrame.HeaderLength..]));
        }

        var ip = data[layout.IpOffset..layout.End];
        var isIpv6 = layout.IsIpv6;
        if (isIpv6)
        {
            _packet.SetFlow(NetAddress.FromIpv6(ip[8..]), NetAddress.FromIpv6(ip[24..]), ports);
        }
        else
        {
            _packet.SetFlow(NetAddress.FromIpv4(ip[12..]), NetAddress.FromIpv4(ip[16..]), ports);
        }

        _packet.IpIdentification = isIpv6 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        _packet.IsIpCut = false;
        var protocol = isIpv6 ? ip[6] : ip[9];
        var bytes = data[layout.TransportOffset..layout.End];
        if (protocol == IpProtocol.Udp)
        {
            return new PayloadReader(this, _selector.Select(bytes, isIpv6), _selector.ViewTransport, isOpen: false);
        }

        return End(_selector.ReadTcp(bytes, _now));
    }

    private PayloadReader DecodeAny(scoped in Packet packet)
    {
        Begin(in packet);
        if (_now > _nextExpiry)
        {
            _fragments.Expire(_now);
            _streams.Expire(_now);
        }

        return End(Walk(Layer.Link, (int)packet.LinkType, packet.Data));
    }

    private void Begin(scoped in Packet packet)
    {
        _isFinishing = false;
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
        if (_selector.ViewTransport != default)
        {
            _selector.Enqueue(view, _selector.ViewTransport);
        }

        return new PayloadReader(this, default, default, isOpen: true);
    }

    // From layer to layer, until one that ends it. Returns what can be delivered as a view, where the selector says that there is one.
    private ReadOnlySpan<byte> Walk(Layer layer, int type, ReadOnlySpan<byte> bytes)
    {
        var isPadded = false;
        var isIpv6 = false;
        var extensionHeaders = 0;
        NetAddress source = default;
        NetAddress destination = default;
        UndecodableReason fault;
        for (var step = 0; step < MaximumSteps; step++)
        {
            switch (layer)
            {
                case Layer.Ethernet:
                    if (!EthernetFrame.TryRead(bytes, out var frame))
                    {
                        return Refuse(UndecodableReason.CutHeader);
                    }

                    _packet.BeginFrame();
                    (layer, type) = (frame.IsLlc ? Layer.Llc : Layer.EtherType, frame.Type);
                    bytes = frame.Payload;
                    break;

                case Layer.EtherType:
                    if (!TagHeader.TryRead((ushort)type, bytes, out var tag, out fault))
                    {
                        return Refuse(fault);
                    }

                    if (EtherType.IsVlan((ushort)type) && !_packet.TryAddVlan(BinaryPrimitives.ReadUInt16BigEndian(bytes)))
                    {
                        return Refuse(UndecodableReason.TooManyTags);
                    }

                    (layer, type) = (tag.Next, tag.Type);
                    bytes = tag.Payload;
                    break;

                case Layer.Ipv4:
                    if (!Ipv4Packet.TryRead(bytes, out var ipv4, out fault))
                    {
                        return Refuse(fault);
                    }

                    (source, destination, isIpv6) = (ipv4.Source, ipv4.Destination, false);
                    _packet.IsIpCut = ipv4.IsCut && _packet.IsSnapped;
                    _packet.IpIdentification = ipv4.Identification;
                    (layer, type) = (Layer.IpProtocol, ipv4.Protocol);
                    bytes = ipv4.Payload;
                    if (ipv4.IsFragment)
                    {
                        // One more than the protocol, so that no IPv4 datagram has the key of an IPv6 one.
                        var key = new FlowKey(source, destination, ((ulong)(uint)(type + 1) << 32) | ipv4.Identification, _packet.TunnelHash);
                        if (!TryReassemble(in key, ipv4.FragmentOffset, ipv4.HasMoreFragments, isIpv6, ref type, ref bytes))
                        {
                            return default;
                        }
                    }

                    break;

                case Layer.Ipv6:
                    if (!Ipv6Packet.TryRead(bytes, out var ipv6, out fault))
                    {
                        return Refuse(fault);
                    }

                    (source, destination, isIpv6) = (ipv6.Source, ipv6.Destination, true);
                    _packet.IsIpCut = ipv6.IsCut && _packet.IsSnapped;
                    _packet.IpIdentification = 0;
                    (layer, type) = (Layer.IpProtocol, ipv6.NextHeader);
                    bytes = ipv6.Payload;
                    break;

                case Layer.IpProtocol when type is IpProtocol.Udp or IpProtocol.Tcp:
                    if (bytes.Length < 4)
                    {
                        return Refuse(UndecodableReason.CutHeader);
                    }

                    _packet.SetFlow(source, destination, BinaryPrimitives.ReadUInt32BigEndian(bytes));
                    if (type == IpProtocol.Tcp)
                    {
                        return _selector.ReadTcp(bytes, _now);
                    }

                    if (!_selector.ReadUdp(ref bytes, isIpv6, _now, out var udpTunnel))
                    {
                        return bytes;
                    }

                    if (!_packet.TryAddTunnel(udpTunnel.Tunnel))
                    {
                        return Refuse(UndecodableReason.TooManyTunnels);
                    }

                    (layer, type) = (udpTunnel.Next, udpTunnel.Type);
                    bytes = udpTunnel.Payload;
                    break;

                case Layer.IpProtocol when ExtensionHeader.Is(type, isIpv6):
                    if (!ExtensionHeader.TryRead(type, bytes, out var extension))
                    {
                        return Refuse(UndecodableReason.CutHeader);
                    }

                    if (++extensionHeaders > MaximumExtensionHeaders)
                    {
                        return Refuse(UndecodableReason.TooManyHeaders);
                    }

                    type = extension.NextHeader;
                    bytes = extension.Payload;
                    break;

                case Layer.IpProtocol when type == IpProtocol.Fragment && isIpv6:
                    if (!FragmentHeader.TryRead(bytes, out var fragment))
                    {
                        return Refuse(UndecodableReason.CutHeader);
                    }

                    type = fragment.NextHeader;
                    bytes = fragment.Payload;
                    if (!fragment.IsAtomic)
                    {
                        var key = new FlowKey(source, destination, fragment.Identification, _packet.TunnelHash);
                        if (!TryReassemble(in key, fragment.Offset, fragment.HasMoreFragments, isIpv6, ref type, ref bytes))
                        {
                            return default;
                        }
                    }

                    break;

                case Layer.IpProtocol when type == IpProtocol.Mpls:
                    layer = Layer.Mpls;
                    break;

                case Layer.IpProtocol:
                    switch (IpTunnelHeader.TryRead(type, bytes, out var ipTunnel, out fault))
                    {
                        case TunnelReading.NotATunnel:
                            return PassOver(NotSelectedReason.OtherProtocol);
                        case TunnelReading.Faulty:
                            return Refuse(fault);
                    }

                    if (!_packet.TryAddTunnel(ipTunnel.Tunnel))
                    {
                        return Refuse(UndecodableReason.TooManyTunnels);
                    }

                    extensionHeaders = 0;
                    (layer, type) = (ipTunnel.Next, ipTunnel.Type);
                    bytes = ipTunnel.Payload;
                    break;

                case Layer.Ip:
                    if (bytes.IsEmpty)
                    {
                        return Refuse(UndecodableReason.CutHeader);
                    }

                    layer = bytes[0] >> 4 == 6 ? Layer.Ipv6 : Layer.Ipv4;
                    break;

                case Layer.Link:
                    if (!LinkHeader.TryRead((LinkType)type, bytes, out var link, out fault))
                    {
                        return Refuse(fault);
                    }

                    isPadded = link.IsPadded;
                    (layer, type) = (link.Next, link.Next == Layer.Link ? (int)link.InnerLinkType : link.Type);
                    bytes = link.Payload;
                    break;

                case Layer.Ieee80211:
                    if (!Ieee80211Frame.TryRead(bytes, isPadded, out var wireless))
                    {
                        return Refuse(UndecodableReason.CutHeader);
                    }

                    if (wireless.IsProtected)
                    {
                        return Refuse(UndecodableReason.Encrypted);
                    }

                    if (wireless.IsAggregate)
                    {
                        return WalkSubframes(wireless.Payload);
                    }

                    layer = wireless.IsData ? Layer.Llc : Layer.Other;
                    bytes = wireless.Payload;
                    break;

                case Layer.Other:
                    return PassOver(NotSelectedReason.OtherProtocol);

                default:
                    if (!ShimHeader.TryRead(layer, bytes, out var shim, out fault))
                    {
                        return Refuse(fault);
                    }

                    (layer, type) = (shim.Next, shim.Type);
                    bytes = shim.Payload;
                    break;
            }
        }

        return Refuse(UndecodableReason.TooManyHeaders);
    }

    // An aggregate is one packet with several frames in it. It counts as what its last frame counts as, or as selected where one of the
    // frames before that was.
    private ReadOnlySpan<byte> WalkSubframes(ReadOnlySpan<byte> aggregate)
    {
        if (aggregate.Length < Ieee80211Frame.SubframeHeaderLength)
        {
            return Refuse(UndecodableReason.CutHeader);
        }

        ReadOnlySpan<byte> view = default;
        var isSelected = false;
        while (Ieee80211Frame.TryTakeSubframe(ref aggregate, out var subframe))
        {
            if (_selector.ViewTransport != default)
            {
                _selector.Enqueue(view, _selector.ViewTransport);
                _selector.ViewTransport = default;
                isSelected = true;
            }

            var isLast = aggregate.Length < Ieee80211Frame.SubframeHeaderLength;
            _packet.Restart(isLast && !isSelected ? 1 : 0);
            view = Walk(Layer.Llc, 0, subframe);
        }

        Counters.AddSelected(isSelected ? 1 : 0);
        return view;
    }

    // True where the fragment completed its datagram, whose protocol and bytes then are given; else its packets have been counted.
    private bool TryReassemble(
        in FlowKey key, int offset, bool hasMore, bool isIpv6, ref int type, ref ReadOnlySpan<byte> bytes)
    {
        if (!isIpv6 && !IpTunnelHeader.MayLeadToTransport(type))
        {
            PassOver(NotSelectedReason.OtherProtocol);
            return false;
        }

        var fragment = new Fragment
        {
            Payload = bytes,
            Offset = offset,
            HasMore = hasMore,
            Protocol = (byte)type,
            IsIpv6 = isIpv6,
            IsCut = _packet.IsIpCut,
            IsOfNoInterest = offset == 0 && _selector.IsOfNoInterest(type, bytes),
        };
        var packets = _packet.Count;
        switch (_fragments.Add(in key, in fragment, ref packets, _now, out var datagram))
        {
            case FragmentOutcome.Completed:
                _packet.Count = packets;
                _packet.HasOverlap |= datagram.HasOverlap;
                type = datagram.Protocol;
                bytes = datagram.Payload;
                return true;
            case FragmentOutcome.Duplicate:
                PassOver(NotSelectedReason.DuplicateFragment);
                return false;
            case FragmentOutcome.Dismissed:
                PassOver(NotSelectedReason.OtherPort);
                return false;
            case FragmentOutcome.Bad:
                Refuse(UndecodableReason.BadFragment);
                return false;
            case FragmentOutcome.Overlapping:
                Refuse(UndecodableReason.OverlappingFragments);
                return false;
            default:
                return false;
        }
    }

    private ReadOnlySpan<byte> Refuse(UndecodableReason reason)
    {
        Counters.Add(reason, _packet.Count);
        return default;
    }

    private ReadOnlySpan<byte> PassOver(NotSelectedReason reason)
    {
        Counters.Add(reason, _packet.Count);
        return default;
    }
}
