using System.Runtime.InteropServices;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// 128 bits over values under a seed that no sender knows: two different values that agree in them are not to be had, so that groups and values
/// need not be kept as text.
/// </summary>
internal struct KeyHash(UInt128 seed)
{
    // Odd constants with many bits set (the fractional parts of the golden ratio and of the square root of 3).
    private const ulong FirstMultiplier = 0x9e3779b97f4a7c15;
    private const ulong SecondMultiplier = 0xbb67ae8584caa73b;

    private ulong _first = (ulong)seed;
    private ulong _second = (ulong)(seed >> 64);

    public readonly UInt128 Digest => new(_second, _first);

    /// <summary>Adds a text; its length is a part of it, so that texts cannot be cut otherwise to the same end.</summary>
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

    private void Add(ulong value)
    {
        _first = Fold(_first ^ value, FirstMultiplier) + value;
        _second = Fold(_second ^ value, SecondMultiplier) + value;
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
