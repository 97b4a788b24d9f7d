using System.Collections.Immutable;
using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;

namespace WireDns.Wire.Net.Decoding;

/// <summary>
/// The numbers that <see cref="PacketDecoder"/> follows towards UDP and TCP, for what has to let the same packets through, such as a kernel
/// filter. The UDP ports of tunnels are <see cref="UdpTunnelPort.Defaults"/>.
/// </summary>
public static class FollowedProtocols
{
    /// <summary>EtherTypes whose payload is followed, VLAN tags among them; those that occur only within GRE included.</summary>
    public static ImmutableArray<ushort> EtherTypes { get; } =
    [
        EtherType.Ipv4, EtherType.Ipv6,
        EtherType.Vlan, EtherType.ProviderVlan, EtherType.OldProviderVlan9100, EtherType.OldProviderVlan9200, EtherType.OldProviderVlan9300,
        EtherType.Mpls, EtherType.MplsMulticast, EtherType.PppoeSession, EtherType.NetworkServiceHeader, EtherType.TransparentEthernetBridging,
        EtherType.GrePpp, EtherType.RawFrameRelay, EtherType.JumboLlc, EtherType.VnTag, EtherType.HighAvailabilityRing,
        EtherType.RedundancyTag, EtherType.BridgePortTag, EtherType.DistributedSwitchTag, EtherType.AristaTimestamp,
        EtherType.ExtendedOrganisation, EtherType.FabricPath, EtherType.Batman, EtherType.Trill, EtherType.CiscoMetadata,
        EtherType.ProviderBackbone, EtherType.MacSec,
    ];

    /// <summary>The <see cref="EtherTypes"/> that announce a VLAN tag, by today's standards or by what vendors used before them.</summary>
    public static ImmutableArray<ushort> VlanEtherTypes { get; } = [.. EtherTypes.Where(EtherType.IsVlan)];

    /// <summary>
    /// IP protocols whose payload is followed: UDP, TCP, tunnels, and headers before them, of which those of IPv6 alone occur there only.
    /// </summary>
    public static ImmutableArray<byte> IpProtocols { get; } =
    [
        IpProtocol.Udp, IpProtocol.Tcp, IpProtocol.Ipv4, IpProtocol.Ipv6, IpProtocol.Gre, IpProtocol.IpIp, IpProtocol.EtherIp, IpProtocol.L2tp,
        IpProtocol.Mpls, IpProtocol.Ethernet, IpProtocol.AuthenticationHeader, IpProtocol.HopByHopOptions, IpProtocol.Routing,
        IpProtocol.Fragment, IpProtocol.DestinationOptions, IpProtocol.Mobility, IpProtocol.HostIdentity, IpProtocol.Shim6,
    ];
}
