using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace WireDns.Wire.Net;

/// <summary>A quick 64-bit hash to tell copies from other bytes. It resists accidents, not a sender who wants a collision.</summary>
internal static class PayloadHash
{
    private const ulong Factor = 0x9e37_79b9_7f4a_7c15;
    private const ulong SecondFactor = 0xd6e8_feb8_6659_fd93;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length;
        if (bytes.Length >= 32)
        {
            // Four independent sums, which the processor computes in parallel.
            var (a, b, c, d) = (hash, hash + 1, hash + 2, hash + 3);
            for (; bytes.Length >= 32; bytes = bytes[32..])
            {
                a = (a ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Factor;
                b = (b ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..])) * Factor;
                c = (c ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..])) * Factor;
                d = (d ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..])) * Factor;
            }

            hash = Mix(Mix(a, b), Mix(c, d));
        }

        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        ulong rest = 0;
        foreach (var value in bytes)
        {
            rest = (rest << 8) | value;
        }

        return Mix(hash, rest);
    }

    /// <summary>Adds a value to a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong hash, ulong value)
    {
        // Two products of 64 bits instead of one of 128, which takes ten times as long on processors without BMI2.
        var product = (hash ^ value) * Factor;
        product = (product ^ (product >> 32)) * SecondFactor;
        return (product ^ (product >> 29)) + value;
    }
}
