using System.Net.NetworkInformation;
using PacketDotNet;
using WireDns.Terminal;
using WireDns.Wire;
using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>
/// The layers of a packet as PacketDotNet reads them: a second opinion, from a library made for sound packets. If it gives up with an
/// exception, the report says so and continues.
/// </summary>
/// <param name="writer">The report.</param>
/// <param name="frame">The packet.</param>
internal sealed class LayerReport(ReportWriter writer, InspectedFrame frame)
{
    // More nested layers than any network has, and fewer than a hostile packet can build.
    private const int MaximumLayers = 48;
    private const int MaximumHeaderOctets = 16;
    private const int NameWidth = 14;
    private const string Wrong = "wrong, or left to the network card";

    /// <summary>Writes the layers.</summary>
    public void Write()
    {
        if (frame.Data.Length == 0)
        {
            Note("the packet has no captured octets");
            return;
        }

        var layer = Attempt(Parse);
        for (var depth = 0; layer is not null; depth++)
        {
            if (depth == MaximumLayers)
            {
                Note("more layers are not shown");
                return;
            }

            var current = layer;
            Write(current, depth);
            layer = Attempt(() => current.PayloadPacket);
            if (layer is null)
            {
                WritePayload(current);
            }
        }
    }

    // A copy each time: the library writes into the bytes that it reads (lengths, when it verifies a checksum).
    private PacketDotNet.Packet Parse() => PacketDotNet.Packet.ParsePacket(ToLinkLayers(frame.LinkType), [.. frame.Data]);

    // The link types that PacketDotNet knows by another number. Others pass through; it says which it does not read.
    private static LinkLayers ToLinkLayers(LinkType linkType) => linkType switch
    {
        LinkType.Ipv4 or LinkType.Ipv6 or LinkType.RawBsd or LinkType.RawOpenBsd => LinkLayers.Raw,
        _ => (LinkLayers)linkType,
    };

    private void Write(PacketDotNet.Packet layer, int depth)
    {
        var header = Attempt(() => layer.HeaderSegment);
        var description = Attempt(() => Describe(layer, depth)) ?? "";
        Line(header?.Offset ?? -1, NameOf(layer), description);
    }

    private void WritePayload(PacketDotNet.Packet layer)
    {
        if (Attempt(() => layer.PayloadDataSegment) is { Length: > 0 } payload)
        {
            Line(payload.Offset, "payload", Invariant($"{payload.Length} octets"));
        }
    }

    private void Line(int offset, string name, string description) => writer.Line(
        new Part("  " + (offset < 0 ? "      " : FieldTable.Hex(offset)) + "  ", Style.Faint),
        new Part(name.PadRight(NameWidth) + " ", Style.Value),
        description);

    private void Note(string note) => writer.Line(new Part("  "), new Part(note, Style.Faint));

    private static string NameOf(PacketDotNet.Packet layer) => layer switch
    {
        EthernetPacket => "Ethernet",
        Ieee8021QPacket => "802.1Q",
        IPv4Packet => "IPv4",
        IPv6Packet => "IPv6",
        UdpPacket => "UDP",
        TcpPacket => "TCP",
        ArpPacket => "ARP",
        IcmpV4Packet => "ICMP",
        IcmpV6Packet => "ICMPv6",
        GrePacket => "GRE",
        VxlanPacket => "VXLAN",
        LinuxSllPacket => "Linux SLL",
        LinuxSll2Packet => "Linux SLL2",
        PppPacket => "PPP",
        PppoePacket => "PPPoE",
        NullPacket => "loopback",
        RawIPPacket => "raw IP",
        _ => layer.GetType().Name.Replace("Packet", "", StringComparison.Ordinal),
    };

    private string Describe(PacketDotNet.Packet layer, int depth) => layer switch
    {
        EthernetPacket ethernet => $"{Hardware(ethernet.SourceHardwareAddress)} → {Hardware(ethernet.DestinationHardwareAddress)}, type "
            + Number(ethernet.Type, (ushort)ethernet.Type),
        Ieee8021QPacket tag => Invariant($"VLAN {tag.VlanIdentifier}, priority {(int)tag.PriorityControlPoint}, type ")
            + Number(tag.Type, (ushort)tag.Type),
        LinuxSllPacket cooked => $"{cooked.Type}, type {Number(cooked.EthernetProtocolType, (ushort)cooked.EthernetProtocolType)}",
        NullPacket loopback => $"protocol {loopback.Protocol}",
        RawIPPacket raw => $"{raw.Protocol}",
        PppPacket ppp => $"protocol {Number(ppp.Protocol, (ushort)ppp.Protocol)}",
        PppoePacket pppoe => Invariant($"session {pppoe.SessionId}, code {pppoe.Code}, length {pppoe.Length}"),
        IPv4Packet ip => Describe(ip),
        IPv6Packet ip => Describe(ip),
        UdpPacket udp => Invariant($"{udp.SourcePort} → {udp.DestinationPort}, length {udp.Length}, checksum {Checksum(udp, depth)}"),
        TcpPacket tcp => Describe(tcp, depth),
        ArpPacket arp => $"{arp.Operation}, {Hardware(arp.SenderHardwareAddress)} {arp.SenderProtocolAddress} → "
            + $"{Hardware(arp.TargetHardwareAddress)} {arp.TargetProtocolAddress}",
        IcmpV4Packet icmp => $"{icmp.TypeCode}",
        IcmpV6Packet icmp => Invariant($"{icmp.Type}, code {icmp.Code}"),
        GrePacket gre => Invariant($"version {gre.Version}, flags and version 0x{gre.FlagsAndVersion:x4}"),
        VxlanPacket vxlan => Invariant($"VNI {vxlan.Vni}, flags 0x{vxlan.Flags:x2}"),
        _ => HeaderOctets(layer),
    };

    private static string Describe(IPv4Packet ip)
    {
        var flags = ip.FragmentFlags;
        var fragment = ip.FragmentOffset > 0 || (flags & 1) != 0
            ? Invariant($", fragment at {ip.FragmentOffset * 8}{((flags & 1) != 0 ? " and more follow" : ", the last")}")
            : (flags & 2) != 0 ? ", DF" : "";
        return Invariant($"{ip.SourceAddress} → {ip.DestinationAddress}, protocol {ip.Protocol} ({(int)ip.Protocol}), length {ip.TotalLength}, ")
            + Invariant($"TTL {ip.TimeToLive}, id 0x{ip.Id:x4}{fragment}, checksum 0x{ip.Checksum:x4} ({(ip.ValidIPChecksum ? "right" : Wrong)})");
    }

    private static string Describe(IPv6Packet ip) =>
        Invariant($"{ip.SourceAddress} → {ip.DestinationAddress}, protocol {ip.Protocol} ({(int)ip.Protocol}), length {ip.PayloadLength}, ")
            + Invariant($"hop limit {ip.HopLimit}, extension headers {ip.ExtensionHeadersLength} octets, flow 0x{ip.FlowLabel:x5}");

    private string Describe(TcpPacket tcp, int depth)
    {
        (bool IsSet, string Name)[] flags =
        [
            (tcp.Synchronize, "SYN"), (tcp.Acknowledgment, "ACK"), (tcp.Push, "PSH"), (tcp.Finished, "FIN"), (tcp.Reset, "RST"),
            (tcp.Urgent, "URG"),
        ];
        var set = flags.Where(flag => flag.IsSet).Select(flag => flag.Name).DefaultIfEmpty("no flags");
        return Invariant($"{tcp.SourcePort} → {tcp.DestinationPort}, {string.Join(' ', set)}, sequence {tcp.SequenceNumber}, ")
            + Invariant($"acknowledgement {tcp.AcknowledgmentNumber}, window {tcp.WindowSize}, checksum {Checksum(tcp, depth)}");
    }

    private static string HeaderOctets(PacketDotNet.Packet layer)
    {
        var octets = layer.HeaderData;
        var shown = octets.AsSpan(0, Math.Min(octets.Length, MaximumHeaderOctets));
        return Convert.ToHexStringLower(shown) + (octets.Length > MaximumHeaderOctets ? "…" : "");
    }

    // A checksum covers the whole datagram or segment, which a fragment or a cut packet does not hold.
    private string Checksum(TransportPacket transport, int depth)
    {
        var isPart = frame.OriginalLength > frame.Data.Length
            || transport.ParentPacket is IPv4Packet ip && (ip.FragmentOffset > 0 || (ip.FragmentFlags & 1) != 0)
            || transport.ParentPacket is IPv6Packet { ExtensionHeadersLength: > 0 }
            || transport is UdpPacket udp && udp.Length != udp.TotalPacketLength;
        var verdict = transport is UdpPacket { Checksum: 0 } ? "none" : isPart ? "not checked" : IsChecksumRight(depth) ? "right" : Wrong;
        return Invariant($"0x{transport.Checksum:x4} ({verdict})");
    }

    private bool IsChecksumRight(int depth)
    {
        var layer = Parse();
        for (; depth > 0; depth--)
        {
            layer = layer.PayloadPacket;
        }

        return layer is UdpPacket udp ? udp.ValidChecksum : layer is TcpPacket { ValidChecksum: true };
    }

    private static string Number<T>(T member, int number)
        where T : struct, Enum => (Enum.IsDefined(member) ? member + " " : "") + Invariant($"(0x{number:x4})");

    private static string Hardware(PhysicalAddress address) => string.Join(':', address.GetAddressBytes().Select(octet => Invariant($"{octet:x2}")));

    // The library reacts to unexpected bytes with exceptions of any kind, from constructors and properties alike.
    private T? Attempt<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            writer.Line(new Part("  "), new Part("PacketDotNet does not read this packet; what WireDns makes of it follows", Style.Fault));
            return null;
        }
    }
}
