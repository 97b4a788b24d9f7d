using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>Messages on ports that are not selected, and messages that came without their packet.</summary>
public sealed class AnyPortTests
{
    private static readonly PacketDecoderOptions AnyPort = new() { AnyPort = Decoding.LooksLikeMessage };

    [Fact]
    public void A_message_between_any_ports_is_found_where_that_is_asked_for()
    {
        byte[][] packets =
        [
            Ipv4(Udp(Query(1), 50000, 5353)),
            Ipv6(Udp(Query(2), 9999, 8888)),
            Ipv4(Tcp(100, Join(Framed(Query(3)), Framed(Query(4))), destination: 8053), 6),
        ];

        Assert.Empty(Decoding.Run(Raw(packets)).Payloads);
        var (payloads, decoder) = Decoding.Run(Raw(packets), AnyPort);
        Assert.Equal([1, 2, 3, 4], payloads.Select(payload => payload.Id));
        Assert.Equal(3, decoder.Counters.Selected);
    }

    [Fact]
    public void On_Ethernet_too_where_the_shape_of_a_frame_shows_its_ports_at_once()
    {
        var data = Ethernet(Ipv4(Udp(Query(1), 50000, 5353)));
        var packet = new CapturedPacket(data, data.Length, LinkType.Ethernet, PacketTime.FromNanoseconds(Second), 1);

        Assert.Single(Decoding.Run([packet], AnyPort).Payloads);
        Assert.Empty(Decoding.Run([packet]).Payloads);
    }

    [Fact]
    public void Other_traffic_stays_what_it_is()
    {
        var noise = Enumerable.Repeat((byte)0xee, 60).ToArray();

        var (payloads, decoder) = Decoding.Run(Raw([Ipv4(Udp(noise, 50000, 443)), Ipv4(Tcp(1, noise, destination: 443), 6)]), AnyPort);

        Assert.Empty(payloads);
        Assert.Equal(2, decoder.Counters.Count(NotSelectedReason.OtherPort));
    }

    [Theory]
    [InlineData("IPv4 over UDP", "00140004c000020a 00150004c6336435 0018000400000003 0019000400009c40 001a000400000035", "192.0.2.10", Transport.Udp)]
    [InlineData("IPv6 over UDP", "0016001020010db8000000000000000000000010 0017001020010db8005300000000000000000053 0019000400009c40 001a000400000035", "2001:db8::10", Transport.Udp)]
    [InlineData("over TCP", "00140004c000020a 00150004c6336435 0018000400000002 0019000400009c40 001a000400000035", "192.0.2.10", Transport.Tcp)]
    [InlineData("no ends", "", "0.0.0.0", Transport.Udp)]
    public void An_exported_message_has_the_ends_that_its_tags_name(string about, string tags, string source, Transport transport)
    {
        foreach (var message in transport == Transport.Tcp ? (byte[][])[Query(7), Framed(Query(7))] : [Query(7)])
        {
            var data = Join(Hex("000c0004646e7300" + tags + "00000000"), message);
            var (payloads, decoder) = Decoding.Run([new CapturedPacket(data, data.Length, LinkType.UpperPdu, PacketTime.FromNanoseconds(Second), 1)]);

            var payload = Assert.Single(payloads);
            Assert.Equal(Query(7), payload.Data);
            Assert.Equal(source, payload.Source);
            Assert.Equal(transport, payload.Transport);
            Assert.Equal(tags.Length == 0 ? 0 : 53, payload.DestinationPort);
            Assert.True(decoder.Counters.Selected == 1, about);
        }
    }
}
