using WireDns.Wire.Net;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>Tunnels beyond those of the torture captures: a query after each.</summary>
public sealed class CarrierTunnelTests
{
    [Theory]
    [InlineData("IP protocol 94", false, "4500005100010000405e024acb007101cb007102", "")]
    [InlineData("IP protocol 143, Ethernet", false, "4500005f00010000408f020bcb007101cb0071020200000000530200000000100800", "")]
    [InlineData("frame relay in GRE", false, "4500005900010000402f0271cb007101cb00710200006559184103cc", "")]
    [InlineData("MPLS in GRE", false, "4500005900010000402f0271cb007101cb0071020000884700064140", "")]
    [InlineData("NSH in GRE", false, "4500006d00010000402f025dcb007101cb0071020000894f0fc600010000010000000000000000000000000000000000", "")]
    [InlineData("PPP in GRE", false, "4500005700010000402f0273cb007101cb0071020000880b0021", "")]
    [InlineData("a VLAN tag in GRE", false, "4500005900010000402f0271cb007101cb0071020000810000640800", "")]
    [InlineData(
        "an access point's frame in Aruba's GRE", false,
        "4500007500010000402f0255cb007101cb00710200008200080100000200000000010200000000100200000000530000aaaa030000000800",
        "")]
    [InlineData("MikroTik's EoIP", false, "4500006700010000402f0263cb007101cb00710220016400004b07000200000000530200000000100800", "")]
    [InlineData("L2TPv3 over IP", false, "450000630001000040730223cb007101cb007102000000050200000000530200000000100800", "")]
    [InlineData("GRE in UDP", false, "4500005d000100004011028bcb007101cb007102c35012920049000000000800", "")]
    [InlineData("MPLS in UDP", false, "4500005d000100004011028bcb007101cb007102c35019eb0049000000064140", "")]
    [InlineData("TZSP, Ethernet", false, "4500006f0001000040110279cb007101cb007102c3509090005b0000010000010a01ff010200000000530200000000100800", "")]
    [InlineData(
        "TZSP, 802.11", false,
        "4500007e000100004011026acb007101cb007102c3509090006a00000100001201080100000200000000010200000000100200000000530000aaaa0300000008"
            + "00",
        "")]
    [InlineData("LISP", false, "450000610001000040110287cb007101cb007102c35010f5004d00008000000000000000", "")]
    [InlineData(
        "CAPWAP, Ethernet", false,
        "4500006f0001000040110279cb007101cb007102c350147f005b000000100200000000000200000000530200000000100800",
        "")]
    [InlineData(
        "CAPWAP, 802.11", false,
        "450000810001000040110267cb007101cb007102c350147f006d00000010030000000000080100000200000000010200000000100200000000530000aaaa0300"
            + "00000800",
        "")]
    [InlineData(
        "CAPWAP, 802.11 with swapped frame control", false,
        "450000810001000040110267cb007101cb007102c350147f006d00000010030000000000010800000200000000010200000000100200000000530000aaaa0300"
            + "00000800",
        "")]
    [InlineData("Juniper's mirror", false, "450000610001000040110287cb007101cb007102c350754e004d00000000000100000002", "")]
    [InlineData("GTP version 0", false, "4500006d000100004011027bcb007101cb007102c3500d3a005900001eff003d00000000000000000000000000000000", "")]
    [InlineData(
        "VXLAN of Cisco's ACI", false,
        "4500006f0001000040110279cb007101cb007102c350beef005b0000c8001234000005800200000000530200000000100800",
        "")]
    [InlineData("VXLAN-GPE without the flag P", false, "450000610001000040110287cb007101cb007102c35012b6004d00000800000100000500", "")]
    [InlineData("L2TPv3 over UDP", false, "4500006f0001000040110279cb007101cb007102c35006a5005b000000030000000000050200000000530200000000100800", "")]
    [InlineData(
        "LWAPP", false,
        "4500007f0001000040110269cb007101cb007102c3502fbe006b00000000005d0000010800000200000000010200000000100200000000530000aaaa03000000"
            + "0800",
        "")]
    public void Finds_the_query_in_a_tunnel(string about, bool isIpv6, string before, string after) =>
        EncapsulatedQuery.AssertIsFound(about, LinkType.Raw, isIpv6, before, after, hasTunnel: true);

    [Theory]
    [InlineData("noise on TZSP's port", 37008)]
    [InlineData("noise on CAPWAP's port", 5247)]
    [InlineData("noise on LWAPP's port", 12222)]
    [InlineData("noise on LISP's port", 4341)]
    [InlineData("noise on the port of Juniper's mirror", 30030)]
    [InlineData("noise on the port of GTP version 0", 3386)]
    public void Takes_other_traffic_on_a_tunnels_port_for_what_it_is(string about, int port)
    {
        var noise = Enumerable.Repeat((byte)0xee, 60).ToArray();
        var (payloads, decoder) = Decoding.Run(Raw([Ipv4(Udp(noise, 50000, port)), Ipv4(Udp(Query(7)))]));

        Assert.Equal(7, Assert.Single(payloads).Id);
        Assert.True(decoder.Counters.Count(NotSelectedReason.OtherPort) == 1, about);
    }
}
