using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using WireDns.Wire.EncryptedDns;
using WireDns.Wire.Framing;
using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Reassembly;
using WireDns.Wire.Net.Tunnels;

namespace WireDns.Wire.Net.Decoding;

/// <summary>
/// The end of the walk over the layers: selects UDP datagrams and TCP segments by port, and delivers their payloads.
/// </summary>
internal sealed class TransportSelector
{
    private readonly PortTable _ports;
    private readonly PacketState _packet;
    private readonly PacketCounters _counters;
    private readonly ReleaseQueue _queue;
    private readonly TcpReassembler _streams;
    private readonly EncryptedDnsWatch _encryptedDns;
    private readonly MessageStartProbe? _anyPort;
    private readonly DuplicateWatch _duplicates = new();

    public TransportSelector(
        PortTable ports, PacketState packet, PacketCounters counters, ReleaseQueue queue, TcpReassembler streams, EncryptedDnsWatch encryptedDns,
        MessageStartProbe? anyPort)
    {
        _anyPort = anyPort;
        _ports = ports;
        _packet = packet;
        _counters = counters;
        _queue = queue;
        _streams = streams;
        _encryptedDns = encryptedDns;
    }

    /// <summary>
    /// The transport of the view that <see cref="ReadUdp"/> or <see cref="ReadTcp"/> returned for delivery, or
    /// <see cref="PayloadReader.Undecodable"/>; 0 if there is none.
    /// </summary>
    public Transport ViewTransport { get; set; }

    /// <summary>The input ends: later packets are not duplicates of earlier ones.</summary>
    public void Finish() => _duplicates.Clear();

    /// <summary>Whether a frame has the plain shape, and its ports and addresses show that nothing in it is wanted. False is not certain.</summary>
    public bool IsOfNoInterest(ReadOnlySpan<byte> frame) => PlainLayout.Find(frame) is { IsPlain: true } layout
        && _ports.IsOfNoInterest(frame, layout, BinaryPrimitives.ReadUInt32BigEndian(frame[layout.TransportOffset..]), _encryptedDns);

    /// <summary>Whether a datagram's first fragment shows that nothing in the datagram can be selected.</summary>
    public bool IsOfNoInterest(int protocol, ReadOnlySpan<byte> transport)
    {
        if (protocol is not (IpProtocol.Udp or IpProtocol.Tcp) || transport.Length < 4 || _anyPort is not null)
        {
            return false;
        }

        var roles = _ports[BinaryPrimitives.ReadUInt16BigEndian(transport)] | _ports[BinaryPrimitives.ReadUInt16BigEndian(transport[2..])];
        var ofInterest = protocol == IpProtocol.Udp ? PortRoles.Selected | PortRoles.Tunnel : PortRoles.Selected;
        return (roles & ofInterest) == 0;
    }

    /// <summary>Reads a datagram.</summary>
    /// <param name="bytes">The datagram; after the call its payload, if that is to be delivered.</param>
    /// <param name="isIpv6">Whether IPv6 carries it.</param>
    /// <param name="now">Capture time, in nanoseconds.</param>
    /// <param name="tunnel">The tunnel, if it is one.</param>
    /// <returns>Whether it is a tunnel to be followed; if not, it has been counted.</returns>
    public bool ReadUdp(scoped ref ReadOnlySpan<byte> bytes, bool isIpv6, long now, out TunnelHeader tunnel)
    {
        tunnel = default;
        var (sourceRoles, destinationRoles) = (_ports[_packet.Flow.SourcePort], _ports[_packet.Flow.DestinationPort]);
        var roles = sourceRoles | destinationRoles;
        if ((roles & (PortRoles.Selected | PortRoles.Tunnel)) == 0 && _anyPort is null)
        {
            CountOtherPort(Transport.Udp, sourceRoles, destinationRoles, opensConnection: false, now);
            return false;
        }

        if ((roles & PortRoles.Selected) != 0)
        {
            bytes = Select(bytes, isIpv6);
            return false;
        }

        if (!UdpDatagram.TryRead(bytes, isIpv6, _packet.IsIpCut, out var datagram, out var fault))
        {
            return Refuse(fault, KnownEnds.Ports);
        }

        var port = (destinationRoles & PortRoles.Tunnel) != 0 ? _packet.Flow.DestinationPort : _packet.Flow.SourcePort;
        switch (UdpTunnelHeader.TryRead(_ports.TunnelOn(port), datagram.Payload, out tunnel, out fault))
        {
            case TunnelReading.Found:
                return true;
            case TunnelReading.Faulty:
                return Refuse(fault, KnownEnds.Ports);
            case TunnelReading.NotATunnel when IsMessage(datagram.Payload, datagram.Payload.Length):
                bytes = Select(bytes, isIpv6);
                return false;
            default:
                CountOtherPort(Transport.Udp, sourceRoles, destinationRoles, opensConnection: false, now);
                return false;
        }
    }

    /// <summary>Counts the packet as undecodable. Says that the walk ends.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="known">What is known of its ends.</param>
    public bool Refuse(UndecodableReason reason, KnownEnds known)
    {
        _counters.Add(reason, _packet.Count);
        if (_packet.Count > 0)
        {
            _packet.Fault = new PacketFault(reason, known);
            ViewTransport = PayloadReader.Undecodable;
        }

        return false;
    }

    /// <summary>Reads a datagram on a selected port and counts it. Returns its payload, where <see cref="ViewTransport"/> says so.</summary>
    public ReadOnlySpan<byte> Select(ReadOnlySpan<byte> bytes, bool isIpv6)
    {
        if (!UdpDatagram.TryRead(bytes, isIpv6, _packet.IsIpCut, out var datagram, out var fault))
        {
            _packet.Origin.Transport = Transport.Udp;
            Refuse(fault, KnownEnds.Ports);
            return default;
        }

        _counters.AddSelected(_packet.Count);
        if (datagram.IsTruncated)
        {
            CountTruncated();
        }

        WatchForDuplicate(datagram.Payload, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));
        ViewTransport = Transport.Udp;
        return datagram.Payload;
    }

    /// <summary>Counts a packet that repeats one of a moment ago.</summary>
    /// <param name="fingerprint">What it has in common with its copies (<see cref="DuplicateWatch.Fingerprint"/>).</param>
    /// <param name="time">Its time.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NoteFingerprint(ulong fingerprint, PacketTime time)
    {
        if (_duplicates.IsRepeated(fingerprint, time.Nanoseconds))
        {
            _counters.ExactDuplicatePackets++;
        }
    }

    /// <summary>Counts a message that came without its packet. Returns it, where <see cref="ViewTransport"/> says so.</summary>
    /// <param name="payload">The message, over TCP with its length or without.</param>
    /// <param name="isOverTcp">Whether it was sent over TCP.</param>
    public ReadOnlySpan<byte> SelectMessage(ReadOnlySpan<byte> payload, bool isOverTcp)
    {
        _counters.AddSelected(_packet.Count);
        if (_packet.IsSnapped)
        {
            CountTruncated();
        }

        if (!isOverTcp || payload.Length > ushort.MaxValue)
        {
            ViewTransport = Transport.Udp;
            return payload;
        }

        if (payload.Length > 0 && MessageFraming.LengthOfWholeMessages(payload) == payload.Length)
        {
            ViewTransport = Transport.Tcp;
            return payload;
        }

        Span<byte> prefix = stackalloc byte[MessageFraming.PrefixLength];
        BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)payload.Length);
        Enqueue(prefix, payload, Transport.Tcp);
        return default;
    }

    /// <summary>Reads a segment and counts it. Returns whole messages with their prefixes, to be delivered as they are.</summary>
    public ReadOnlySpan<byte> ReadTcp(ReadOnlySpan<byte> bytes, long now)
    {
        var (sourceRoles, destinationRoles) = (_ports[_packet.Flow.SourcePort], _ports[_packet.Flow.DestinationPort]);
        if (((sourceRoles | destinationRoles) & PortRoles.Selected) == 0)
        {
            if (_anyPort is not null && TryFindMessages(bytes, out var found))
            {
                return found;
            }

            var opensConnection = bytes.Length > 13 && (bytes[13] & 0x12) == 0x02;
            CountOtherPort(Transport.Tcp, sourceRoles, destinationRoles, opensConnection, now);
            return default;
        }

        if (!TcpSegment.TryRead(bytes, out var segment, out var fault))
        {
            _packet.Origin.Transport = Transport.Tcp;
            Refuse(fault, KnownEnds.Ports);
            return default;
        }

        var payload = segment.Payload;
        if (!payload.IsEmpty)
        {
            WatchForDuplicate(payload, segment.SequenceNumber);
            _packet.Segment = (_packet.Origin.PacketNumber, segment.SequenceNumber + (segment.IsSynchronise ? 1u : 0), payload.Length);
        }

        var messages = _streams.Add(in _packet.Flow, _packet, in segment, payload, now);
        ViewTransport = messages.IsEmpty ? default : Transport.Tcp;
        return messages;
    }

    /// <summary>Appends to the queue what would otherwise be delivered as a view.</summary>
    public void Enqueue(ReadOnlySpan<byte> view, Transport transport) => Enqueue(default, view, transport);

    private void Enqueue(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> view, Transport transport)
    {
        var delivery = new ReleasedPayload
        {
            Flow = _packet.Flow,
            Transport = transport,
            IsOfCurrentPacket = true,
            IsTruncated = _packet.Origin.IsTruncated,
            OverlapTo = _packet.Origin.HasOverlap ? view.Length : 0,
            StreamEnd = _packet.Origin.StreamEnd,
        };
        var bytes = _queue.Add(in delivery, prefix.Length + view.Length);
        prefix.CopyTo(bytes);
        view.CopyTo(bytes[prefix.Length..]);
    }

    private void CountTruncated()
    {
        _packet.Origin.IsTruncated = true;
        if (_packet.IsSnapped)
        {
            _counters.AddMessage(IncompleteReason.SnapLength);
            return;
        }

        _counters.AddMessage(IncompleteReason.Sliced);
        _counters.AddSliced(_packet.CapturedLength);
    }

    // On a port that is not selected no stream is followed: a segment that holds whole messages shows that by itself.
    private bool TryFindMessages(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> messages)
    {
        messages = default;
        if (!TcpSegment.TryRead(bytes, out var segment, out _))
        {
            return false;
        }

        var length = 0;
        for (var rest = segment.Payload; rest.Length > MessageFraming.PrefixLength; rest = rest[MessageFraming.LengthOfFirst(rest)..])
        {
            var end = MessageFraming.LengthOfFirst(rest);
            if (end > rest.Length || !IsMessage(rest[MessageFraming.PrefixLength..end], end - MessageFraming.PrefixLength))
            {
                break;
            }

            length += end;
        }

        if (length == 0)
        {
            return false;
        }

        _counters.AddSelected(_packet.Count);
        WatchForDuplicate(segment.Payload, segment.SequenceNumber);
        _packet.Segment = (_packet.Origin.PacketNumber, segment.SequenceNumber, segment.Payload.Length);
        _packet.Origin.StreamEnd = segment.SequenceNumber;
        ViewTransport = Transport.Tcp;
        messages = segment.Payload[..length];
        return true;
    }

    private bool IsMessage(ReadOnlySpan<byte> payload, int length) => _anyPort is not null && _anyPort(payload, length);

    private void WatchForDuplicate(ReadOnlySpan<byte> payload, uint transportWord) => NoteFingerprint(
        DuplicateWatch.Fingerprint(_packet.FlowHash, _packet.IpIdentification, transportWord, payload), _packet.Origin.Time);

    private void CountOtherPort(Transport transport, PortRoles sourceRoles, PortRoles destinationRoles, bool opensConnection, long now)
    {
        var isEncryptedDns = (sourceRoles | destinationRoles) != PortRoles.None && _encryptedDns.TryCount(
            in _packet.Flow, transport, sourceRoles, destinationRoles, opensConnection, _packet.Count, now);
        _counters.Add(isEncryptedDns ? NotSelectedReason.EncryptedDns : NotSelectedReason.OtherPort, _packet.Count);
    }
}
