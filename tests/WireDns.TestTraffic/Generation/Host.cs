using System.Buffers.Binary;

namespace WireDns.TestTraffic.Generation;

/// <summary>An address of either family; of IPv4 only the low 32 bits of <paramref name="Low"/> are used.</summary>
internal readonly record struct Host(ulong High, ulong Low, bool IsIpv6)
{
    /// <summary>The address's length in octets.</summary>
    public int AddressLength => IsIpv6 ? 16 : 4;

    /// <summary>An IPv4 address from its 32 bits, the first octet highest.</summary>
    public static Host Ipv4(uint address) => new(0, address, IsIpv6: false);

    /// <summary>An IPv6 address from its two halves.</summary>
    public static Host Ipv6(ulong high, ulong low) => new(high, low, IsIpv6: true);

    /// <summary>
    /// Any host of the private network that the lookups come from: 10.0.0.0/8, or 2001:db8::/48 (RFC 3849).
    /// </summary>
    public static Host Inside(Xoshiro256 random, bool ipv6) => ipv6
        ? Ipv6(0x2001_0db8_0000_0000UL | (uint)random.Below(64), random.NextUInt64())
        : Ipv4(0x0A00_0000 | (uint)random.Below(1 << 24));

    /// <summary>
    /// Any host of the world outside: 45.0.0.0/8, or 2001:db8:f000::/36. No planted lookup comes from there, so that
    /// what an attacker sends can neither finish nor break what is planted.
    /// </summary>
    public static Host Outside(Xoshiro256 random, bool ipv6) => ipv6
        ? Ipv6(0x2001_0db8_f000_0000UL | (uint)random.Below(1 << 28), random.NextUInt64())
        : Ipv4(0x2D00_0000 | (uint)random.Below(1 << 24));

    /// <summary>Writes the address in network order.</summary>
    public void WriteAddress(Span<byte> destination)
    {
        if (IsIpv6)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination, High);
            BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Low);
        }
    }

    /// <summary>
    /// Writes the six octets of a locally administered unicast MAC address, the same one for the same host.
    /// </summary>
    public void WriteHardwareAddress(Span<byte> destination)
    {
        destination[0] = 0x02;
        destination[1] = (byte)(IsIpv6 ? 6 : 4);
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)Low);
    }
}
