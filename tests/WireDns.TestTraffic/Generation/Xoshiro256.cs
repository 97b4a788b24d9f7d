using System.Buffers.Binary;
using System.Numerics;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// The xoshiro256** generator of Blackman and Vigna. The platform's own <see cref="Random"/> promises no sequence
/// across versions; a capture must have the same bytes on every machine and for years, so the generator is spelt out
/// here. Not thread-safe.
/// </summary>
internal sealed class Xoshiro256
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts the sequence of a seed. SplitMix64 spreads it, so that any seed will do, 0 included.</summary>
    public Xoshiro256(ulong seed)
    {
        _s0 = SplitMix64(ref seed);
        _s1 = SplitMix64(ref seed);
        _s2 = SplitMix64(ref seed);
        _s3 = SplitMix64(ref seed);
    }

    /// <summary>Any of the 2^64 values.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Any of the 2^32 values.</summary>
    public uint NextUInt32() => (uint)(NextUInt64() >> 32);

    /// <summary>Any of the 2^16 values.</summary>
    public ushort NextUInt16() => (ushort)(NextUInt64() >> 48);

    /// <summary>
    /// 0 to <paramref name="bound"/> - 1. The bias of at most bound / 2^64 is nothing that a capture could show.
    /// </summary>
    public ulong Below(ulong bound) => Math.BigMul(NextUInt64(), bound, out _);

    /// <summary>0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)Below((ulong)bound);

    /// <summary><paramref name="from"/> to <paramref name="through"/>, both included.</summary>
    public int Between(int from, int through) => from + Below(through - from + 1);

    /// <summary>True this many times in a hundred.</summary>
    public bool Percent(int share) => Below(100) < share;

    /// <summary>Fills the span, its octets in the order of the sequence whatever the machine's byte order.</summary>
    public void Fill(Span<byte> destination)
    {
        for (; destination.Length >= sizeof(ulong); destination = destination[sizeof(ulong)..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, NextUInt64());
        }

        if (destination.Length > 0)
        {
            Span<byte> rest = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(rest, NextUInt64());
            rest[..destination.Length].CopyTo(destination);
        }
    }

    /// <summary>
    /// A separate generator for one part of a capture, so that a change in one part leaves the others' choices as
    /// they were.
    /// </summary>
    public Xoshiro256 Fork() => new(NextUInt64());

    private static ulong SplitMix64(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
