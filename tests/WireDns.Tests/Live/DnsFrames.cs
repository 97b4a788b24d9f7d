namespace WireDns.Tests.Live;

/// <summary>Packets with a DNS message over UDP, for what no client here sends on its own.</summary>
internal static class DnsFrames
{
    /// <summary>A query from 192.0.2.11 to 192.0.2.53, or the response to it.</summary>
    public static byte[] Ipv4(string name, ushort id, bool isResponse = false) => isResponse
        ? Layers.Ipv4(Layers.Udp(DnsBytes.Response(name, id), 53, 40_000), source: "192.0.2.53", destination: "192.0.2.11")
        : Layers.Ipv4(Layers.Udp(DnsBytes.Query(name, id)), source: "192.0.2.11", destination: "192.0.2.53");

    /// <summary>A query from 2001:db8:20::11 to 2001:db8:20::53.</summary>
    public static byte[] Ipv6(string name, ushort id) =>
        Layers.Ipv6(Layers.Udp(DnsBytes.Query(name, id)), source: "2001:db8:20::11", destination: "2001:db8:20::53");
}
