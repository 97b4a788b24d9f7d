using WireDns.Wire.Net;
using WireDns.Wire.Net.Link;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>Tags and frames in frames: a query after each, on Ethernet.</summary>
public sealed class CarrierTests
{
    [Theory]
    [InlineData("LLC, NLPID of ISO", false, "0200000000530200000000100041fefe03cc", "")]
    [InlineData("LLC, IP", false, "0200000000530200000000100040060603", "")]
    [InlineData("SNAP, bridge tunnel", false, "0200000000530200000000100045aaaa030000f80800", "")]
    [InlineData("LLC after the EtherType of jumbo frames", false, "0200000000530200000000108870aaaa030000000800", "")]
    [InlineData("Cisco's inter-switch link", false, "01000c000000020000000010005baaaa030200000014000000000200000000530200000000100800", "deadbeef")]
    [InlineData("802.1BR E-tag", false, "020000000053020000000010893f0000000000000800", "")]
    [InlineData("802.1CB R-tag", false, "020000000053020000000010f1c1000000010800", "")]
    [InlineData("TRILL", false, "02000000005302000000001022f30001000200030200000000530200000000100800", "")]
    [InlineData("TRILL with options", false, "02000000005302000000001022f3004100020003000000000200000000530200000000100800", "")]
    [InlineData("FabricPath", false, "020000000053020000000010890300200200000000530200000000100800", "")]
    [InlineData("Marvell's EtherType", false, "020000000053020000000010dada0000c01800000800", "")]
    [InlineData("PPP after an EtherType", false, "020000000053020000000010880b0021", "")]
    [InlineData("OUI extended EtherType", false, "02000000005302000000001088b70000000800", "")]
    [InlineData("Arista's time stamp of 48 bits", false, "020000000053020000000010d28b000100200000000000000800", "")]
    [InlineData("Arista's time stamp of 64 bits", false, "020000000053020000000010d28b0001001000000000000000000800", "")]
    [InlineData("802.1ah after a backbone tag", false, "02000000005302000000001088a8006488e7000000010200000000530200000000100800", "")]
    [InlineData("MACsec, in the clear", false, "02000000005302000000001088e50000000000010800", "00000000000000000000000000000000")]
    [InlineData("multilink PPP, a whole frame", false, "0200000000530200000000108864110000010045003dc00000010021", "")]
    [InlineData("PPP bridging", false, "020000000053020000000010886411000001004f003100010200000000530200000000100800", "")]
    [InlineData("tag 9100", false, "020000000053020000000010910000640800", "")]
    [InlineData("tag 9200", false, "020000000053020000000010920000640800", "")]
    [InlineData("B.A.T.M.A.N. 15, unicast", false, "0200000000530200000000104305400f32010200000000990200000000530200000000100800", "")]
    [InlineData("B.A.T.M.A.N. 15, broadcast", false, "0200000000530200000000104305010f3200000000010200000000990200000000530200000000100800", "")]
    [InlineData(
        "B.A.T.M.A.N. 15, four addresses", false,
        "0200000000530200000000104305420f320102000000009902000000009801000200000000530200000000100800",
        "")]
    [InlineData("B.A.T.M.A.N. 14, unicast", false, "0200000000530200000000104305030e32010200000000990200000000530200000000100800", "")]
    public void Finds_the_query_after_a_tag(string about, bool isIpv6, string before, string after) =>
        EncapsulatedQuery.AssertIsFound(about, LinkType.Ethernet, isIpv6, before, after);

    [Theory]
    [InlineData("B.A.T.M.A.N., a fragment", "020000000053 020000000010 4305 410f3201020000000099")]
    [InlineData("Arista, another subtype", "020000000053 020000000010 d28b 00020010 0000000000000000 0800")]
    [InlineData("multilink PPP, the first fragment of several", "020000000053 020000000010 8864 11000001004b 003d800000010021")]
    [InlineData("SNAP of another organisation", "020000000053 020000000010 0045 aaaa0300000c2000")]
    public void Passes_over_what_carries_no_packet(string about, string before)
    {
        var (payloads, decoder) = Decoding.Run([EncapsulatedQuery.Packet(LinkType.Ethernet, isIpv6: false, before, "")]);

        Assert.Empty(payloads);
        Assert.True(decoder.Counters.Count(NotSelectedReason.OtherProtocol) == 1, about);
    }
}
