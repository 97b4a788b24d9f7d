namespace WireDns.Wire.Dns;

/// <summary>Keys of SVCB and HTTPS parameters (IANA "DNS SVCB Service Parameter Keys"); any 16-bit value may occur.</summary>
public enum DnsServiceParameterKey : ushort
{
    /// <summary>The keys that a client must understand (RFC 9460 §8).</summary>
    Mandatory = 0,

    /// <summary>Application protocols beside the default (RFC 9460 §7.1).</summary>
    Alpn = 1,

    /// <summary>The default protocol is not offered; the value is empty (RFC 9460 §7.1).</summary>
    NoDefaultAlpn = 2,

    /// <summary>The port, 16 bits (RFC 9460 §7.2).</summary>
    Port = 3,

    /// <summary>IPv4 addresses of the target (RFC 9460 §7.3).</summary>
    Ipv4Hint = 4,

    /// <summary>The configuration of TLS Encrypted ClientHello (RFC 9848).</summary>
    Ech = 5,

    /// <summary>IPv6 addresses of the target (RFC 9460 §7.3).</summary>
    Ipv6Hint = 6,

    /// <summary>The URI template of DNS over HTTPS (RFC 9461 §5).</summary>
    DohPath = 7,

    /// <summary>The target is reached through Oblivious HTTP; the value is empty (RFC 9540 §4).</summary>
    Ohttp = 8,

    /// <summary>The TLS groups that the server supports, 16 bits each.</summary>
    TlsSupportedGroups = 9,
}
