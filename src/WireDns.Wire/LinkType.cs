namespace WireDns.Wire;

/// <summary>
/// What a packet starts with: the LINKTYPE_ values of the tcpdump group (https://www.tcpdump.org/linktypes.html), which capture files
/// carry. Any value may occur; packets of one that no decoder knows are counted as such.
/// </summary>
public enum LinkType
{
    /// <summary>No packet, but a block of a file that is too short for the fields of its type. Negative numbers are in no file.</summary>
    BlockTooShort = -4,

    /// <summary>No packet, but a block of a file whose captured length reaches past its end.</summary>
    LengthBeyondBlock = -3,

    /// <summary>No packet, but a block of a file that names an interface which the file has not described.</summary>
    UnknownInterface = -2,

    /// <summary>BSD loopback: a protocol family in the capturing host's byte order.</summary>
    Null = 0,

    /// <summary>IEEE 802.3 Ethernet.</summary>
    Ethernet = 1,

    /// <summary>AX.25, as amateur packet radio uses it.</summary>
    Ax25 = 3,

    /// <summary>IEEE 802.5 token ring.</summary>
    TokenRing = 6,

    /// <summary>ARCNET with BSD's header.</summary>
    Arcnet = 7,

    /// <summary>SLIP after the 16 bytes that BSD's driver puts before it.</summary>
    Slip = 8,

    /// <summary>PPP, with or without HDLC address and control.</summary>
    Ppp = 9,

    /// <summary>FDDI.</summary>
    Fddi = 10,

    /// <summary>Raw IP as some BSDs number it.</summary>
    RawBsd = 12,

    /// <summary>Raw IP as OpenBSD numbers it.</summary>
    RawOpenBsd = 14,

    /// <summary>PPP in HDLC-like framing (RFC 1662).</summary>
    PppHdlc = 50,

    /// <summary>PPP over Ethernet, from the PPPoE header on (RFC 2516).</summary>
    PppEther = 51,

    /// <summary>Symantec's enterprise firewall.</summary>
    SymantecFirewall = 99,

    /// <summary>LLC over ATM (RFC 1483, 2684).</summary>
    AtmRfc1483 = 100,

    /// <summary>Raw IP; the version nibble tells IPv4 from IPv6.</summary>
    Raw = 101,

    /// <summary>Cisco HDLC.</summary>
    CiscoHdlc = 104,

    /// <summary>IEEE 802.11 without a capture header.</summary>
    Ieee80211 = 105,

    /// <summary>Classical IP over ATM of Linux: raw IP.</summary>
    AtmClip = 106,

    /// <summary>Frame relay (RFC 2427).</summary>
    FrameRelay = 107,

    /// <summary>OpenBSD loopback: a protocol family in network byte order.</summary>
    Loop = 108,

    /// <summary>OpenBSD IPsec encapsulation interface.</summary>
    Enc = 109,

    /// <summary>Linux cooked capture, version 1.</summary>
    LinuxSll = 113,

    /// <summary>OpenBSD packet filter log.</summary>
    PfLog = 117,

    /// <summary>IEEE 802.11 after a Prism header.</summary>
    Ieee80211Prism = 119,

    /// <summary>IP over Fibre Channel (RFC 2625).</summary>
    IpOverFibreChannel = 122,

    /// <summary>ATM as SunATM delivers it: LLC or LANE after 4 bytes.</summary>
    SunAtm = 123,

    /// <summary>IEEE 802.11 after a radiotap header.</summary>
    Ieee80211Radiotap = 127,

    /// <summary>TaZmen Sniffer Protocol, from its header on.</summary>
    Tzsp = 128,

    /// <summary>ARCNET with Linux's header.</summary>
    ArcnetLinux = 129,

    /// <summary>Juniper: multilink PPP.</summary>
    JuniperMultilinkPpp = 130,

    /// <summary>Juniper: multilink frame relay.</summary>
    JuniperMultilinkFrameRelay = 131,

    /// <summary>Juniper: encryption services.</summary>
    JuniperEs = 132,

    /// <summary>Juniper: GGSN.</summary>
    JuniperGgsn = 133,

    /// <summary>Juniper: multilink frame relay, FRF.16.</summary>
    JuniperMfr = 134,

    /// <summary>Juniper: ATM, second generation.</summary>
    JuniperAtm2 = 135,

    /// <summary>Juniper: services.</summary>
    JuniperServices = 136,

    /// <summary>Juniper: ATM, first generation.</summary>
    JuniperAtm1 = 137,

    /// <summary>Apple's IP over IEEE 1394.</summary>
    AppleIpOverIeee1394 = 138,

    /// <summary>DOCSIS frames of a cable network.</summary>
    Docsis = 143,

    /// <summary>Private use; Apple's systems wrote <see cref="PkTap"/> under it.</summary>
    User2 = 149,

    /// <summary>IEEE 802.11 after an AVS header.</summary>
    Ieee80211Avs = 163,

    /// <summary>Juniper: passive monitoring.</summary>
    JuniperMonitor = 164,

    /// <summary>PPP as Linux's pppd sees it, after a direction byte.</summary>
    PppPppd = 166,

    /// <summary>Juniper: PPPoE.</summary>
    JuniperPppoe = 167,

    /// <summary>Juniper: PPPoE over ATM.</summary>
    JuniperPppoeAtm = 168,

    /// <summary>Juniper: services between two PICs.</summary>
    JuniperPicPeer = 174,

    /// <summary>Juniper: Ethernet.</summary>
    JuniperEthernet = 178,

    /// <summary>Juniper: PPP.</summary>
    JuniperPpp = 179,

    /// <summary>Juniper: frame relay.</summary>
    JuniperFrameRelay = 180,

    /// <summary>Juniper: Cisco HDLC.</summary>
    JuniperCiscoHdlc = 181,

    /// <summary>Juniper: virtual ports.</summary>
    JuniperVp = 183,

    /// <summary>Per-packet information (PPI) header.</summary>
    Ppi = 192,

    /// <summary>Juniper: integrated services module.</summary>
    JuniperIsm = 194,

    /// <summary>Endace's extensible record format: a record in each packet.</summary>
    Erf = 197,

    /// <summary>Juniper: services tunnel.</summary>
    JuniperSt = 200,

    /// <summary>AX.25 after a KISS byte.</summary>
    Ax25Kiss = 202,

    /// <summary>PPP after a direction byte.</summary>
    PppWithDirection = 204,

    /// <summary>Cisco HDLC after a direction byte.</summary>
    CiscoHdlcWithDirection = 205,

    /// <summary>Frame relay after a direction byte.</summary>
    FrameRelayWithDirection = 206,

    /// <summary>MPLS label stack.</summary>
    Mpls = 219,

    /// <summary>Solaris's ipnet devices.</summary>
    IpNet = 226,

    /// <summary>Raw IPv4.</summary>
    Ipv4 = 228,

    /// <summary>Raw IPv6.</summary>
    Ipv6 = 229,

    /// <summary>Juniper: virtual server.</summary>
    JuniperVs = 232,

    /// <summary>Juniper: SRX end to end.</summary>
    JuniperSrxE2E = 233,

    /// <summary>Juniper: ATM, circuit emulation.</summary>
    JuniperAtmCemic = 238,

    /// <summary>Linux netfilter log.</summary>
    NfLog = 239,

    /// <summary>Ethernet after the 4 bytes of Hilscher's netANALYZER.</summary>
    NetAnalyzer = 240,

    /// <summary>The same, with the frame's preamble.</summary>
    NetAnalyzerTransparent = 241,

    /// <summary>IP over InfiniBand.</summary>
    IpOverInfiniBand = 242,

    /// <summary>What Wireshark exported: tags that name a protocol, and its bytes.</summary>
    UpperPdu = 252,

    /// <summary>Apple's per-packet header with the link type of what follows.</summary>
    PkTap = 258,

    /// <summary>Ethernet of a passive optical network, with its preamble.</summary>
    Epon = 259,

    /// <summary>Ethernet with preamble, express or preemptable (IEEE 802.3br).</summary>
    EthernetMPacket = 274,

    /// <summary>Linux cooked capture, version 2.</summary>
    LinuxSll2 = 276,

    /// <summary>Ethernet with a Broadcom switch tag after the addresses.</summary>
    DsaBroadcom = 281,

    /// <summary>Ethernet with a Broadcom switch tag before it.</summary>
    DsaBroadcomPrepended = 282,

    /// <summary>Ethernet with a Marvell DSA tag after the addresses.</summary>
    Dsa = 284,

    /// <summary>Ethernet with a Marvell EDSA tag after the addresses.</summary>
    DsaEtherType = 285,
}
