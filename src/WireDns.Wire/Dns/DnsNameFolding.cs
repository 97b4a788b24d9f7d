using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace WireDns.Wire.Dns;

/// <summary>
/// Comparison and hash of names in wire form, without regard to the case of ASCII letters (RFC 4343). Length octets are at most 63 and so
/// never in the range of the letters: they need no care.
/// </summary>
internal static class DnsNameFolding
{
    /// <summary>Whether two wire forms are the same name.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        while (left.Length >= Vector128<byte>.Count)
        {
            if (Fold(Vector128.Create(left)) != Fold(Vector128.Create(right)))
            {
                return false;
            }

            left = left[Vector128<byte>.Count..];
            right = right[Vector128<byte>.Count..];
        }

        for (var i = 0; i < left.Length; i++)
        {
            if (Fold(left[i]) != Fold(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Hash of a wire form: eight octets at a time, folded and multiplied to 128 bits.</summary>
    public static ulong Hash(ReadOnlySpan<byte> wire, ulong seed)
    {
        var hash = seed ^ ((ulong)wire.Length * 0x9e3779b97f4a7c15);
        while (wire.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ Fold(BinaryPrimitives.ReadUInt64LittleEndian(wire)), seed);
            wire = wire[sizeof(ulong)..];
        }

        ulong tail = 0;
        for (var i = 0; i < wire.Length; i++)
        {
            tail = (tail << 8) | Fold(wire[i]);
        }

        return Mix(hash ^ tail, seed);
    }

    private static ulong Mix(ulong value, ulong seed)
    {
        // An odd constant beside the seed, so that a seed of zero mixes too.
        var high = Math.BigMul(value ^ 0xa0761d6478bd642f, seed ^ 0xe7037ed1a0b428db, out var low);
        return high ^ low;
    }

    private static byte Fold(byte octet) => (uint)(octet - 'A') <= 'Z' - 'A' ? (byte)(octet | 0x20) : octet;

    private static Vector128<byte> Fold(Vector128<byte> octets)
    {
        var isUpper = Vector128.LessThanOrEqual(octets - Vector128.Create((byte)'A'), Vector128.Create((byte)('Z' - 'A')));
        return octets | (isUpper & Vector128.Create((byte)0x20));
    }

    private static ulong Fold(ulong octets)
    {
        // Eight octets in one word: the top bit of each octet says whether it lies in A to Z, and moves down to the bit that tells
        // the case.
        const ulong tops = 0x8080808080808080;
        var low = octets & ~tops;
        var isAtLeastA = low + (0x0101010101010101UL * (0x80 - 'A'));
        var isAboveZ = low + (0x0101010101010101UL * (0x80 - 'Z' - 1));
        return octets | ((isAtLeastA & ~isAboveZ & ~octets & tops) >> 2);
    }
}
