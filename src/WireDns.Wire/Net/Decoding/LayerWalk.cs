using System.Buffers.Binary;
using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;
using WireDns.Wire.Net.Reassembly;
using WireDns.Wire.Net.Tunnels;

namespace WireDns.Wire.Net.Decoding;

/// <summary>
/// The way through a packet's layers, from the link to UDP or TCP. The only place that knows their order; the form of each is known by its own type.
/// </summary>
internal sealed class LayerWalk
{
    // Steps from layer to layer: tunnels and tags have bounds of their own, labels and shims share this one.
    private const int MaximumSteps = 256;

    // RFC 8504 §5.3 lets a host refuse more than 8 options; longer chains only exhaust a parser.
    private const int MaximumExtensionHeaders = 32;

    private readonly PacketState _packet;
    private readonly PacketCounters _counters;
    private readonly FragmentReassembler _fragments;
    private readonly TransportSelector _selector;
    private readonly LayerTrace? _trace;
    private long _now;
    private KnownEnds _known;

    public LayerWalk(PacketState packet, PacketCounters counters, FragmentReassembler fragments, TransportSelector selector, LayerTrace? trace)
    {
        _trace = trace;
        _packet = packet;
        _counters = counters;
        _fragments = fragments;
        _selector = selector;
    }

    /// <summary>
    /// Goes from layer to layer until one ends the walk. Leaves in the cursor what can be delivered as a view, if the selector says that
    /// there is one; everything else has been counted or is held.
    /// </summary>
    public void Walk(ref LayerCursor cursor, long now)
    {
        _now = now;
        _known = KnownEnds.None;
        Walk(ref cursor);
    }

    private void Walk(ref LayerCursor cursor)
    {
        var packet = cursor.Bytes;
        for (var step = 0; step < MaximumSteps; step++)
        {
            _trace?.Add(packet, cursor);
            var goesOn = cursor.Layer switch
            {
                Layer.Ethernet => ReadEthernet(ref cursor),
                Layer.EtherType => ReadTag(ref cursor),
                Layer.Ipv4 => ReadIpv4(ref cursor),
                Layer.Ipv6 => ReadIpv6(ref cursor),
                Layer.Ip => ReadIp(ref cursor),
                Layer.IpProtocol when cursor.Type == IpProtocol.Udp => ReadUdp(ref cursor),
                Layer.IpProtocol when cursor.Type == IpProtocol.Tcp => ReadTcp(ref cursor),
                Layer.IpProtocol when ExtensionHeader.Is(cursor.Type, cursor.IsIpv6) => ReadExtensionHeader(ref cursor),
                Layer.IpProtocol when cursor.Type == IpProtocol.Fragment && cursor.IsIpv6 => ReadFragmentHeader(ref cursor),
                Layer.IpProtocol => ReadIpTunnel(ref cursor),
                Layer.Link => ReadLink(ref cursor),
                Layer.Ieee80211 or Layer.PaddedIeee80211 => ReadWireless(ref cursor),
                Layer.ExportedMessage => ReadExportedMessage(ref cursor),
                Layer.Other => PassOver(NotSelectedReason.OtherProtocol),
                _ => ReadShim(ref cursor),
            };
            if (!goesOn)
            {
                return;
            }
        }

        Refuse(UndecodableReason.TooManyHeaders);
    }

    private bool ReadLink(ref LayerCursor cursor)
    {
        if (!LinkHeader.TryRead((LinkType)cursor.Type, cursor.Bytes, out var carried, out var fault))
        {
            return Refuse(fault);
        }

        cursor.MoveTo(carried);
        return true;
    }

    private bool ReadEthernet(ref LayerCursor cursor)
    {
        if (!EthernetFrame.TryRead(cursor.Bytes, out var frame))
        {
            return Refuse(UndecodableReason.CutHeader);
        }

        // With a mirror's tunnel every packet takes this way, and most have the shape that shows at once that nothing in them is selected.
        if (!_packet.Tunnels.IsEmpty && _selector.IsOfNoInterest(cursor.Bytes))
        {
            return PassOver(NotSelectedReason.OtherPort);
        }

        _packet.BeginFrame();
        cursor.MoveTo(frame.IsLlc ? Layer.Llc : Layer.EtherType, frame.Type, frame.Payload);
        return true;
    }

    private bool ReadTag(ref LayerCursor cursor)
    {
        if (!TagHeader.TryRead((ushort)cursor.Type, cursor.Bytes, out var tag, out var fault))
        {
            return Refuse(fault);
        }

        if (EtherType.IsVlan((ushort)cursor.Type) && !_packet.TryAddVlan(BinaryPrimitives.ReadUInt16BigEndian(cursor.Bytes)))
        {
            return Refuse(UndecodableReason.TooManyTags);
        }

        cursor.MoveTo(tag);
        return true;
    }

    private bool ReadShim(ref LayerCursor cursor)
    {
        if (!ShimHeader.TryRead(cursor.Layer, cursor.Bytes, out var shim, out var fault))
        {
            return Refuse(fault);
        }

        cursor.MoveTo(shim);
        return true;
    }

    private bool ReadIp(ref LayerCursor cursor)
    {
        if (cursor.Bytes.IsEmpty)
        {
            return Refuse(UndecodableReason.CutHeader);
        }

        cursor.Layer = cursor.Bytes[0] >> 4 == 6 ? Layer.Ipv6 : Layer.Ipv4;
        return true;
    }

    private bool ReadIpv4(ref LayerCursor cursor)
    {
        if (!Ipv4Packet.TryRead(cursor.Bytes, out var ip, out var fault))
        {
            return Refuse(fault);
        }

        _packet.BeginIp(ip.Source, ip.Destination, ip.Identification, ip.IsCut);
        _known = KnownEnds.Addresses;
        WatchForSlice(ip.IsCut);
        cursor.IsIpv6 = false;
        cursor.ExtensionHeaders = 0;
        cursor.MoveTo(Layer.IpProtocol, ip.Protocol, ip.Payload);
        return !ip.IsFragment || TryReassemble(ref cursor, ip.Identification, ip.FragmentOffset, ip.HasMoreFragments);
    }

    private bool ReadIpv6(ref LayerCursor cursor)
    {
        if (!Ipv6Packet.TryRead(cursor.Bytes, out var ip, out var fault))
        {
            return Refuse(fault);
        }

        _packet.BeginIp(ip.Source, ip.Destination, 0, ip.IsCut);
        _known = KnownEnds.Addresses;
        WatchForSlice(ip.IsCut);
        cursor.IsIpv6 = true;
        cursor.ExtensionHeaders = 0;
        cursor.MoveTo(Layer.IpProtocol, ip.NextHeader, ip.Payload);
        return true;
    }

    private bool ReadExtensionHeader(ref LayerCursor cursor)
    {
        if (!ExtensionHeader.TryRead(cursor.Type, cursor.Bytes, out var extension))
        {
            return Refuse(UndecodableReason.CutHeader);
        }

        if (++cursor.ExtensionHeaders > MaximumExtensionHeaders)
        {
            return Refuse(UndecodableReason.TooManyHeaders);
        }

        cursor.MoveTo(Layer.IpProtocol, extension.NextHeader, extension.Payload);
        return true;
    }

    private bool ReadFragmentHeader(ref LayerCursor cursor)
    {
        if (!FragmentHeader.TryRead(cursor.Bytes, out var fragment))
        {
            return Refuse(UndecodableReason.CutHeader);
        }

        cursor.MoveTo(Layer.IpProtocol, fragment.NextHeader, fragment.Payload);
        return fragment.IsAtomic || TryReassemble(ref cursor, fragment.Identification, fragment.Offset, fragment.HasMoreFragments);
    }

    // True if the fragment completed its datagram, with which the walk continues; otherwise its packets have been counted or are held.
    private bool TryReassemble(ref LayerCursor cursor, uint identification, int offset, bool hasMore)
    {
        if (!cursor.IsIpv6 && !IpTunnelHeader.MayLeadToTransport(cursor.Type))
        {
            return PassOver(NotSelectedReason.OtherProtocol);
        }

        // Only the key of IPv4 includes the protocol; adding one to it keeps the two versions apart.
        var selector = cursor.IsIpv6 ? identification : ((ulong)(uint)(cursor.Type + 1) << 32) | identification;
        var key = new FlowKey(_packet.Flow.Source, _packet.Flow.Destination, selector, _packet.TunnelHash);
        var fragment = new Fragment
        {
            Payload = cursor.Bytes,
            Offset = offset,
            HasMore = hasMore,
            Protocol = (byte)cursor.Type,
            IsIpv6 = cursor.IsIpv6,
            IsCut = _packet.IsIpCut,
            IsOfNoInterest = offset == 0 && _selector.IsOfNoInterest(cursor.Type, cursor.Bytes),
        };
        var packets = _packet.Count;
        switch (_fragments.Add(in key, in fragment, ref packets, _now, out var datagram))
        {
            case FragmentOutcome.Completed:
                _packet.Count = packets;
                _packet.Origin.HasOverlap |= datagram.HasOverlap;
                cursor.MoveTo(Layer.IpProtocol, datagram.Protocol, datagram.Payload);
                return true;
            case FragmentOutcome.Duplicate:
                return PassOver(NotSelectedReason.DuplicateFragment);
            case FragmentOutcome.AfterCut:
                _counters.Add(IncompleteReason.FragmentCut, packets);
                return false;
            case FragmentOutcome.Dismissed:
                return PassOver(NotSelectedReason.OtherPort);
            case FragmentOutcome.Bad:
                return Refuse(UndecodableReason.BadFragment);
            case FragmentOutcome.Overlapping:
                _packet.Count = packets;
                return Refuse(UndecodableReason.OverlappingFragments);
            default:
                return false;
        }
    }

    private bool ReadIpTunnel(ref LayerCursor cursor)
    {
        if (cursor.Type == IpProtocol.Mpls)
        {
            cursor.Layer = Layer.Mpls;
            return true;
        }

        return IpTunnelHeader.TryRead(cursor.Type, cursor.Bytes, out var header, out var fault) switch
        {
            TunnelReading.NotATunnel => PassOver(NotSelectedReason.OtherProtocol),
            TunnelReading.Faulty => Refuse(fault),
            _ => Enter(ref cursor, header),
        };
    }

    private bool ReadUdp(ref LayerCursor cursor)
    {
        if (cursor.Bytes.Length < 4)
        {
            return Refuse(UndecodableReason.CutHeader);
        }

        _packet.SetPorts(BinaryPrimitives.ReadUInt32BigEndian(cursor.Bytes));
        _packet.Origin.Transport = Transport.Udp;
        _known = KnownEnds.Ports;
        return _selector.ReadUdp(ref cursor.Bytes, cursor.IsIpv6, _now, out var header)
            && Enter(ref cursor, header);
    }

    private bool ReadTcp(ref LayerCursor cursor)
    {
        if (cursor.Bytes.Length < 4)
        {
            return Refuse(UndecodableReason.CutHeader);
        }

        _packet.SetPorts(BinaryPrimitives.ReadUInt32BigEndian(cursor.Bytes));
        _packet.Origin.Transport = Transport.Tcp;
        _known = KnownEnds.Ports;
        cursor.Bytes = _selector.ReadTcp(cursor.Bytes, _now);
        return false;
    }

    private bool Enter(ref LayerCursor cursor, TunnelHeader header)
    {
        if (!_packet.TryAddTunnel(header.Tunnel))
        {
            return Refuse(UndecodableReason.TooManyTunnels);
        }

        cursor.MoveTo(header.Carried);
        return true;
    }

    private bool ReadWireless(ref LayerCursor cursor)
    {
        if (!Ieee80211Frame.TryRead(cursor.Bytes, isPadded: cursor.Layer == Layer.PaddedIeee80211, out var frame))
        {
            return Refuse(UndecodableReason.CutHeader);
        }

        if (frame.IsProtected)
        {
            return Refuse(UndecodableReason.Encrypted);
        }

        if (frame.IsAggregate)
        {
            cursor.Bytes = frame.Payload;
            return ReadSubframes(ref cursor);
        }

        cursor.MoveTo(frame.IsData ? Layer.Llc : Layer.Other, 0, frame.Payload);
        return true;
    }

    // An aggregate is one packet with several frames in it. It counts as its last frame does, or as selected if an earlier frame was.
    private bool ReadSubframes(ref LayerCursor cursor)
    {
        var aggregate = cursor.Bytes;
        if (aggregate.Length < Ieee80211Frame.SubframeHeaderLength)
        {
            return Refuse(UndecodableReason.CutHeader);
        }

        var isSelected = false;
        while (Ieee80211Frame.TryTakeSubframe(ref aggregate, out var subframe))
        {
            if (_selector.ViewTransport is Transport.Udp or Transport.Tcp)
            {
                _selector.Enqueue(cursor.Bytes, _selector.ViewTransport);
                _selector.ViewTransport = default;
                isSelected = true;
            }

            var isLast = aggregate.Length < Ieee80211Frame.SubframeHeaderLength;
            _packet.Restart(isLast && !isSelected ? 1 : 0);
            cursor.MoveTo(Layer.Llc, 0, subframe);
            Walk(ref cursor);
        }

        _counters.AddSelected(isSelected ? 1 : 0);
        return false;
    }

    private bool ReadExportedMessage(ref LayerCursor cursor)
    {
        if (!ExportedPdu.TryReadMessage(cursor.Bytes, out var message))
        {
            return Refuse(UndecodableReason.CutHeader);
        }

        _packet.BeginIp(message.Source, message.Destination, 0, isCut: false);
        _packet.SetPorts(message.Ports);
        cursor.Bytes = _selector.SelectMessage(message.Payload, message.IsOverTcp);
        return false;
    }

    private void WatchForSlice(bool isCut)
    {
        if (isCut && !_packet.IsSnapped)
        {
            _counters.AddSliced(_packet.CapturedLength);
        }
    }

    // Both say that the walk ends.
    private bool Refuse(UndecodableReason reason) => _selector.Refuse(reason, _known);

    private bool PassOver(NotSelectedReason reason)
    {
        _counters.Add(reason, _packet.Count);
        return false;
    }
}
