namespace WireDns.Capture.Compression;

/// <summary>
/// A lookup table for one of deflate's prefix codes (RFC 1951 §3.2): the next bits of the stream index it, codes longer
/// than its first level go through a second one. An entry is <c>value &lt;&lt; 16 | flags | extra bits &lt;&lt; 8 |
/// bits of the code</c>; 0 is no code.
/// </summary>
internal sealed class HuffmanTable
{
    /// <summary>The value is a literal octet.</summary>
    public const uint Literal = 0x8000;

    /// <summary>The end of the block.</summary>
    public const uint EndOfBlock = 0x4000;

    /// <summary>The value is where a second level begins; the extra bits say how many bits index it.</summary>
    public const uint SecondLevel = 0x2000;

    /// <summary>Bits of the longest code (§3.2.7).</summary>
    public const int MaximumCodeLength = 15;

    private readonly int _firstLevelBits;
    private readonly uint[] _entries;
    private readonly ushort[] _nextCode = new ushort[MaximumCodeLength + 2];

    /// <param name="symbols">The most symbols of the code.</param>
    /// <param name="firstLevelBits">Bits that index the first level.</param>
    public HuffmanTable(int symbols, int firstLevelBits)
    {
        _firstLevelBits = firstLevelBits;

        // Each first-level index that long codes share needs a second level, with as many entries as its longest code spans. The total
        // never reaches twice the number of symbols times the span.
        _entries = new uint[(1 << firstLevelBits) + (symbols << (MaximumCodeLength - firstLevelBits))];
    }

    /// <summary>
    /// The table, long enough for any index that <see cref="FirstLevelMask"/> leaves.
    /// </summary>
    public ReadOnlySpan<uint> Entries => _entries;

    /// <summary>Takes the index of the first level from the stream's next bits.</summary>
    public uint FirstLevelMask => (1u << _firstLevelBits) - 1;

    /// <summary>Builds the table.</summary>
    /// <param name="lengths">Code length of each symbol, 0 to 15; 0 for a symbol without a code.</param>
    /// <param name="values">Entry of each symbol, without its code length.</param>
    /// <param name="mayBeIncomplete">
    /// Whether a single code of one bit, or no code, is enough (RFC 1951 §3.2.7, for distances).
    /// </param>
    /// <returns>False if the lengths make no prefix code.</returns>
    public bool TryBuild(ReadOnlySpan<byte> lengths, ReadOnlySpan<uint> values, bool mayBeIncomplete)
    {
        Span<int> counts = stackalloc int[MaximumCodeLength + 1];
        counts.Clear();
        foreach (var length in lengths)
        {
            counts[length]++;
        }

        counts[0] = 0;
        var left = 1;
        var longest = 0;
        var code = 0;
        for (var length = 1; length <= MaximumCodeLength; length++)
        {
            left = (left << 1) - counts[length];
            if (left < 0)
            {
                return false;
            }

            code = (code + counts[length - 1]) << 1;
            _nextCode[length] = (ushort)code;
            longest = counts[length] > 0 ? length : longest;
        }

        if (left > 0 && !(mayBeIncomplete && longest <= 1))
        {
            return false;
        }

        Array.Clear(_entries);
        var free = 1 << _firstLevelBits;
        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0)
            {
                continue;
            }

            var reversed = Reverse(_nextCode[length]++, length);
            if (length <= _firstLevelBits)
            {
                Fill(0, reversed, length, _firstLevelBits, values[symbol] | (uint)length);
                continue;
            }

            var first = reversed & (int)FirstLevelMask;
            var secondBits = longest - _firstLevelBits;
            if (_entries[first] == 0)
            {
                _entries[first] = ((uint)free << 16) | SecondLevel | ((uint)secondBits << 8) | (uint)_firstLevelBits;
                free += 1 << secondBits;
            }

            var rest = length - _firstLevelBits;
            Fill((int)(_entries[first] >> 16), reversed >> _firstLevelBits, rest, secondBits, values[symbol] | (uint)rest);
        }

        return true;
    }

    private void Fill(int origin, int reversed, int length, int bits, uint entry)
    {
        for (var index = reversed; index < 1 << bits; index += 1 << length)
        {
            _entries[origin + index] = entry;
        }
    }

    // Deflate packs codes from their most significant bit on, everything else from the least (§3.1.1).
    private static int Reverse(int code, int length)
    {
        var reversed = 0;
        for (var bit = 0; bit < length; bit++)
        {
            reversed = (reversed << 1) | (code & 1);
            code >>= 1;
        }

        return reversed;
    }
}
