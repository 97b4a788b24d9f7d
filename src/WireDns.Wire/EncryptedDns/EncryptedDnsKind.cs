namespace WireDns.Wire.EncryptedDns;

/// <summary>How DNS is carried where it cannot be read.</summary>
public enum EncryptedDnsKind
{
    /// <summary>DNS over TLS: TCP on a port of encrypted DNS (RFC 7858).</summary>
    DnsOverTls,

    /// <summary>DNS over QUIC: UDP on a port of encrypted DNS (RFC 9250).</summary>
    DnsOverQuic,

    /// <summary>DNS over HTTPS: TCP 443 of a known resolver (RFC 8484).</summary>
    DnsOverHttps,

    /// <summary>DNS over HTTP/3: UDP 443 of a known resolver.</summary>
    DnsOverHttp3,
}
