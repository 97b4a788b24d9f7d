namespace WireDns.TestTraffic.Generation;

/// <summary>The ways a DNS message travels in a capture.</summary>
internal enum Delivery
{
    /// <summary>A UDP datagram in one packet.</summary>
    Udp,

    /// <summary>A TCP stream.</summary>
    Tcp,

    /// <summary>A UDP datagram in IPv4 fragments.</summary>
    FragmentedIpv4,

    /// <summary>A UDP datagram in IPv6 fragments.</summary>
    FragmentedIpv6,
}
