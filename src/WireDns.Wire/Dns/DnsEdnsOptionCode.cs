namespace WireDns.Wire.Dns;

/// <summary>What an EDNS option is: IANA "DNS EDNS0 Option Codes". Sixteen bits; values without a member may occur.</summary>
public enum DnsEdnsOptionCode : ushort
{
    /// <summary>Long-lived query (RFC 8764).</summary>
    Llq = 1,

    /// <summary>Lease of an update (RFC 9664).</summary>
    UpdateLease = 2,

    /// <summary>Name server identifier (RFC 5001).</summary>
    Nsid = 3,

    /// <summary>DNSSEC algorithms understood (RFC 6975).</summary>
    Dau = 5,

    /// <summary>DS hash algorithms understood (RFC 6975).</summary>
    Dhu = 6,

    /// <summary>NSEC3 hash algorithms understood (RFC 6975).</summary>
    N3u = 7,

    /// <summary>The client's subnet (RFC 7871).</summary>
    ClientSubnet = 8,

    /// <summary>Seconds until a secondary's zone expires (RFC 7314).</summary>
    Expire = 9,

    /// <summary>Cookies of client and server (RFC 7873).</summary>
    Cookie = 10,

    /// <summary>Idle timeout of a TCP session (RFC 7828).</summary>
    TcpKeepalive = 11,

    /// <summary>Padding (RFC 7830).</summary>
    Padding = 12,

    /// <summary>Closest trust point for a chain query (RFC 7901).</summary>
    Chain = 13,

    /// <summary>Tags of trust anchors (RFC 8145).</summary>
    KeyTag = 14,

    /// <summary>Extended DNS error (RFC 8914).</summary>
    ExtendedError = 15,

    /// <summary>Tag set by a client.</summary>
    ClientTag = 16,

    /// <summary>Tag set by a server.</summary>
    ServerTag = 17,

    /// <summary>Agent domain for error reports (RFC 9567).</summary>
    ReportChannel = 18,

    /// <summary>Version of the zone (RFC 9660).</summary>
    ZoneVersion = 19,

    /// <summary>Identity of a Cisco Umbrella client.</summary>
    UmbrellaIdent = 20292,

    /// <summary>Device identifier of Cisco Umbrella.</summary>
    DeviceId = 26946,
}
