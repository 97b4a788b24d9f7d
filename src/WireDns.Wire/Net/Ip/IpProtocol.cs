namespace WireDns.Wire.Net.Ip;

/// <summary>The IP protocol numbers that the decoder follows (IANA registry).</summary>
internal static class IpProtocol
{
    public const byte HopByHopOptions = 0;
    public const byte Ipv4 = 4;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Ipv6 = 41;
    public const byte Routing = 43;
    public const byte Fragment = 44;
    public const byte Gre = 47;
    public const byte EncapsulatingSecurityPayload = 50;
    public const byte AuthenticationHeader = 51;
    public const byte DestinationOptions = 60;
    public const byte IpIp = 94;
    public const byte EtherIp = 97;
    public const byte L2tp = 115;
    public const byte Mobility = 135;
    public const byte Mpls = 137;
    public const byte HostIdentity = 139;
    public const byte Shim6 = 140;
    public const byte Ethernet = 143;
}
