using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WireDns.Wire.Dns;

/// <summary>
/// Comparison and hash of names in wire form, without regard to the case of ASCII letters (RFC 4343). Length octets are at most 63, below
/// the letters, so they need no special case.
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

    /// <summary>Hash of a wire form, folded: sixteen octets at a time.</summary>
    public static ulong Hash(ReadOnlySpan<byte> wire, ulong seed) => Aes.IsSupported ? HashByAes(wire, seed) : HashByProducts(wire, seed);

    private static ulong HashByAes(ReadOnlySpan<byte> wire, ulong seed)
    {
        var state = Vector128.Create(SecretHash.Begin(wire.Length, seed));
        if (wire.Length < Vector128<byte>.Count)
        {
            return SecretHash.Absorb(state, ReadShort(wire), seed)[0];
        }

        // The last sixteen octets may overlap those before them.
        ref var start = ref MemoryMarshal.GetReference(wire);
        var last = wire.Length - Vector128<byte>.Count;
        for (var i = 0; i < last; i += Vector128<byte>.Count)
        {
            state = SecretHash.Absorb(state, Fold(Vector128.LoadUnsafe(ref start, (nuint)i)).AsUInt64(), seed);
        }

        return SecretHash.Absorb(state, Fold(Vector128.LoadUnsafe(ref start, (nuint)last)).AsUInt64(), seed)[0];
    }

    /// <summary>For processors without AES: the halves of the blocks are multiplied under secrets, as independent products.</summary>
    internal static ulong HashByProducts(ReadOnlySpan<byte> wire, ulong seed)
    {
        const ulong Step = 0x9e3779b97f4a7c15;
        ref var start = ref MemoryMarshal.GetReference(wire);
        var hash = (ulong)wire.Length;
        var factor = seed;
        if (wire.Length < Vector128<byte>.Count)
        {
            return SecretHash.Fold(hash + Multiply(ReadShort(wire), factor), ~seed, 0);
        }

        var last = wire.Length - Vector128<byte>.Count;
        for (var i = 0; i < last; i += Vector128<byte>.Count)
        {
            hash += Multiply(Fold(Vector128.LoadUnsafe(ref start, (nuint)i)).AsUInt64(), factor);
            factor += Step;
        }

        return SecretHash.Fold(hash + Multiply(Fold(Vector128.LoadUnsafe(ref start, (nuint)last)).AsUInt64(), factor), ~seed, 0);
    }

    /// <summary>A wire form of up to fifteen octets, folded.</summary>
    private static Vector128<ulong> ReadShort(ReadOnlySpan<byte> wire)
    {
        ulong first = 0, rest = 0;
        if (wire.Length >= sizeof(ulong))
        {
            first = Fold(BinaryPrimitives.ReadUInt64LittleEndian(wire));
            rest = Fold(BinaryPrimitives.ReadUInt64LittleEndian(wire[^sizeof(ulong)..]));
        }
        else
        {
            foreach (var octet in wire)
            {
                rest = (rest << 8) | Fold(octet);
            }
        }

        return Vector128.Create(first, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Multiply(Vector128<ulong> words, ulong factor) => SecretHash.Fold(words[0], words[1], factor);

    private static byte Fold(byte octet) => (uint)(octet - 'A') <= 'Z' - 'A' ? (byte)(octet | 0x20) : octet;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Fold(Vector128<byte> octets)
    {
        var isUpper = Vector128.LessThanOrEqual(octets - Vector128.Create((byte)'A'), Vector128.Create((byte)('Z' - 'A')));
        return octets | (isUpper & Vector128.Create((byte)0x20));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong octets)
    {
        // Eight octets in one word: the top bit of each octet says whether it is A to Z, and moves down to the bit that sets the case.
        const ulong tops = 0x8080808080808080;
        var low = octets & ~tops;
        var isAtLeastA = low + (0x0101010101010101UL * (0x80 - 'A'));
        var isAboveZ = low + (0x0101010101010101UL * (0x80 - 'Z' - 1));
        return octets | ((isAtLeastA & ~isAboveZ & ~octets & tops) >> 2);
    }
}
