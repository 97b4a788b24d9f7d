using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using WireDns.Wire.EncryptedDns;

namespace WireDns.Wire.Net.Decoding;

/// <summary>The role of every port: a bit for "none at all", small enough to stay in the first-level cache, and the roles themselves.</summary>
internal sealed class PortTable
{
    private const int HttpsPort = 443;

    private readonly ulong[] _isOfInterest = new ulong[65_536 / 64];
    private readonly PortRoles[] _roles = new PortRoles[65_536];
    private readonly UdpTunnelKind[] _tunnels = new UdpTunnelKind[65_536];

    public PortTable(PacketDecoderOptions options)
    {
        foreach (var port in options.Ports)
        {
            Add(port, PortRoles.Selected);
        }

        foreach (var (port, kind) in options.TunnelPorts)
        {
            Add(port, PortRoles.Tunnel);
            _tunnels[port] = kind;
        }

        if (options.AnyPort is not null)
        {
            Array.Fill(_isOfInterest, ulong.MaxValue);
        }

        foreach (var port in options.EncryptedDnsPorts)
        {
            Add(port, PortRoles.EncryptedDns);
        }

        if (!options.EncryptedDnsResolvers.IsEmpty)
        {
            Add(HttpsPort, PortRoles.Https);
        }
    }

    /// <summary>The roles of a port.</summary>
    public PortRoles this[ushort port] => _roles[port];

    /// <summary>The tunnel that is read on a UDP port.</summary>
    public UdpTunnelKind TunnelOn(ushort port) => _tunnels[port];

    /// <summary>Whether the ports and addresses of a frame show that nothing in it is wanted. False is not certain.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="layout">Where its headers are.</param>
    /// <param name="ports">The source's in the higher half.</param>
    /// <param name="encryptedDns">Tells the resolvers' addresses from others.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOfNoInterest(ReadOnlySpan<byte> frame, PlainLayout layout, uint ports, EncryptedDnsWatch encryptedDns)
    {
        // The tables have an element for every port.
        var (source, destination) = (ports >> 16, (uint)(ushort)ports);
        ref var table = ref MemoryMarshal.GetArrayDataReference(_isOfInterest);
        return (((Unsafe.Add(ref table, source >> 6) >> (int)source) | (Unsafe.Add(ref table, destination >> 6) >> (int)destination)) & 1) == 0
            || (RolesOf(ports) == PortRoles.Https && !MayReachResolver(frame, layout, encryptedDns));
    }

    /// <summary>Whether payloads between these ports, the source's in the higher half, are selected.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSelected(uint ports) => (RolesOf(ports) & PortRoles.Selected) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PortRoles RolesOf(uint ports)
    {
        ref var roles = ref MemoryMarshal.GetArrayDataReference(_roles);
        return Unsafe.Add(ref roles, ports >> 16) | Unsafe.Add(ref roles, (uint)(ushort)ports);
    }

    private static bool MayReachResolver(ReadOnlySpan<byte> frame, PlainLayout layout, EncryptedDnsWatch encryptedDns)
    {
        var ip = frame[layout.IpOffset..layout.TransportOffset];
        return layout.IsIpv6
            ? encryptedDns.MayBeResolver(NetAddress.FromIpv6(ip[8..])) || encryptedDns.MayBeResolver(NetAddress.FromIpv6(ip[24..]))
            : encryptedDns.MayBeResolver(NetAddress.FromIpv4(ip[12..])) || encryptedDns.MayBeResolver(NetAddress.FromIpv4(ip[16..]));
    }

    private void Add(ushort port, PortRoles role)
    {
        _roles[port] |= role;
        _isOfInterest[port >> 6] |= 1UL << (port & 63);
    }
}
