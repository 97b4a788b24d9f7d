using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace WireDns.Wire.Net;

/// <summary>An IPv4 or IPv6 address as a value, without an allocation. IPv4-mapped IPv6 stays IPv6.</summary>
public readonly record struct NetAddress
{
    /// <summary>The longest text of an address, in bytes.</summary>
    public const int MaximumTextLength = 45;

    private readonly ulong _high;
    private readonly ulong _low;

    private NetAddress(ulong high, ulong low, bool isIpv6)
    {
        _high = high;
        _low = low;
        IsIpv6 = isIpv6;
    }

    /// <summary>Whether the address is IPv6; false for IPv4 and for <c>default</c> (0.0.0.0).</summary>
    public bool IsIpv6 { get; }

    /// <summary>The first 64 bits of an IPv6 address; 0 for IPv4.</summary>
    internal ulong High => _high;

    /// <summary>The last 64 bits of an IPv6 address; the whole of an IPv4 address.</summary>
    internal ulong Low => _low;

    /// <summary>Length of the address on the wire, in bytes: 4 or 16.</summary>
    public int LengthInBytes => IsIpv6 ? 16 : 4;

    /// <summary>An address from its first 4 bytes in network order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NetAddress FromIpv4(ReadOnlySpan<byte> bytes) => new(0, BinaryPrimitives.ReadUInt32BigEndian(bytes), false);

    /// <summary>An address from its first 16 bytes in network order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NetAddress FromIpv6(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), true);

    /// <summary>An address from the base library's form, without its scope.</summary>
    public static NetAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? FromIpv4(bytes) : FromIpv6(bytes);
    }

    /// <summary>A hash under a seed; with a secret one, nobody can find addresses with the same hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(ulong seed) => SecretHash.Of(_low, _high, seed);

    /// <summary>A hash of two addresses, in their order, and of another word, under a secret seed (<see cref="SecretHash"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(NetAddress first, NetAddress second, ulong rest, ulong seed) => first.IsIpv6 || second.IsIpv6
        ? SecretHash.Of(SecretHash.Of(first.Hash(~seed), second.Hash(~seed), ~seed), rest, seed)
        : SecretHash.Of((first._low << 32) | second._low, rest, seed);

    /// <summary>Writes <see cref="LengthInBytes"/> bytes in network order.</summary>
    public void WriteTo(Span<byte> destination)
    {
        if (IsIpv6)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
            BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
        }
    }

    /// <summary>The address in the base library's form. Allocates.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteTo(bytes);
        return new IPAddress(bytes[..LengthInBytes]);
    }

    /// <summary>
    /// Writes dotted decimal, or the text of RFC 5952, as ASCII; false if <paramref name="destination"/> is shorter than
    /// <see cref="MaximumTextLength"/>.
    /// </summary>
    public bool TryFormat(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        if (destination.Length < MaximumTextLength)
        {
            return false;
        }

        Span<byte> address = stackalloc byte[16];
        WriteTo(address);
        bytesWritten = IsIpv6 ? AddressText.WriteIpv6(address, destination) : AddressText.WriteIpv4(address, destination);
        return true;
    }

    /// <summary>Dotted decimal, or the text of RFC 5952. Allocates.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaximumTextLength];
        TryFormat(text, out var length);
        return Encoding.ASCII.GetString(text[..length]);
    }
}
