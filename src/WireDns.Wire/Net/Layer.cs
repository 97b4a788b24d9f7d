namespace WireDns.Wire.Net;

/// <summary>What the next bytes of a packet are: each layer's answer to "what do you carry?".</summary>
internal enum Layer : byte
{
    /// <summary>Nothing that leads to UDP or TCP.</summary>
    Other,

    /// <summary>A captured frame of the link type given with it.</summary>
    Link,

    /// <summary>An Ethernet frame.</summary>
    Ethernet,

    /// <summary>What the EtherType given with it says.</summary>
    EtherType,

    /// <summary>An IEEE 802.2 LLC header.</summary>
    Llc,

    /// <summary>A PPP protocol field, perhaps after HDLC address and control.</summary>
    Ppp,

    /// <summary>A PPPoE session header.</summary>
    PppoeSession,

    /// <summary>A frame relay header.</summary>
    FrameRelay,

    /// <summary>An MPLS label stack.</summary>
    Mpls,

    /// <summary>An IEEE 802.11 frame.</summary>
    Ieee80211,

    /// <summary>The same, with its header padded to a multiple of 4 bytes.</summary>
    PaddedIeee80211,

    /// <summary>A network service header (RFC 8300).</summary>
    Nsh,

    /// <summary>IP of the version that its first nibble says.</summary>
    Ip,

    /// <summary>IPv4.</summary>
    Ipv4,

    /// <summary>IPv6.</summary>
    Ipv6,

    /// <summary>What the IP protocol number given with it says.</summary>
    IpProtocol,

    /// <summary>A message that a program exported without its packet.</summary>
    ExportedMessage,
}
