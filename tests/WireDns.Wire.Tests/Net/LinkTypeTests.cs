using WireDns.Wire.Net;
using WireDns.Wire.Net.Link;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>Link types beyond those of the torture captures: a query after each of their headers.</summary>
public sealed class LinkTypeTests
{
    [Theory]
    [InlineData("NULL with a Cisco HDLC header in place of the family", LinkType.Null, false, "0f000800", "")]
    [InlineData("NULL with a PPP header in place of the family", LinkType.Null, false, "ff030021", "")]
    [InlineData("NULL with a family of 16 bits", LinkType.Null, false, "00020000", "")]
    [InlineData("NULL with an EtherType in place of the family", LinkType.Null, false, "00000800", "")]
    [InlineData("NULL with the EtherType of IPv6", LinkType.Null, true, "0f0086dd", "")]
    [InlineData("AX.25, unnumbered information", LinkType.Ax25, false, "a6a8a04040406086a28262a6a66103cc", "")]
    [InlineData("AX.25 after a KISS byte", LinkType.Ax25Kiss, false, "00a6a8a04040406086a28262a6a66103cc", "")]
    [InlineData("ARCNET, BSD, RFC 1051", LinkType.Arcnet, false, "0102f0", "")]
    [InlineData("ARCNET, BSD, RFC 1201", LinkType.Arcnet, false, "0102d4000001", "")]
    [InlineData("ARCNET, BSD, an exception packet", LinkType.Arcnet, false, "0102d4ffffffff000001", "")]
    [InlineData("ARCNET, Linux, RFC 1051", LinkType.ArcnetLinux, false, "01020000f0", "")]
    [InlineData("ARCNET, Linux, RFC 1201", LinkType.ArcnetLinux, false, "01020000d4000001", "")]
    [InlineData("ARCNET, Linux, IPv6", LinkType.ArcnetLinux, true, "01020000c4000001", "")]
    [InlineData("SLIP after 16 bytes", LinkType.Slip, false, "00000000000000000000000000000000", "")]
    [InlineData("classical IP over ATM", LinkType.AtmClip, false, "", "")]
    [InlineData("frame relay, NLPID", LinkType.FrameRelay, false, "184103cc", "")]
    [InlineData("frame relay, NLPID of IPv6", LinkType.FrameRelay, true, "1841038e", "")]
    [InlineData("frame relay, SNAP", LinkType.FrameRelay, false, "18410300800000000800", "")]
    [InlineData("frame relay, bridged Ethernet", LinkType.FrameRelay, false, "18410300800080c200070200000000530200000000100800", "")]
    [InlineData("frame relay, an EtherType", LinkType.FrameRelay, false, "18410800", "")]
    [InlineData("frame relay, an address of 4 bytes", LinkType.FrameRelay, false, "1840004103cc", "")]
    [InlineData("frame relay after a direction byte", LinkType.FrameRelayWithDirection, false, "00184103cc", "")]
    [InlineData("IP over Fibre Channel", LinkType.IpOverFibreChannel, false, "10000200000000531000020000000010aaaa030000000800", "")]
    [InlineData("SunATM, LLC", LinkType.SunAtm, false, "02000021aaaa030000000800", "")]
    [InlineData("SunATM, LAN emulation", LinkType.SunAtm, false, "0100002100010200000000530200000000100800", "")]
    [InlineData(
        "Prism header, little endian", LinkType.Ieee80211Prism, false,
        "44000000900000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "00000000000000000000000000000000080100000200000000010200000000100200000000530000aaaa030000000800",
        "")]
    [InlineData(
        "Prism header, big endian", LinkType.Ieee80211Prism, false,
        "00000044000000900000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "00000000000000000000000000000000080100000200000000010200000000100200000000530000aaaa030000000800",
        "")]
    [InlineData(
        "AVS header", LinkType.Ieee80211Avs, false,
        "80211001000000400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "080100000200000000010200000000100200000000530000aaaa030000000800",
        "")]
    [InlineData(
        "AVS header under the link type of Prism", LinkType.Ieee80211Prism, false,
        "80211001000000400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "080100000200000000010200000000100200000000530000aaaa030000000800",
        "")]
    [InlineData("IP over IEEE 1394", LinkType.AppleIpOverIeee1394, false, "020000000000005302000000000000100800", "")]
    [InlineData("DOCSIS packet", LinkType.Docsis, false, "0000004b00000200000000530200000000100800", "")]
    [InlineData("DOCSIS packet with an extended header", LinkType.Docsis, false, "0104004f0000000000000200000000530200000000100800", "")]
    [InlineData("DOCSIS isolation packet", LinkType.Docsis, false, "8000004b00000200000000530200000000100800", "")]
    [InlineData("PPP after a direction byte", LinkType.PppWithDirection, false, "01ff030021", "")]
    [InlineData("Cisco HDLC after a direction byte", LinkType.CiscoHdlcWithDirection, false, "010f000800", "")]
    [InlineData("ipnet, IPv4", LinkType.IpNet, false, "010200020000003d00000000000000000000000000000000", "")]
    [InlineData("ipnet, IPv6", LinkType.IpNet, true, "011a00020000005100000000000000000000000000000000", "")]
    [InlineData(
        "IP over InfiniBand", LinkType.IpOverInfiniBand, false,
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000008000000",
        "")]
    [InlineData("netANALYZER", LinkType.NetAnalyzer, false, "000000000200000000530200000000100800", "deadbeef")]
    [InlineData(
        "netANALYZER with preamble", LinkType.NetAnalyzerTransparent, false,
        "0000000055555555555555d50200000000530200000000100800",
        "deadbeef")]
    [InlineData("EPON", LinkType.Epon, false, "5555d5555500001a0200000000530200000000100800", "")]
    [InlineData("mPacket, express", LinkType.EthernetMPacket, false, "55555555555555d50200000000530200000000100800", "deadbeef")]
    [InlineData("mPacket, preemptable", LinkType.EthernetMPacket, false, "55555555555555e60200000000530200000000100800", "deadbeef")]
    [InlineData("Broadcom's tag after the addresses", LinkType.DsaBroadcom, false, "020000000053020000000010200000010800", "")]
    [InlineData("Broadcom's tag before the frame", LinkType.DsaBroadcomPrepended, false, "200000010200000000530200000000100800", "")]
    [InlineData("Marvell's DSA tag", LinkType.Dsa, false, "020000000053020000000010c01800000800", "")]
    [InlineData("Marvell's EDSA tag", LinkType.DsaEtherType, false, "020000000053020000000010dada0000c01800000800", "")]
    [InlineData("ERF, Ethernet", LinkType.Erf, false, "0000000000f15365020400610000004f00000200000000530200000000100800", "deadbeef")]
    [InlineData("ERF, HDLC", LinkType.Erf, false, "0000000000f1536501040055000000450f000800", "deadbeef")]
    [InlineData("ERF, IPv4", LinkType.Erf, false, "0000000000f153651604004d0000003d", "")]
    [InlineData(
        "ERF, Ethernet after an extension header", LinkType.Erf, false,
        "0000000000f15365820400650000004b040000000000000000000200000000530200000000100800",
        "")]
    [InlineData("exported PDU, ip", LinkType.UpperPdu, false, "000c00046970000000000000", "")]
    [InlineData(
        "exported PDU, eth_withoutfcs", LinkType.UpperPdu, false,
        "000c00106574685f776974686f75746663730000000000000200000000530200000000100800",
        "")]
    [InlineData(
        "PKTAP under USER2", LinkType.User2, false,
        "6c000000010000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000200000000530200000000100800",
        "")]
    [InlineData("Juniper, Ethernet", LinkType.JuniperEthernet, false, "4d4743000200000000530200000000100800", "")]
    [InlineData("Juniper, Ethernet after extensions", LinkType.JuniperEthernet, false, "4d47438000060301040401010200000000530200000000100800", "")]
    [InlineData("Juniper, IPv4 without link header", LinkType.JuniperEthernet, false, "4d47430202000000", "")]
    [InlineData("Juniper, IPv6 without link header", LinkType.JuniperEthernet, true, "4d47430206000000", "")]
    [InlineData("Juniper, PPP", LinkType.JuniperPpp, false, "4d474300ff030021", "")]
    [InlineData("Juniper, Cisco HDLC", LinkType.JuniperCiscoHdlc, false, "4d4743000f000800", "")]
    [InlineData("Juniper, frame relay", LinkType.JuniperFrameRelay, false, "4d474300184103cc", "")]
    [InlineData("Juniper, ATM1, a cookie of 4 bytes", LinkType.JuniperAtm1, false, "4d47430000000021aaaa030000000800", "")]
    [InlineData("Juniper, ATM2, a cookie of 8 bytes", LinkType.JuniperAtm2, false, "4d4743000000000000000021aaaa030000000800", "")]
    [InlineData("Juniper, PPPoE", LinkType.JuniperPppoe, false, "4d474300020000000053020000000010886411000001003f0021", "")]
    [InlineData("Juniper, MLPPP, a cookie of 4 bytes", LinkType.JuniperMultilinkPpp, false, "4d474300000000010021", "")]
    [InlineData("Juniper, services", LinkType.JuniperServices, false, "4d47430000000001", "")]
    [InlineData("Juniper, monitoring", LinkType.JuniperMonitor, false, "4d474300", "")]
    [InlineData("IPv6 under the link type of IPv4", LinkType.Ipv4, true, "", "")]
    [InlineData("IPv4 under the link type of IPv6", LinkType.Ipv6, false, "", "")]
    [InlineData(
        "Symantec, version 2", LinkType.SymantecFirewall, false,
        "0000000000000800000000000000000000000000000000000000000000000000000000000000000000000000",
        "")]
    [InlineData(
        "Symantec, version 3", LinkType.SymantecFirewall, false,
        "0000000000000000000000000000000000000000080000000000000000000000000000000000000000000000000000000000000000000000",
        "")]
    [InlineData("TZSP as link type", LinkType.Tzsp, false, "01000001010200000000530200000000100800", "")]
    [InlineData("PPP with an EtherType", LinkType.Ppp, false, "ff030800", "")]
    [InlineData("cooked, Ethernet", LinkType.LinuxSll, false, "000000010006020000000010000000030200000000530200000000100800", "")]
    [InlineData("cooked, two tags as Linux shows them", LinkType.LinuxSll, false, "000300010006020000000010000088a8 00060800 00050800", "")]
    [InlineData("cooked, two tags as Linux shows them, IPv6", LinkType.LinuxSll2, true, "8100000000000002000100060000000000000000 000686dd 000586dd", "")]
    [InlineData("cooked, PPP", LinkType.LinuxSll, false, "00000200000602000000001000000007ff030021", "")]
    [InlineData("Juniper, MPLS without link header", LinkType.JuniperEthernet, false, "4d4743020500000000064140", "")]
    [InlineData("Juniper, protocol 3", LinkType.JuniperEthernet, false, "4d47430203000000", "")]
    [InlineData("Juniper, Ethernet without link header", LinkType.JuniperEthernet, false, "4d474302cc0000000200000000530200000000100800", "")]
    public void Finds_the_query_after_the_header_of_a_link_type(string about, LinkType linkType, bool isIpv6, string before, string after) =>
        EncapsulatedQuery.AssertIsFound(about, linkType, isIpv6, before, after);

    [Theory]
    [InlineData("AX.25, a frame without information", LinkType.Ax25, "a6a8a04040406086a28262a6a66101cc", NotSelectedReason.OtherProtocol)]
    [InlineData("ARCNET, a fragment that is not the first", LinkType.Arcnet, "0102d4020001", NotSelectedReason.OtherProtocol)]
    [InlineData("ARCNET, ARP of RFC 1051", LinkType.ArcnetLinux, "01020000f1", NotSelectedReason.OtherProtocol)]
    [InlineData("DOCSIS, a management message", LinkType.Docsis, "c20000400000", NotSelectedReason.OtherProtocol)]
    [InlineData("frame relay, link management", LinkType.FrameRelay, "00010308", NotSelectedReason.OtherProtocol)]
    [InlineData("SunATM, signalling", LinkType.SunAtm, "06000005", NotSelectedReason.OtherProtocol)]
    [InlineData("mPacket, a continuation", LinkType.EthernetMPacket, "5555555555556100", NotSelectedReason.OtherProtocol)]
    [InlineData("exported PDU of another protocol", LinkType.UpperPdu, "000c0004736970000000 0000", NotSelectedReason.OtherProtocol)]
    [InlineData("NULL, family 7", LinkType.Null, "07000000", NotSelectedReason.OtherProtocol)]
    public void Passes_over_what_carries_no_packet(string about, LinkType linkType, string before, NotSelectedReason expected)
    {
        var (payloads, decoder) = Decoding.Run([EncapsulatedQuery.Packet(linkType, isIpv6: false, before, "")]);

        Assert.Empty(payloads);
        Assert.True(decoder.Counters.Count(expected) == 1, about);
    }

    [Theory]
    [InlineData("DOCSIS, privacy on", LinkType.Docsis, "01060051 44808000 0000 0000", UndecodableReason.Encrypted)]
    [InlineData("a private link type", LinkType.User2, "45000000", UndecodableReason.UnknownLinkType)]
    [InlineData("Juniper without its magic number", LinkType.JuniperEthernet, "4d474400", UndecodableReason.BadVersion)]
    [InlineData("Prism, a length less than its header", LinkType.Ieee80211Prism, "4400000004000000", UndecodableReason.BadLength)]
    public void Refuses_what_it_cannot_read(string about, LinkType linkType, string before, UndecodableReason expected)
    {
        var (payloads, decoder) = Decoding.Run([EncapsulatedQuery.Packet(linkType, isIpv6: false, before, "")]);

        Assert.Empty(payloads);
        Assert.True(decoder.Counters.Count(expected) == 1, about);
    }
}
