using System.Net;

namespace WireDns.Alerts.Privacy;

/// <summary>
/// Which addresses are those of clients, and what is written in place of one. The only place that decides either. Immutable, thread-safe.
/// </summary>
/// <remarks>
/// An address is a client's if it asked (the client of a lookup) or lies in one of the networks of clients, whatever its role. The user's resolvers are not clients.
/// </remarks>
public sealed class ClientAddresses
{
    private readonly AddressPseudonyms? _pseudonyms;
    private readonly int _ipv4Bits;
    private readonly int _ipv6Bits;
    private readonly IReadOnlyList<IPNetwork> _networks;
    private readonly IReadOnlyList<IPNetwork> _resolvers;

    private ClientAddresses(AddressPseudonyms? pseudonyms, int ipv4Bits, int ipv6Bits, IReadOnlyList<IPNetwork>? networks, IReadOnlyList<IPNetwork>? resolvers)
    {
        (_pseudonyms, _ipv4Bits, _ipv6Bits) = (pseudonyms, ipv4Bits, ipv6Bits);
        (_networks, _resolvers) = (networks ?? PrivateNetworks, resolvers ?? []);
    }

    /// <summary>
    /// The networks that only clients and servers of the user's own have: RFC 1918, RFC 6598 (shared), RFC 3927 and RFC 4291 (link-local), RFC 4193 (unique local).
    /// </summary>
    public static IReadOnlyList<IPNetwork> PrivateNetworks { get; } =
    [
        .. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fe80::/10", "fc00::/7" }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>Addresses are cut: all bits after a prefix are 0.</summary>
    /// <param name="ipv4Bits">Length of the prefix of IPv4 addresses, 0 to 32.</param>
    /// <param name="ipv6Bits">Length of the prefix of IPv6 addresses, 0 to 128.</param>
    /// <param name="networks">The networks of clients. Default: <see cref="PrivateNetworks"/>.</param>
    /// <param name="resolvers">The user's resolvers, which are written as they are. Default: none.</param>
    public static ClientAddresses Cut(int ipv4Bits, int ipv6Bits, IReadOnlyList<IPNetwork>? networks = null, IReadOnlyList<IPNetwork>? resolvers = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)ipv4Bits, 32u);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)ipv6Bits, 128u);
        return new ClientAddresses(null, ipv4Bits, ipv6Bits, networks, resolvers);
    }

    /// <summary>Addresses are replaced by pseudonyms under a key, which keep prefixes.</summary>
    /// <param name="pseudonyms">The pseudonyms.</param>
    /// <param name="networks">The networks of clients. Default: <see cref="PrivateNetworks"/>.</param>
    /// <param name="resolvers">The user's resolvers, which are written as they are. Default: none.</param>
    public static ClientAddresses Replace(AddressPseudonyms pseudonyms, IReadOnlyList<IPNetwork>? networks = null, IReadOnlyList<IPNetwork>? resolvers = null)
    {
        ArgumentNullException.ThrowIfNull(pseudonyms);
        return new ClientAddresses(pseudonyms, 0, 0, networks, resolvers);
    }

    /// <summary>Whether an address of 4 or 16 octets is a client's.</summary>
    /// <param name="address">The address.</param>
    /// <param name="client">The client of the lookup at hand; empty if it is not known.</param>
    public bool IsClient(ReadOnlySpan<byte> address, ReadOnlySpan<byte> client)
    {
        var plain = Unmapped(address);
        if (plain.SequenceEqual(Unmapped(client)))
        {
            return !plain.IsEmpty && !IsResolver(plain);
        }

        var given = new IPAddress(plain);
        return _networks.Any(network => network.Contains(given)) && !_resolvers.Any(network => network.Contains(given));
    }

    /// <summary>Writes what stands for a client's address over it; leaves a resolver's.</summary>
    public void Hide(Span<byte> address)
    {
        // An IPv4 address in an IPv6 one (RFC 4291 §2.5.5.2) stays one.
        var plain = address[(address.Length - Unmapped(address).Length)..];
        if (plain.IsEmpty || IsResolver(plain))
        {
            return;
        }

        if (_pseudonyms is not null)
        {
            _pseudonyms.Replace(plain);
            return;
        }

        for (var bit = plain.Length == 4 ? _ipv4Bits : _ipv6Bits; bit < plain.Length * 8; bit++)
        {
            plain[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }
    }

    private bool IsResolver(ReadOnlySpan<byte> address)
    {
        if (_resolvers.Count == 0)
        {
            return false;
        }

        var given = new IPAddress(address);
        return _resolvers.Any(network => network.Contains(given));
    }

    private static ReadOnlySpan<byte> Unmapped(ReadOnlySpan<byte> address) =>
        address.Length == 16 && address[..12].SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) ? address[12..] : address;
}
