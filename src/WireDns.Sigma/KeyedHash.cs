using System.Runtime.InteropServices;

namespace WireDns.Sigma;

/// <summary>
/// A 128-bit hash under a seed that no sender knows: two lanes of folded multiplication. Different inputs
/// do not collide in practice, so a table keeps the digest in place of the input. A mutable struct: keep it in a local variable.
/// </summary>
/// <param name="seed">Random, made once for each process or table.</param>
public struct KeyedHash(UInt128 seed)
{
    // Odd constants with many bits set (the fractional parts of the golden ratio and of the square root of 3).
    private const ulong FirstMultiplier = 0x9e3779b97f4a7c15;
    private const ulong SecondMultiplier = 0xbb67ae8584caa73b;

    private ulong _first = (ulong)seed;
    private ulong _second = (ulong)(seed >> 64);

    /// <summary>The hash of everything added so far.</summary>
    public readonly UInt128 Digest => new(_first, _second);

    /// <summary>Adds a text with its length: "ab" and "c" give another digest than "a" and "bc".</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        Add((ulong)text.Length);
        while (text.Length >= sizeof(ulong))
        {
            Add(MemoryMarshal.Read<ulong>(text));
            text = text[sizeof(ulong)..];
        }

        if (!text.IsEmpty)
        {
            Span<byte> last = stackalloc byte[sizeof(ulong)];
            last.Clear();
            text.CopyTo(last);
            Add(MemoryMarshal.Read<ulong>(last));
        }
    }

    /// <summary>Adds another digest.</summary>
    public void Add(UInt128 digest)
    {
        Add((ulong)digest);
        Add((ulong)(digest >> 64));
    }

    /// <summary>Adds 64 bits.</summary>
    public void Add(ulong value) => Add(value, value);

    /// <summary>Adds two hashes of one value, made under different seeds: one for each lane.</summary>
    public void Add(ulong first, ulong second)
    {
        _first = Fold(_first ^ first, FirstMultiplier) + second;
        _second = Fold(_second ^ second, SecondMultiplier) + first;
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
