using System.Buffers.Binary;
using System.Net;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Rewriting;

namespace WireDns.Wire.Tests.Net;

/// <summary>Addresses in packets are replaced, in every IP header, and checksums stay right.</summary>
public sealed class PacketRewriterTests
{
    private const string Client = "10.11.12.13";
    private static readonly byte[] Message = DnsBytes.Query("example.com");

    [Fact]
    public void Addresses_inside_and_outside_of_tunnels_are_replaced_and_all_checksums_are_right()
    {
        var inner = Layers.Ethernet(Ipv4(Udp(Message, Client, "192.0.2.53", 40_000, 53), 17, Client, "192.0.2.53"));
        byte[] vxlan = [0x08, 0, 0, 0, 0, 0, 7, 0, .. inner];
        var middle = Ipv4(Udp(vxlan, "10.0.0.1", "10.0.0.2", 50_000, 4789), 17, "10.0.0.1", "10.0.0.2");
        byte[] gre = [0x80, 0, 0x08, 0, 0, 0, 0, 0, .. middle];
        BinaryPrimitives.WriteUInt16BigEndian(gre.AsSpan(4), Checksum(gre));
        var frame = Layers.Ethernet(Ipv4(gre, 47, "10.1.1.1", "10.2.2.2"));

        var rewritten = Rewrite(frame);

        // Outer IP at 14, GRE at 34, then IP at 42, UDP at 62, VXLAN at 70, a frame at 78, IP at 92, UDP at 112.
        Assert.Equal("99.1.1.1 99.2.2.2", Ends(rewritten, 14));
        Assert.Equal("99.0.0.1 99.0.0.2", Ends(rewritten, 42));
        Assert.Equal("99.11.12.13 192.0.2.53", Ends(rewritten, 92));
        Assert.Equal(0, Checksum(rewritten.AsSpan(14, 20)));
        Assert.Equal(0, Checksum(rewritten.AsSpan(34)));
        Assert.Equal(0, Checksum(rewritten.AsSpan(42, 20)));
        Assert.Equal(0, Checksum([.. Pseudo("99.0.0.1", "99.0.0.2", 17, rewritten.Length - 62), .. rewritten[62..]]));
        Assert.Equal(0, Checksum(rewritten.AsSpan(92, 20)));
        Assert.Equal(0, Checksum([.. Pseudo("99.11.12.13", "192.0.2.53", 17, rewritten.Length - 112), .. rewritten[112..]]));
        Assert.All(rewritten[..12], octet => Assert.Equal(0, octet));
        Assert.All(rewritten[78..90], octet => Assert.Equal(0, octet));
    }

    [Fact]
    public void The_checksum_of_TCP_over_IPv6_follows_what_is_replaced_in_its_payload_at_an_odd_place()
    {
        const string Source = "fd00::1";
        const string Destination = "fd00::2";
        var segment = Layers.Tcp(7, Layers.Framed(Message));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), Checksum([.. Pseudo(Source, Destination, 6, segment.Length), .. segment]));
        var frame = Layers.Ethernet(Layers.Ipv6(segment, 6, Source, Destination), 0x86dd);

        var rewritten = Rewrite(frame, (15, [1, 2, 3]));

        Assert.Equal(0, Checksum([.. Pseudo("6300::1", "6300::2", 6, segment.Length), .. rewritten[54..]]));
        Assert.Equal([1, 2, 3], rewritten[(54 + 20 + 15)..(54 + 20 + 18)]);
    }

    [Fact]
    public void A_first_fragment_has_its_checksum_corrected_and_a_later_one_has_none()
    {
        var datagram = Udp(new byte[800], Client, "192.0.2.53", 40_000, 53);
        var first = Rewrite(Layers.Ethernet(Finish(Layers.Ipv4(datagram[..400], 17, Client, "192.0.2.53", more: true))));
        var second = Rewrite(Layers.Ethernet(Finish(Layers.Ipv4(datagram[400..], 17, Client, "192.0.2.53", offset: 400))));

        Assert.Equal(0, Checksum([.. Pseudo("99.11.12.13", "192.0.2.53", 17, datagram.Length), .. first[34..], .. second[34..]]));
        Assert.Equal(datagram[400..], second[34..]);
    }

    [Fact]
    public void A_checksum_that_is_not_there_stays_away_and_one_that_was_wrong_stays_wrong()
    {
        var without = Layers.Udp(Message);
        var wrong = Udp(Message, Client, "192.0.2.53", 40_000, 53);
        wrong[6] ^= 0x55;

        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(Rewrite(Layers.Ethernet(Ipv4(without, 17, Client, "192.0.2.53"))).AsSpan(40)));
        var rewritten = Rewrite(Layers.Ethernet(Ipv4(wrong, 17, Client, "192.0.2.53")));
        Assert.NotEqual(0, Checksum([.. Pseudo("99.11.12.13", "192.0.2.53", 17, wrong.Length), .. rewritten[34..]]));
    }

    [Fact]
    public void What_a_frame_was_filled_up_with_is_overwritten()
    {
        byte[] frame = [.. Layers.Ethernet(Ipv4(Udp(Message, Client, "192.0.2.53", 40_000, 53), 17, Client, "192.0.2.53")), 10, 11, 12, 13];

        Assert.Equal([0, 0, 0, 0], Rewrite(frame)[^4..]);
    }

    [Fact]
    public void A_packet_that_may_have_addresses_elsewhere_is_refused()
    {
        var udp = Udp(Message, Client, "192.0.2.53", 40_000, 53);
        var ip = Ipv4(udp, 17, Client, "192.0.2.53");
        byte[] withRoute = [0x48, .. ip[1..20], 7, 7, 4, 10, 11, 12, 13, 0, 0, 0, 0, 0, .. udp];
        withRoute[3] += 12;
        byte[] home = [17, 2, 0xc9, 16, .. new byte[16], 1, 2, 0, 0];

        Refuses(Layers.Ethernet(withRoute));
        Refuses(Layers.Ethernet(Layers.Ipv6([.. home, .. udp], 60), 0x86dd));
        Refuses(Layers.Ethernet(ip, 0x0806));
        Refuses([1, 2, 3]);
        Refuses(ip, LinkType.Ieee80211);

        static void Refuses(byte[] bytes, LinkType linkType = LinkType.Ethernet) =>
            Assert.False(new PacketRewriter(new PacketDecoderOptions()).TryRewrite(PacketOf(bytes, linkType), (byte[])bytes.Clone(), Replace, (_, _, _) => true));
    }

    private static byte[] Rewrite(byte[] frame, params (int Start, byte[] Bytes)[] edits)
    {
        var bytes = (byte[])frame.Clone();
        Assert.True(new PacketRewriter(new PacketDecoderOptions()).TryRewrite(PacketOf(frame, LinkType.Ethernet), bytes, Replace, (_, _, wanted) =>
        {
            wanted.AddRange(edits);
            return true;
        }));
        return bytes;
    }

    private static Packet PacketOf(byte[] bytes, LinkType linkType) => new() { Data = bytes, OriginalLength = bytes.Length, LinkType = linkType, Time = default, Number = 1 };

    // 10.0.0.0/8 becomes 99.0.0.0/8, and fd00::/8 becomes 6300::/8.
    private static NetAddress Replace(NetAddress address)
    {
        var bytes = address.ToIPAddress().GetAddressBytes();
        bytes[0] = bytes[0] is 10 or 0xfd ? (byte)99 : bytes[0];
        return NetAddress.From(new IPAddress(bytes));
    }

    private static byte[] Udp(byte[] payload, string source, string destination, int sourcePort, int destinationPort)
    {
        var datagram = Layers.Udp(payload, sourcePort, destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), Checksum([.. Pseudo(source, destination, 17, datagram.Length), .. datagram]));
        return datagram;
    }

    private static byte[] Ipv4(byte[] payload, byte protocol, string source, string destination) => Finish(Layers.Ipv4(payload, protocol, source, destination));

    private static byte[] Finish(byte[] ip)
    {
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(10), Checksum(ip.AsSpan(0, 20)));
        return ip;
    }

    private static byte[] Pseudo(string source, string destination, byte protocol, int length) =>
        [.. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), 0, protocol, .. Layers.Big16(length)];

    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private static string Ends(byte[] frame, int ip) => $"{new IPAddress(frame.AsSpan(ip + 12, 4))} {new IPAddress(frame.AsSpan(ip + 16, 4))}";
}
