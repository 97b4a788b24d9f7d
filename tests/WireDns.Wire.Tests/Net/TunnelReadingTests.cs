using WireDns.Wire.Net;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>How tunnels are told from other traffic, and from each other.</summary>
public sealed class TunnelReadingTests
{
    private const string Frame = "020000000053 020000000010 0800";

    [Fact]
    public void Each_kind_of_tunnel_over_udp_has_a_word_of_its_own()
    {
        Assert.Equal(Enum.GetValues<UdpTunnelKind>().Except([UdpTunnelKind.None]).Order(), UdpTunnelWords.All.Select(tunnel => tunnel.Kind).Order());
        Assert.Equal(UdpTunnelWords.All.Length, UdpTunnelWords.All.DistinctBy(tunnel => tunnel.Word, StringComparer.OrdinalIgnoreCase).Count());
    }

    [Theory]
    [InlineData("VXLAN, the last byte", 4789, "0800000000000101" + Frame)]
    [InlineData("VXLAN, every reserved bit", 4789, "ffffffff000001ff" + Frame)]
    [InlineData("VXLAN, reserved flags alone", 8472, "7700000000000100" + Frame)]
    [InlineData("VXLAN-GPE, the last byte", 4790, "0c000001000001ff")]
    [InlineData("VXLAN-GPE, reserved flags", 4790, "cc00000300000100" + Frame)]
    [InlineData("VXLAN-GPE without the flag I", 4790, "0400000100000100")]
    [InlineData("Geneve, reserved flags", 6081, "003f655800000100" + Frame)]
    [InlineData("Geneve, the last byte", 6081, "00000800000001ff")]
    [InlineData("HP's mirror", 7932, "000000000000000000000000" + Frame)]
    public void Reserved_bits_are_ignored_where_the_payload_is_plausible(string about, int port, string header)
    {
        var (payloads, _) = Decoding.Run(Raw([Ipv4(Udp(Join(Hex(header), Ipv4(Udp(Query(7)))), 50000, port))]));

        Assert.True(payloads is [{ Id: 7 }], about);
    }

    [Theory]
    [InlineData("VXLAN", 4789, "ffffffff000001ff")]
    [InlineData("VXLAN-GPE", 4790, "cc000003000001ff")]
    [InlineData("Geneve", 6081, "003f6558000001ff")]
    [InlineData("HP's mirror", 7932, "000000000000000000000000")]
    public void Reserved_bits_before_what_is_no_frame_are_other_traffic(string about, int port, string header)
    {
        var noise = Enumerable.Repeat((byte)0xee, 60).ToArray();
        var (payloads, decoder) = Decoding.Run(Raw([Ipv4(Udp(Join(Hex(header), noise), 50000, port))]));

        Assert.Empty(payloads);
        Assert.True(decoder.Counters.Count(NotSelectedReason.OtherPort) == 1, about);
    }

    [Theory]
    [InlineData("EtherIP with reserved bits", 97, "31ff" + Frame)]
    [InlineData("Nvidia's mirror, a frame", 47, "00008949" + Frame)]
    [InlineData("Nvidia's mirror, a frame after its header", 47, "00008949 00000000000000000000000000000000000000000000" + Frame)]
    public void Finds_the_query_in_a_tunnel_over_ip(string about, byte protocol, string header)
    {
        var (payloads, _) = Decoding.Run(Raw([Ipv4(Join(Hex(header), Ipv4(Udp(Query(7)))), protocol)]));

        Assert.True(payloads is [{ Id: 7 }], about);
    }

    [Fact]
    public void Broadcoms_interception_is_read_where_it_is_asked_for_alone()
    {
        byte[][] packets =
        [
            Ipv4(Udp(Join(Hex("14000001" + Frame), Ipv4(Udp(Query(7)))), 49152, 49152)),
            Ipv4(Udp(Join(Hex("15000001"), Ipv4(Udp(Query(8)))), 49152, 49153)),
        ];
        var asked = new PacketDecoderOptions
        {
            TunnelPorts = [.. UdpTunnelPort.Defaults, new(49152, UdpTunnelKind.BroadcomIntercept), new(49153, UdpTunnelKind.BroadcomIntercept)],
        };

        Assert.Empty(Decoding.Run(Raw(packets)).Payloads);
        Assert.Equal([7, 8], Decoding.Run(Raw(packets), asked).Payloads.Select(payload => payload.Id));
    }

    [Fact]
    public void A_tunnel_is_read_on_the_port_that_an_option_names()
    {
        var packet = Ipv4(Udp(Join(Hex("0800000000000100" + Frame), Ipv4(Udp(Query(7)))), 50000, 4799));
        var options = new PacketDecoderOptions { TunnelPorts = [new(4799, UdpTunnelKind.Vxlan)] };

        Assert.Empty(Decoding.Run(Raw([packet])).Payloads);
        Assert.Equal("Vxlan:1", Assert.Single(Decoding.Run(Raw([packet]), options).Payloads).Tunnels);
    }

    [Theory]
    [InlineData(TunnelKind.Vxlan, 7u, true)]
    [InlineData(TunnelKind.VxlanGpe, 7u, true)]
    [InlineData(TunnelKind.Geneve, 7u, true)]
    [InlineData(TunnelKind.NvGre, 0x1000u, true)]
    [InlineData(TunnelKind.NvGre, 0xfffu, false)]
    [InlineData(TunnelKind.GtpU, 7u, false)]
    [InlineData(TunnelKind.L2tp, 7u, false)]
    [InlineData(TunnelKind.Gre, 7u, false)]
    [InlineData(TunnelKind.Erspan, 7u, false)]
    [InlineData(TunnelKind.Mpls, 7u, false)]
    public void An_id_that_the_receiver_chooses_names_no_network(TunnelKind kind, uint id, bool isNetwork) =>
        Assert.Equal(isNetwork ? id : 0, new Tunnel(kind, id).NetworkId);

    [Theory]
    [InlineData("GTP-U", 2152, "30ff003400000001", "30ff003400000002", true)]
    [InlineData("VXLAN", 4789, "0800000000000100" + Frame, "0800000000000200" + Frame, false)]
    public void A_stream_is_one_in_both_directions_whatever_ids_the_receivers_chose(string about, int port, string there, string back, bool isOne)
    {
        // The first half of a message, an acknowledgement of more than that, and a whole message: in one stream, the gap is given up at once.
        var message = Framed(Query(7));
        byte[][] packets =
        [
            Tunnelled(there, port, Ipv4(Tcp(100, [], "S"), 6)),
            Tunnelled(there, port, Ipv4(Tcp(101 + (uint)message.Length, message), 6)),
            Tunnelled(back, port, Ipv4(Tcp(900, [], "A", 101 + (uint)(2 * message.Length), 53, 40000), 6, Server, Client)),
        ];
        var decoder = Decoding.NewDecoder();
        var payloads = new List<DecodedPayload>();
        foreach (var packet in Raw(packets))
        {
            Decoding.Add(decoder.Decode(packet.ToPacket()), payloads);
        }

        Assert.True(payloads.Count == (isOne ? 1 : 0), about);
    }

    [Fact]
    public void Every_port_of_the_list_is_read_as_its_tunnel()
    {
        Assert.Equal(UdpTunnelPort.Defaults.Length, UdpTunnelPort.Defaults.Select(entry => entry.Port).Distinct().Count());
        foreach (var kind in Enum.GetValues<UdpTunnelKind>().Except([UdpTunnelKind.None, UdpTunnelKind.BroadcomIntercept]))
        {
            Assert.Contains(UdpTunnelPort.Defaults, entry => entry.Kind == kind);
        }
    }

    private static byte[] Tunnelled(string header, int port, byte[] packet) => Ipv4(Udp(Join(Hex(header), packet), 50000, port), 17, "10.0.0.1", "10.0.0.2");
}
