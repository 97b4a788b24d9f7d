namespace WireDns.Alerts;

/// <summary>A host of a lookup.</summary>
/// <param name="Address">IPv4 or IPv6 address as text (RFC 5952).</param>
/// <param name="Port">UDP or TCP port.</param>
public sealed record AlertEndpoint(string Address, int Port);
