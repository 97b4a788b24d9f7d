namespace WireDns.Wire;

/// <summary>
/// What a packet's first byte is the start of: the LINKTYPE_ values of the tcpdump group (https://www.tcpdump.org/linktypes.html), which
/// capture files carry. Any value may occur; those that no decoder knows are counted as such.
/// </summary>
public enum LinkType
{
    /// <summary>BSD loopback: a protocol family in the capturing host's byte order.</summary>
    Null = 0,

    /// <summary>IEEE 802.3 Ethernet.</summary>
    Ethernet = 1,

    /// <summary>IEEE 802.5 token ring.</summary>
    TokenRing = 6,

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

    /// <summary>LLC over ATM (RFC 1483, 2684).</summary>
    AtmRfc1483 = 100,

    /// <summary>Raw IP; the version nibble tells IPv4 from IPv6.</summary>
    Raw = 101,

    /// <summary>Cisco HDLC.</summary>
    CiscoHdlc = 104,

    /// <summary>IEEE 802.11 without a capture header.</summary>
    Ieee80211 = 105,

    /// <summary>OpenBSD loopback: a protocol family in network byte order.</summary>
    Loop = 108,

    /// <summary>OpenBSD IPsec encapsulation interface.</summary>
    Enc = 109,

    /// <summary>Linux cooked capture, version 1.</summary>
    LinuxSll = 113,

    /// <summary>OpenBSD packet filter log.</summary>
    PfLog = 117,

    /// <summary>IEEE 802.11 behind a radiotap header.</summary>
    Ieee80211Radiotap = 127,

    /// <summary>For private use; what Darwin wrote for <see cref="PkTap"/> before that had a value of its own.</summary>
    User2 = 149,

    /// <summary>PPP as Linux's pppd sees it, behind a direction byte.</summary>
    PppPppd = 166,

    /// <summary>Per-packet information (PPI) header.</summary>
    Ppi = 192,

    /// <summary>MPLS label stack.</summary>
    Mpls = 219,

    /// <summary>Raw IPv4.</summary>
    Ipv4 = 228,

    /// <summary>Raw IPv6.</summary>
    Ipv6 = 229,

    /// <summary>Linux netfilter log.</summary>
    NfLog = 239,

    /// <summary>Apple's per-packet header with the link type of what follows.</summary>
    PkTap = 258,

    /// <summary>Linux cooked capture, version 2.</summary>
    LinuxSll2 = 276,
}
