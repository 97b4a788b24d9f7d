using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace WireDns.Sigma.Rules;

/// <summary>
/// An IPv4 or IPv6 network (RFC 4632, RFC 4291 §2.3). The families do not mix: ::ffff:10.1.2.3 is not in 10.0.0.0/8.
/// </summary>
public readonly struct CidrNetwork
{
    private readonly UInt128 _prefix;
    private readonly UInt128 _mask;
    private readonly bool _isIpv4;

    private CidrNetwork(UInt128 prefix, UInt128 mask, bool isIpv4)
    {
        _prefix = prefix;
        _mask = mask;
        _isIpv4 = isIpv4;
    }

    internal bool IsIpv4 => _isIpv4;

    /// <summary>The lowest address; for IPv4 in the lowest 32 bits.</summary>
    internal UInt128 First => _prefix;

    /// <summary>The highest address; for IPv4 in the lowest 32 bits.</summary>
    internal UInt128 Last => _prefix | (_isIpv4 ? ~_mask & uint.MaxValue : ~_mask);

    /// <summary>Reads <c>address/prefix length</c>; an address alone is the network that holds only it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="network">The network.</param>
    /// <param name="problem">What was expected and what was found, if it returns false.</param>
    public static bool TryParse(string text, out CidrNetwork network, out string problem)
    {
        network = default;
        problem = string.Empty;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = slash < 0 ? text : text[..slash];
        if (!TryReadAddress(addressText, out var address, out var isIpv4))
        {
            problem = $"expected an IPv4 or IPv6 network such as 10.0.0.0/8, found '{YamlScalar.Shorten(text)}'";
            return false;
        }

        var width = isIpv4 ? 32 : 128;
        var length = width;
        if (slash >= 0 && (!TryReadPrefixLength(text.AsSpan(slash + 1), out length) || length > width))
        {
            problem = $"expected a prefix length from 0 to {width} after the slash, found '{YamlScalar.Shorten(text[(slash + 1)..])}'";
            return false;
        }

        var mask = length == 0 ? UInt128.Zero : (UInt128.MaxValue >> (128 - width)) & (UInt128.MaxValue << (width - length));
        if ((address & ~mask) != UInt128.Zero)
        {
            problem = $"expected no bit of the address after the first {length}, found '{YamlScalar.Shorten(text)}'";
            return false;
        }

        network = new CidrNetwork(address, mask, isIpv4);
        return true;
    }

    /// <summary>Whether the text is an address in this network. False for a text that is no address.</summary>
    public bool Contains(ReadOnlySpan<char> text) =>
        TryReadAddress(text, out var address, out var isIpv4) && isIpv4 == _isIpv4 && (address & _mask) == _prefix;

    internal static bool TryReadAddress(ReadOnlySpan<char> text, out UInt128 address, out bool isIpv4)
    {
        address = default;
        isIpv4 = false;
        if (text.Contains(':'))
        {
            return TryReadIpv6(text, out address);
        }

        isIpv4 = TryReadIpv4(text, out var value);
        address = value;
        return isIpv4;
    }

    // Read by hand: IPAddress.TryParse also accepts 10.1, 0x0a000001 and 010.0.0.1, and allocates.
    private static bool TryReadIpv4(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        for (var i = 0; i < 4; i++)
        {
            var dot = i < 3 ? text.IndexOf('.') : text.Length;
            if (dot is < 1 or > 3)
            {
                return false;
            }

            var octet = 0;
            foreach (var c in text[..dot])
            {
                if (!char.IsAsciiDigit(c))
                {
                    return false;
                }

                octet = (octet * 10) + (c - '0');
            }

            if (octet > 255 || (dot > 1 && text[0] == '0'))
            {
                return false;
            }

            address = (address << 8) | (uint)octet;
            text = i < 3 ? text[(dot + 1)..] : [];
        }

        return true;
    }

    private static bool TryReadIpv6(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = default;
        // A zone (fe80::1%eth0) names an interface and is no part of the address; brackets and ports are not addresses.
        if (text.ContainsAny('%', '[', '/') || !IPAddress.TryParse(text, out var parsed) ||
            parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        address = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }

    private static bool TryReadPrefixLength(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        if (text.Length is 0 or > 3)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            length = (length * 10) + (c - '0');
        }

        return true;
    }
}
