using System.Numerics;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>A view over a bit for each place of a buffer: which bytes, or units of bytes, have arrived.</summary>
internal readonly ref struct ArrivalMap
{
    private readonly Span<ulong> _words;

    public ArrivalMap(Span<ulong> words) => _words = words;

    /// <summary>Marks the places from <paramref name="from"/> up to, but not including, <paramref name="to"/>.</summary>
    public void Mark(int from, int to)
    {
        while (from < to)
        {
            var (word, mask, next) = Part(from, to);
            _words[word] |= mask;
            from = next;
        }
    }

    /// <summary>The first marked place in the range, or <paramref name="to"/>.</summary>
    public int NextMarked(int from, int to) => Next(from, to, 0);

    /// <summary>The first unmarked place in the range, or <paramref name="to"/>.</summary>
    public int NextUnmarked(int from, int to) => Next(from, to, ulong.MaxValue);

    /// <summary>How many places in the range are marked.</summary>
    public int Count(int from, int to)
    {
        var count = 0;
        while (from < to)
        {
            var (word, mask, next) = Part(from, to);
            count += BitOperations.PopCount(_words[word] & mask);
            from = next;
        }

        return count;
    }

    private int Next(int from, int to, ulong invert)
    {
        while (from < to)
        {
            var (word, mask, next) = Part(from, to);
            var found = (_words[word] ^ invert) & mask;
            if (found != 0)
            {
                return (word * 64) + BitOperations.TrailingZeroCount(found);
            }

            from = next;
        }

        return to;
    }

    private static (int Word, ulong Mask, int Next) Part(int from, int to)
    {
        var word = from / 64;
        var next = Math.Min((word + 1) * 64, to);
        var mask = (ulong.MaxValue << (from % 64)) & (ulong.MaxValue >> ((word + 1) * 64 - next));
        return (word, mask, next);
    }
}
