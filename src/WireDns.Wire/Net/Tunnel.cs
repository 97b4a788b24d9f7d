namespace WireDns.Wire.Net;

/// <summary>An encapsulation around the payload's IP header, and its identifier (VNI, tunnel id, key, session) where it has one, else 0.</summary>
public readonly record struct Tunnel(TunnelKind Kind, uint Id);
