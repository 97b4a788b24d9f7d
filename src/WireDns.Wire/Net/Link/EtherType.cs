namespace WireDns.Wire.Net.Link;

/// <summary>The EtherTypes that the decoder follows (IEEE and IANA registries).</summary>
internal static class EtherType
{
    public const ushort Ipv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort Batman = 0x4305;
    public const ushort Trill = 0x22f3;
    public const ushort TransparentEthernetBridging = 0x6558;
    public const ushort RawFrameRelay = 0x6559;
    public const ushort Vlan = 0x8100;
    public const ushort Ipv6 = 0x86dd;
    public const ushort GrePpp = 0x880b;
    public const ushort GreWccp = 0x883e;
    public const ushort Mpls = 0x8847;
    public const ushort MplsMulticast = 0x8848;
    public const ushort PppoeSession = 0x8864;
    public const ushort JumboLlc = 0x8870;
    public const ushort ProviderVlan = 0x88a8;
    public const ushort ExtendedOrganisation = 0x88b7;
    public const ushort ErspanTypeOneOrTwo = 0x88be;
    public const ushort MacSec = 0x88e5;
    public const ushort ProviderBackbone = 0x88e7;
    public const ushort FabricPath = 0x8903;
    public const ushort CiscoMetadata = 0x8909;
    public const ushort VnTag = 0x8926;
    public const ushort HighAvailabilityRing = 0x892f;
    public const ushort BridgePortTag = 0x893f;
    public const ushort MellanoxMirror = 0x8949;
    public const ushort NetworkServiceHeader = 0x894f;
    public const ushort OldProviderVlan9100 = 0x9100;
    public const ushort OldProviderVlan9200 = 0x9200;
    public const ushort OldProviderVlan9300 = 0x9300;
    public const ushort AristaTimestamp = 0xd28b;
    public const ushort DistributedSwitchTag = 0xdada;
    public const ushort RedundancyTag = 0xf1c1;
    public const ushort ErspanTypeThree = 0x22eb;

    /// <summary>The lowest value that is a type; below it, the field is an IEEE 802.3 length.</summary>
    public const ushort Minimum = 0x0600;

    /// <summary>Whether the type announces a VLAN tag, by today's standards or by what vendors used before them.</summary>
    public static bool IsVlan(ushort type) =>
        type is Vlan or ProviderVlan or OldProviderVlan9100 or OldProviderVlan9200 or OldProviderVlan9300;
}
