using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;

namespace WireDns.Wire.Net.Decoding;

/// <summary>
/// Everything that the decoder follows between the link layer and a UDP or TCP header, by the numbers that announce it: what a
/// capture filter must let through so that a live interface shows what a file does. A test holds the lists and the decoders
/// together.
/// </summary>
public static class Encapsulations
{
    private static readonly ushort[] DefaultUdpPorts = [.. UdpTunnelPort.Defaults.Select(entry => entry.Port)];

    /// <summary>EtherTypes of tags and of headers that lead to IP or to another frame, without those of IP and of VLAN tags.</summary>
    public static ReadOnlySpan<ushort> EtherTypes =>
    [
        EtherType.Batman, EtherType.Trill, EtherType.TransparentEthernetBridging, EtherType.RawFrameRelay, EtherType.GrePpp, EtherType.Mpls,
        EtherType.MplsMulticast, EtherType.PppoeSession, EtherType.JumboLlc, EtherType.ExtendedOrganisation, EtherType.MacSec,
        EtherType.ProviderBackbone, EtherType.FabricPath, EtherType.CiscoMetadata, EtherType.VnTag, EtherType.HighAvailabilityRing,
        EtherType.BridgePortTag, EtherType.NetworkServiceHeader, EtherType.AristaTimestamp, EtherType.DistributedSwitchTag,
        EtherType.RedundancyTag,
    ];

    /// <summary>EtherTypes of VLAN tags: those of today's standards, and those that vendors used before them.</summary>
    public static ReadOnlySpan<ushort> VlanEtherTypes =>
    [
        EtherType.Vlan, EtherType.ProviderVlan, EtherType.OldProviderVlan9100, EtherType.OldProviderVlan9200, EtherType.OldProviderVlan9300,
    ];

    /// <summary>Protocol numbers of tunnels that IPv4 and IPv6 carry, and of the authentication header, which either may have.</summary>
    public static ReadOnlySpan<byte> IpProtocols =>
    [
        IpProtocol.Ipv4, IpProtocol.Ipv6, IpProtocol.Gre, IpProtocol.AuthenticationHeader, IpProtocol.IpIp, IpProtocol.EtherIp,
        IpProtocol.L2tp, IpProtocol.Mpls, IpProtocol.Ethernet,
    ];

    /// <summary>Numbers of the IPv6 extension headers, the fragment header included.</summary>
    public static ReadOnlySpan<byte> Ipv6ExtensionHeaders =>
    [
        IpProtocol.HopByHopOptions, IpProtocol.Routing, IpProtocol.Fragment, IpProtocol.DestinationOptions, IpProtocol.Mobility,
        IpProtocol.HostIdentity, IpProtocol.Shim6,
    ];

    /// <summary>UDP ports of <see cref="UdpTunnelPort.Defaults"/>, as either port of a datagram.</summary>
    public static ReadOnlySpan<ushort> UdpPorts => DefaultUdpPorts;
}
