using System.Buffers.Binary;

namespace WireDns.Wire.Net;

/// <summary>A quick 64-bit hash that tells a copy of some bytes from other bytes. It resists accidents, not a sender who wants a collision.</summary>
internal static class PayloadHash
{
    private const ulong Factor = 0x9e37_79b9_7f4a_7c15;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        ulong rest = 0;
        foreach (var value in bytes)
        {
            rest = (rest << 8) | value;
        }

        return Mix(hash, rest);
    }

    /// <summary>Adds a value to a hash.</summary>
    public static ulong Mix(ulong hash, ulong value)
    {
        var high = Math.BigMul(hash ^ value, Factor, out var low);
        return (high ^ low) + value;
    }
}
