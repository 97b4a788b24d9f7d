using System.Buffers.Binary;
using System.Numerics;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Collects the patterns of a field and builds a <see cref="MultiPatternMatcher"/>. Each pattern is kept as a few numbers and its bytes in
/// one array, so that a million of them fit into some 50 MB.
/// </summary>
internal sealed class PatternSetBuilder(bool foldsAsciiOnly)
{
    // Longer literals are looked up by a piece; a piece of this length still leaves a gram's offset in a byte.
    private const int MaximumLiteralLength = 255;
    private const int MaximumBlobLength = ushort.MaxValue;

    // Grams are counted in a table without collision handling: a shared counter only makes a gram look more common.
    private const int CounterBits = 20;

    private readonly GrowingArray<byte> _blob = new();
    private readonly GrowingArray<PatternEntry> _entries = new();
    private readonly ShortPatternsBuilder _short = new();
    private readonly List<UnfilteredPattern> _unfiltered = [];

    /// <summary>Adds a pattern to a group.</summary>
    public void Add(TextPattern pattern, bool isCased, int group)
    {
        var tokens = pattern.Tokens;
        var literalIndex = FindLongestLiteral(tokens);
        var folded = literalIndex < 0 ? [] : TextFolding.Fold(tokens[literalIndex].Text, foldsAsciiOnly);
        var flags = (byte)((literalIndex is 0 || tokens.Count == 0 ? PatternEntry.StartsAtStart : 0) |
            (literalIndex == tokens.Count - 1 ? PatternEntry.EndsAtEnd : 0));
        var isPlain = !isCased && tokens.Count <= 3 && IsLiteralWithStars(tokens, literalIndex);

        if (isPlain && folded.Length <= MaximumLiteralLength)
        {
            if (folded.Length < Gram.Length)
            {
                _short.Add(folded, flags, group);
            }
            else
            {
                AddEntry(folded, folded, flags, group);
            }

            return;
        }

        var encoded = isCased
            ? EncodedPattern.EncodeCased(pattern)
            : EncodedPattern.Encode(pattern, literal => TextFolding.Fold(literal, foldsAsciiOnly));
        if (folded.Length < Gram.Length || encoded.Length > MaximumBlobLength)
        {
            _unfiltered.Add(new UnfilteredPattern(encoded, isCased, group));
            return;
        }

        flags |= isCased ? PatternEntry.IsCased : PatternEntry.HasWildcards;
        if (folded.Length > MaximumLiteralLength)
        {
            // Only the first piece is looked for; the whole pattern is tested behind it, so its end is not an anchor any more.
            folded = folded[..MaximumLiteralLength];
            flags &= unchecked((byte)~PatternEntry.EndsAtEnd);
        }

        AddEntry(folded, encoded, flags, group);
    }

    /// <summary>The matcher of all patterns added so far. The builder is spent then.</summary>
    public MultiPatternMatcher Build()
    {
        var entries = _entries.AsSpan();
        ChooseGrams(entries);
        var bucketBits = Math.Clamp(BitOperations.Log2((uint)entries.Length + 1) + 1, 4, 24);
        var bucketShift = 32 - bucketBits;
        var starts = new int[(1 << bucketBits) + 1];
        foreach (ref var entry in entries)
        {
            starts[(Gram.Hash(GramOf(entry)) >> bucketShift) + 1]++;
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        var sorted = new PatternEntry[entries.Length];
        var next = starts.AsSpan(0, starts.Length - 1).ToArray();
        foreach (ref var entry in entries)
        {
            sorted[next[Gram.Hash(GramOf(entry)) >> bucketShift]++] = entry;
        }

        var filter = BuildFilter(sorted, out var filterShift);
        return new MultiPatternMatcher(
            foldsAsciiOnly, filter, filterShift, starts, bucketShift, sorted, _blob.AsSpan().ToArray(), _short.Build(), [.. _unfiltered]);
    }

    /// <summary>Whether a pattern is cheap to look for: it has a literal of a gram's length, or one that stands at a known place.</summary>
    public static bool IsSelective(TextPattern pattern)
    {
        var index = FindLongestLiteral(pattern.Tokens);
        if (index < 0)
        {
            return pattern.Tokens.Count == 0;
        }

        return pattern.Tokens[index].Text.Length >= Gram.Length ||
            (pattern.Tokens.Count <= 2 && IsLiteralWithStars(pattern.Tokens, index));
    }

    private void AddEntry(byte[] literal, byte[] blob, byte flags, int group)
    {
        var offset = _blob.Count;
        _blob.Append(blob);
        _entries.Append(new PatternEntry
        {
            BlobOffset = offset,
            BlobLength = (ushort)blob.Length,
            LiteralLength = (ushort)literal.Length,
            Group = group,
            Flags = flags,
            // Until the gram is chosen, the window says where the literal's bytes are: in the blob, or behind it.
            Window = (ulong)(ReferenceEquals(literal, blob) ? offset : _blob.Count),
        });
        if (!ReferenceEquals(literal, blob))
        {
            _blob.Append(literal);
        }
    }

    private void ChooseGrams(Span<PatternEntry> entries)
    {
        var counts = new int[1 << CounterBits];
        var blob = _blob.AsSpan();
        foreach (ref var entry in entries)
        {
            var literal = blob.Slice((int)entry.Window, entry.LiteralLength);
            for (var i = 0; i + Gram.Length <= literal.Length; i++)
            {
                counts[CounterOf(literal[i..])]++;
            }
        }

        foreach (ref var entry in entries)
        {
            var literal = blob.Slice((int)entry.Window, entry.LiteralLength);
            var best = int.MaxValue;
            for (var i = 0; i + Gram.Length <= literal.Length; i++)
            {
                var gram = BinaryPrimitives.ReadUInt32LittleEndian(literal[i..]);
                var count = Math.Min(counts[CounterOf(literal[i..])], 1 << 24);
                var score = (count * 4) + Gram.Commonness(gram);
                if (score < best)
                {
                    best = score;
                    entry.GramOffset = (byte)i;
                }
            }

            SetWindow(ref entry, literal);
        }
    }

    private static void SetWindow(ref PatternEntry entry, ReadOnlySpan<byte> literal)
    {
        var length = Math.Min(literal.Length, sizeof(ulong));
        var start = Math.Min(entry.GramOffset, literal.Length - length);
        ulong window = 0;
        for (var i = length - 1; i >= 0; i--)
        {
            window = (window << 8) | literal[start + i];
        }

        entry.Window = window;
        entry.WindowOffset = (byte)start;
        entry.WindowLength = (byte)length;
    }

    private static uint[] BuildFilter(PatternEntry[] entries, out int shift)
    {
        // 32 bits for each gram, of which two are set: under 1 % of other grams pass, and 22 patterns fit into two cache lines.
        var bits = Math.Clamp(BitOperations.Log2((uint)entries.Length + 1) + 1, 4, 20);
        shift = 32 - bits;
        var filter = new uint[1 << bits];
        foreach (ref readonly var entry in entries.AsSpan())
        {
            var hash = Gram.Hash(GramOf(entry));
            filter[hash >> shift] |= Gram.FilterBits(hash);
        }

        return filter;
    }

    private static uint GramOf(in PatternEntry entry) => (uint)(entry.Window >> (8 * (entry.GramOffset - entry.WindowOffset)));

    private static uint CounterOf(ReadOnlySpan<byte> gram) =>
        Gram.Hash(BinaryPrimitives.ReadUInt32LittleEndian(gram)) >> (32 - CounterBits);

    private static int FindLongestLiteral(IReadOnlyList<PatternToken> tokens)
    {
        var best = -1;
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind == PatternTokenKind.Literal && (best < 0 || tokens[i].Text.Length > tokens[best].Text.Length))
            {
                best = i;
            }
        }

        return best;
    }

    private static bool IsLiteralWithStars(IReadOnlyList<PatternToken> tokens, int literalIndex)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (i != literalIndex && tokens[i].Kind != PatternTokenKind.AnyText)
            {
                return false;
            }
        }

        return literalIndex >= 0 || tokens.Count == 0;
    }
}
