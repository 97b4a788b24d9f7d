using WireDns.Wire.Net;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

public sealed class PacketDecoderTests
{
    private const string Query8000 = "8000 0100 0001 0000 0000 0000 03777777 07 6578616d706c65 03636f6d 00 0001 0001";
    private const string Ip = "4500 003d 1111 0000 4011 7d2c c000020a c6336435 9c40 0035 0029 ac56" + Query8000;

    [Theory]
    [InlineData("020000000053 020000000010 0800", "", "", Label = "untagged")]
    [InlineData("020000000053 020000000010 8100 2005 0800", "5", "", Label = "802.1Q")]
    [InlineData("020000000053 020000000010 88a8 0014 8100 000a 0800", "20 10", "", Label = "802.1ad and 802.1Q")]
    [InlineData("020000000053 020000000010 0800 4500 0073 1111 0000 4011 0000 0a000001 0a000002 c350 12b5 005f 0000"
        + "0800 0000 00002a 00 020000000053 020000000010 8100 0007 0800", "7", "Vxlan:42", Label = "VXLAN, tags inside")]
    [InlineData("020000000053 020000000010 0800 4500 0059 1111 0000 402f 0000 0a000001 0a000002 2000 0800 00000009", "", "Gre:9", Label = "GRE with a key")]
    [InlineData("020000000053 020000000010 0800 4500 0067 1111 0000 402f 0000 0a000001 0a000002"
        + "2000 6558 00100077 020000000053 020000000010 0800", "", "NvGre:4096", Label = "NVGRE: VSID in the upper 24 bits")]
    [InlineData("020000000053 020000000010 0800 4500 0051 1111 0000 4004 0000 0a000001 0a000002", "", "IpInIp:0", Label = "IP in IP")]
    [InlineData("020000000053 020000000010 0800 4500 0063 1111 0000 4011 0000 0a000001 0a000002 06a5 06a5 004f 0000"
        + "0002 0003 0004 ff03 0021", "", "L2tp:196612", Label = "L2TP version 2 over UDP")]
    [InlineData("020000000053 020000000010 0800 4500 0073 1111 0000 4011 0000 0a000001 0a000002"
        + "06a5 06a5 005f 0000 0003 0000 00000007 aabbccdd 020000000053 020000000010 0800", "", "L2tp:7", Label = "L2TP version 3 over UDP, cookie of 4 bytes")]
    [InlineData("020000000053 020000000010 0800 4500 0067 1111 0000 4073 0000 0a000001 0a000002"
        + "00000008 40000000 020000000053 020000000010 0800", "", "L2tp:8", Label = "L2TP version 3 over IP, a sublayer")]
    public void Yields_the_payload_with_its_tags_and_tunnels(string before, string vlans, string tunnels)
    {
        var frame = Hex(before + Ip);
        var packet = new CapturedPacket(frame, frame.Length, LinkType.Ethernet, PacketTime.FromSeconds(7, 8), 9);

        var payload = Assert.Single(Decoding.Run([packet]).Payloads);

        Assert.Equal(Hex(Query8000), payload.Data);
        Assert.Equal(("192.0.2.10", 40000, "198.51.100.53", 53), (payload.Source, payload.SourcePort, payload.Destination, payload.DestinationPort));
        Assert.Equal((vlans, tunnels), (payload.Vlans, payload.Tunnels));
        Assert.Equal(("7.000000008", 9), (payload.Time, payload.Frame));
    }

    [Fact]
    public void Selects_where_either_port_is_one_of_those_asked_for()
    {
        var options = new PacketDecoderOptions { Ports = [5353, 53] };
        var packets = Raw([
            Ipv4(Udp(Query(1), 5353, 5353)), Ipv4(Udp(Query(2), 53, 9)), Ipv4(Udp(Query(3), 9, 53)), Ipv4(Udp(Query(4), 5355, 5355))]);

        var (payloads, decoder) = Decoding.Run(packets, options);

        Assert.Equal([1, 2, 3], payloads.Select(payload => payload.Id));
        Assert.Equal(1, decoder.Counters.Count(NotSelectedReason.OtherPort));
    }

    [Fact]
    public void Yields_an_empty_datagram()
    {
        Assert.Empty(Assert.Single(Decoding.Run([Raw(Ipv4(Udp([])), 1)]).Payloads).Data);
    }

    [Fact]
    public void Marks_what_the_snap_length_cut_and_counts_a_message()
    {
        var whole = Ipv4(Udp(Query(1)));

        var (payloads, decoder) = Decoding.Run([Raw(whole[..^5], 1, originalLength: whole.Length)]);

        Assert.True(Assert.Single(payloads).IsTruncated);
        Assert.Equal(1, decoder.Counters.CountMessages(IncompleteReason.SnapLength));
        Assert.Equal(1, decoder.Counters.Selected);
    }

    [Theory]
    [InlineData("4500 001c 0001 0000 4032 0000 0a000001 0a000002 0102030405060708", UndecodableReason.Encrypted, Label = "ESP")]
    [InlineData("5500 001c 0001 0000 4011 0000 0a000001 0a000002 0102030405060708", UndecodableReason.BadVersion, Label = "version 5")]
    [InlineData("4400 001c 0001 0000 4011 0000 0a000001 0a000002 0102030405060708", UndecodableReason.BadLength, Label = "header length 4")]
    [InlineData("4500 0013 0001 0000 4011 0000 0a000001 0a000002 0102", UndecodableReason.BadLength, Label = "total length under the header's")]
    [InlineData("4500 0013 0001 0000 4011 0000 0a000001 0a0000", UndecodableReason.CutHeader, Label = "19 bytes")]
    [InlineData("4500 001c 0001 0000 402f 0000 0a000001 0a000002 0005080000000000", UndecodableReason.BadVersion, Label = "GRE version 5")]
    [InlineData("4500 001c 0001 0000 402f 0000 0a000001 0a000002 4000080000000000", UndecodableReason.UnsupportedHeader, Label = "GRE source routes")]
    [InlineData("4500 001c 0001 0000 4011 0000 0a000001 0a000002 9c40003500070000", UndecodableReason.BadLength, Label = "UDP length 7")]
    [InlineData("4500 0028 0001 0000 4006 0000 0a000001 0a000002 9c40003500000001000000004010100000000000", UndecodableReason.BadLength, Label = "TCP data offset 4")]
    public void Counts_what_cannot_be_decoded_by_reason(string packet, UndecodableReason reason)
    {
        var (payloads, decoder) = Decoding.Run([Raw(Hex(packet), 1)]);

        Assert.Empty(payloads);
        Assert.Equal(1, decoder.Counters.Count(reason));
    }

    [Theory]
    [InlineData("4500 001c 0001 0000 4001 0000 0a000001 0a000002 0800000000000000", NotSelectedReason.OtherProtocol, Label = "ICMP")]
    [InlineData("4500 001c 0001 2000 4001 0000 0a000001 0a000002 0800000000000000", NotSelectedReason.OtherProtocol, Label = "a fragment of ICMP")]
    [InlineData("4500 001c 0001 0000 4011 0000 0a000001 0a000002 9c400036ffff0000", NotSelectedReason.OtherPort, Label = "UDP between other ports")]
    [InlineData("4500 0028 0001 0000 4006 0000 0a000001 0a000002 9c40003500000001000000005010100000000000", NotSelectedReason.TcpControl, Label = "an acknowledgement")]
    [InlineData("4500 0024 0001 0000 4011 0000 0a000001 0a000002 12b501bb00100000 c3 00000001 000000", NotSelectedReason.OtherPort, Label = "QUIC from a client port that is a tunnel's")]
    public void Counts_what_is_not_selected_by_reason(string packet, NotSelectedReason reason)
    {
        var (payloads, decoder) = Decoding.Run([Raw(Hex(packet), 1)]);

        Assert.Empty(payloads);
        Assert.Equal(1, decoder.Counters.Count(reason));
    }

    [Theory]
    [InlineData(nameof(PacketDecoderOptions.MaximumTunnels))]
    [InlineData(nameof(PacketDecoderOptions.FragmentMemoryInBytes))]
    [InlineData(nameof(PacketDecoderOptions.MaximumTcpGapInBytes))]
    [InlineData(nameof(PacketDecoderOptions.TcpIdleTimeout))]
    public void Refuses_options_out_of_their_range(string option)
    {
        var options = option switch
        {
            nameof(PacketDecoderOptions.MaximumTunnels) => new PacketDecoderOptions { MaximumTunnels = 33 },
            nameof(PacketDecoderOptions.FragmentMemoryInBytes) => new PacketDecoderOptions { FragmentMemoryInBytes = 1000 },
            nameof(PacketDecoderOptions.MaximumTcpGapInBytes) => new PacketDecoderOptions { MaximumTcpGapInBytes = 192_001 },
            _ => new PacketDecoderOptions { TcpIdleTimeout = TimeSpan.Zero },
        };

        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => Decoding.NewDecoder(options));

        Assert.Equal(option, exception.ParamName);
    }

    [Fact]
    public void Counts_a_copied_packet_and_delivers_it_all_the_same()
    {
        var packet = Ipv4(Udp(Query(1)), id: 77);
        var later = 1_000 * Second;

        var (payloads, decoder) = Decoding.Run([
            Raw(packet, 1, later), Raw(packet, 2, later + 1_000_000), Raw(Ipv4(Udp(Query(1)), id: 78), 3, later + 2_000_000),
            Raw(packet, 4, later + Second)]);

        Assert.Equal(4, payloads.Count);
        Assert.Equal(1, decoder.Counters.ExactDuplicatePackets);
    }

    [Fact]
    public void Reads_each_subframe_of_an_aggregate()
    {
        var llc = Hex("aaaa03000000 0800");
        byte[] Subframe(byte[] ip)
        {
            var subframe = Join(Hex("020000000053 020000000010"), Big16(ip.Length + 8), llc, ip);
            return Join(subframe, new byte[(4 - (subframe.Length % 4)) % 4]);
        }

        var aggregate = Join(
            Hex("8801 0000 020000000053 020000000010 020000000053 0000 8000"), Subframe(Ipv4(Udp(Query(1)))),
            Subframe(Ipv4(Udp(Query(2), 7, 7))), Subframe(Ipv4(Udp(Query(3)))));
        var packet = new CapturedPacket(aggregate, aggregate.Length, LinkType.Ieee80211, default, 1);

        var (payloads, decoder) = Decoding.Run([packet]);

        Assert.Equal([1, 3], payloads.Select(payload => payload.Id));
        Assert.Equal(1, decoder.Counters.Selected);
    }

    [Fact]
    public void Starts_again_after_the_end_of_an_input()
    {
        var decoder = Decoding.NewDecoder();
        var payloads = new List<DecodedPayload>();
        for (var round = 1; round <= 2; round++)
        {
            Decoding.Add(decoder.Decode(Raw(Ipv4(Tcp(0, [], "S"), 6), 1).ToPacket()), payloads);
            Decoding.Add(decoder.Decode(Raw(Ipv4(Tcp(1, Framed(Query(round))), 6), 2).ToPacket()), payloads);
            Decoding.Add(decoder.Finish(), payloads);
        }

        Assert.Equal([1, 2], payloads.Select(payload => payload.Id));
    }
}
