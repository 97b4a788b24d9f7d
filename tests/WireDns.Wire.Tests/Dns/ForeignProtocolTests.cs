using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>Traffic on a DNS port that is not DNS, by its own marks.</summary>
public sealed class ForeignProtocolTests
{
    [Theory]
    [InlineData("01000000", 148, ForeignProtocol.WireGuard, Label = "WireGuard, initiation")]
    [InlineData("02000000", 92, ForeignProtocol.WireGuard, Label = "WireGuard, response")]
    [InlineData("04000000", 128, ForeignProtocol.WireGuard, Label = "WireGuard, data")]
    [InlineData("04000000", 129, ForeignProtocol.None, Label = "WireGuard, a length that is none")]
    [InlineData("c3 00000001 08 0102030405060708 00", 1200, ForeignProtocol.Quic, Label = "QUIC, version 1")]
    [InlineData("d3 6b3343cf 08 0102030405060708 00", 1200, ForeignProtocol.Quic, Label = "QUIC, version 2")]
    [InlineData("c3 12345678 08 0102030405060708 00", 1200, ForeignProtocol.None, Label = "QUIC, a version that is none")]
    [InlineData("0001 0000 2112a442 000102030405060708090a0b", 20, ForeignProtocol.Stun, Label = "STUN")]
    [InlineData("0001 0004 2112a442 000102030405060708090a0b", 20, ForeignProtocol.None, Label = "STUN, a length that does not fit")]
    [InlineData("7236666e76576a38", 300, ForeignProtocol.DnsCrypt, Label = "DNSCrypt, a response")]
    [InlineData("10d19e10", 60, ForeignProtocol.IodineRaw, Label = "iodine, raw")]
    [InlineData("1603010200 0100", 517, ForeignProtocol.Tls, Label = "TLS")]
    [InlineData("16feff000000000000000000 20 01", 60, ForeignProtocol.Tls, Label = "DTLS")]
    [InlineData("1234 0100 0001 0000 0000 0000 ffff", 40, ForeignProtocol.None, Label = "a broken query")]
    [InlineData("00", 40, ForeignProtocol.None, Label = "zeros")]
    public void Is_known_by_its_first_octets(string hex, int length, ForeignProtocol protocol)
    {
        var start = Hex(hex);
        Assert.Equal(protocol, ForeignProtocols.Recognise([.. start, .. new byte[length - start.Length]]));
    }

    [Theory]
    [InlineData("INVITE sip:bob@example.com SIP/2.0\r\nVia: x", ForeignProtocol.Sip)]
    [InlineData("SIP/2.0 200 OK\r\n", ForeignProtocol.Sip)]
    [InlineData("GET / HTTP/1.1\r\nHost: x", ForeignProtocol.Http)]
    [InlineData("M-SEARCH * HTTP/1.1\r\n", ForeignProtocol.Http)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", ForeignProtocol.Http)]
    [InlineData("SSH-2.0-OpenSSH", ForeignProtocol.None)]
    [InlineData("hello, world", ForeignProtocol.None)]
    public void Is_known_by_its_first_line(string text, ForeignProtocol protocol) =>
        Assert.Equal(protocol, ForeignProtocols.Recognise(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Any_octets_are_taken_and_every_protocol_has_a_name()
    {
        var random = new Random(7);
        for (var round = 0; round < 50_000; round++)
        {
            var octets = new byte[random.Next(40)];
            random.NextBytes(octets);
            ForeignProtocols.Recognise(octets);
        }

        Assert.All(Enum.GetValues<ForeignProtocol>(), protocol => Assert.Equal(protocol == ForeignProtocol.None, protocol.ToName().Length == 0));
    }

    [Theory]
    [InlineData("1234 0100 0001 0000 0000 0000 0161 00 0001 0001", true, Label = "a query")]
    [InlineData("1234 8180 0001 0001 0000 0000 0161 00 0001 0001 c00c 0001 0001 00000000 0004 01020304", true, Label = "a response")]
    [InlineData("1234 0100 0001 0000 0000 0000 0161 00 0001 0001 ff", false, Label = "an octet after it")]
    [InlineData("1234 0100 0001 0000 0000 0000 0161 00 0001 1234", false, Label = "a class that is none")]
    [InlineData("1234 8180 0000 0001 0000 0000 00 0001 0001 00000000 0004 01020304", false, Label = "no question")]
    public void A_message_on_any_port_must_be_whole(string hex, bool isMessage) =>
        Assert.Equal(isMessage, DnsMessageStart.IsMessage(Hex(hex), Hex(hex).Length));
}
