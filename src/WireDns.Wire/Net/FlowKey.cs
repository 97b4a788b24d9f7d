namespace WireDns.Wire.Net;

/// <summary>What tells one TCP connection, or one datagram in fragments, from every other.</summary>
/// <param name="First">One end.</param>
/// <param name="Second">The other end.</param>
/// <param name="Selector">The two ports; or the identification and protocol of a fragment.</param>
/// <param name="Tunnels">A seeded hash of the tunnels around the packet: the same addresses in two tenants' networks are two flows.</param>
internal readonly record struct FlowKey(NetAddress First, NetAddress Second, ulong Selector, ulong Tunnels);
