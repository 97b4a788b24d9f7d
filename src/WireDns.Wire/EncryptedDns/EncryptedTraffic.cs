using WireDns.Wire.Net;

namespace WireDns.Wire.EncryptedDns;

/// <summary>Encrypted DNS of one client: all that can be known is that it was there.</summary>
/// <param name="Client">The address that is not the server's.</param>
/// <param name="Kind">How it was carried.</param>
/// <param name="Packets">Packets in both directions.</param>
/// <param name="Connections">Connections that were opened (TCP handshakes begun by the client; 0 for UDP).</param>
public readonly record struct EncryptedTraffic(NetAddress Client, EncryptedDnsKind Kind, long Packets, long Connections);

/// <summary>How encrypted DNS is carried.</summary>
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
