using WireDns.Wire.Net;

namespace WireDns.Wire.EncryptedDns;

/// <summary>Encrypted DNS of one client: that it was there is all that can be known.</summary>
/// <param name="Client">The address that is not the server's.</param>
/// <param name="Kind">How it was carried.</param>
/// <param name="Packets">Packets in both directions.</param>
/// <param name="Connections">Connections that were opened (TCP handshakes begun by the client; 0 for UDP).</param>
public readonly record struct EncryptedTraffic(NetAddress Client, EncryptedDnsKind Kind, long Packets, long Connections);
