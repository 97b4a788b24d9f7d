using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Collects the patterns of a field and builds a <see cref="MultiPatternMatcher"/>. Each pattern is kept as a few numbers and its bytes in
/// one array, so that a million of them fit into some 60 MB. If the sizes are known, nothing is held twice while it is built.
/// </summary>
/// <param name="foldsAsciiOnly">Whether the field's case is folded only in ASCII.</param>
/// <param name="isPortable">Whether to do without vector instructions.</param>
/// <param name="expectedPatterns">How many patterns of a long list will be added; 0 if unknown.</param>
/// <param name="expectedLength">Their total length in bytes.</param>
internal sealed class PatternSetBuilder(bool foldsAsciiOnly, bool isPortable = false, int expectedPatterns = 0, int expectedLength = 0)
{
    // Longer literals are looked up by a piece; a piece of this length still leaves a gram's offset in a byte.
    private const int MaximumLiteralLength = 255;
    private const int MaximumBlobLength = ushort.MaxValue;

    // Grams are counted in a table without collision handling: a shared counter only makes a gram look more common. Counters stop at 255,
    // beyond which a gram is useless anyway, so the table for a million patterns takes 4 MB and stays in the cache.
    private const int MinimumCounterBits = 12;
    private const int MaximumCounterBits = 22;

    private const int MaximumOfShortGrams = 2000;

    // Below this, threads cost more than they save.
    private const int MinimumOfParallelPatterns = 1 << 16;
    private const int MaximumParts = 4;

    private readonly GrowingArray<byte> _blob = new(expectedLength + 64);
    private readonly GrowingArray<PatternEntry> _shortEntries = new();
    private readonly GrowingArray<PatternEntry> _longEntries = new(expectedPatterns + 64);
    private readonly ShortPatternsBuilder _short = new();
    private readonly List<UnfilteredPattern> _unfiltered = [];
    private byte[] _bytes = new byte[512];
    private byte[] _folded = new byte[1024];
    private bool _hasCased;
    private bool _mayMatchAddresses;

    /// <summary>Adds a pattern to a group.</summary>
    public void Add(TextPattern pattern, bool isCased, int group)
    {
        _hasCased |= isCased;
        var tokens = pattern.Tokens;
        _mayMatchAddresses = _mayMatchAddresses || MayMatchAddress(tokens);
        var literalIndex = FindLongestLiteral(tokens);
        var folded = literalIndex < 0 ? [] : Fold(tokens[literalIndex].Text);
        var flags = (byte)((literalIndex is 0 || tokens.Count == 0 ? PatternEntry.StartsAtStart : 0) |
            (literalIndex == tokens.Count - 1 ? PatternEntry.EndsAtEnd : 0));
        var isPlain = !isCased && tokens.Count <= 3 && IsLiteralWithStars(tokens, literalIndex);
        if (pattern.TakesNamesBelow)
        {
            if (!isPlain || folded.Length is < Gram.Length or > MaximumLiteralLength)
            {
                Add(new TextPattern([tokens[1]]), isCased, group);
                Add(new TextPattern([PatternToken.AnyText, PatternToken.Literal("." + tokens[1].Text)]), isCased, group);
                return;
            }

            flags |= PatternEntry.AtLabel;
        }

        if (isPlain && folded.Length <= MaximumLiteralLength)
        {
            if (folded.Length < Gram.Length)
            {
                _short.Add(folded.ToArray(), flags, group);
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
            // Only the first piece is searched for, and then the whole pattern is tested, so its end is no longer an anchor.
            folded = folded[..MaximumLiteralLength];
            flags &= unchecked((byte)~PatternEntry.EndsAtEnd);
        }

        AddEntry(folded, encoded, flags, group);
    }

    /// <summary>The matcher of all patterns added so far. The builder cannot be used afterwards.</summary>
    public MultiPatternMatcher Build()
    {
        // In a large set most grams of four letters occur, so ordinary names hit several; grams of eight are rarer. A small set is faster
        // to search in one table.
        if (_longEntries.Count <= MaximumOfShortGrams)
        {
            _shortEntries.Append(_longEntries.AsSpan());
            _longEntries.Clear();
        }

        var blob = _blob.Release();
        var tables = new List<GramTable>();
        var shortCount = _shortEntries.Count;
        AddTable(Gram.Length, _shortEntries, 0, blob, tables);
        AddTable(Gram.LongLength, _longEntries, shortCount, blob, tables);
        return new MultiPatternMatcher(foldsAsciiOnly, _hasCased, _mayMatchAddresses, [.. tables], blob, _short.Build(), [.. _unfiltered]);
    }

    /// <summary>
    /// Whether hits of the pattern are rare enough to trigger a rule. A single character anywhere in the text, or wildcards without a
    /// literal as long as a gram, match too many values or cost too much on each.
    /// </summary>
    public static bool IsSelective(TextPattern pattern)
    {
        var index = FindLongestLiteral(pattern.Tokens);
        if (index < 0)
        {
            return pattern.Tokens.Count == 0;
        }

        var length = pattern.Tokens[index].Text.Length;
        return length >= Gram.Length || (IsLiteralWithStars(pattern.Tokens, index) && (length > 1 || pattern.Tokens.Count < 3));
    }

    // An address is written in digits, the letters a to f, dots and colons (RFC 5952).
    private static bool MayMatchAddress(IReadOnlyList<PatternToken> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            foreach (var character in tokens[i].Kind == PatternTokenKind.Literal ? tokens[i].Text : "")
            {
                if (!char.IsAsciiHexDigit(character) && character is not ('.' or ':'))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void AddEntry(ReadOnlySpan<byte> literal, ReadOnlySpan<byte> blob, byte flags, int group)
    {
        var offset = _blob.Count;
        _blob.Append(blob);
        var isApart = literal != blob;
        var entries = literal.Length < Gram.LongLength ? _shortEntries : _longEntries;
        entries.Append(new PatternEntry
        {
            BlobOffset = offset,
            BlobLength = (ushort)blob.Length,
            LiteralLength = (ushort)literal.Length,
            Group = group,
            Flags = flags,
            // Until the gram is chosen, the window says where the literal's bytes are: in the blob or after it.
            Window = (ulong)(isApart ? _blob.Count : offset),
        });
        if (isApart)
        {
            _blob.Append(literal);
        }
    }

    /// <summary>The folded text of a literal; valid until the next call. A list of a million must not make an array for each.</summary>
    private ReadOnlySpan<byte> Fold(string literal)
    {
        var needed = Encoding.UTF8.GetMaxByteCount(literal.Length);
        if (_bytes.Length < needed)
        {
            _bytes = new byte[needed];
            _folded = new byte[TextFolding.MaximumLength(needed)];
        }

        var length = Encoding.UTF8.GetBytes(literal, _bytes);
        return _folded.AsSpan(0, TextFolding.Fold(_bytes.AsSpan(0, length), _folded, foldsAsciiOnly));
    }

    private void AddTable(int gramLength, GrowingArray<PatternEntry> patterns, int firstPattern, byte[] blob, List<GramTable> tables)
    {
        var count = patterns.Count;
        if (count > 0)
        {
            var entries = patterns.Release();
            ChooseGrams(gramLength, entries, count, blob);
            tables.Add(new GramTable(gramLength, entries, count, firstPattern, blob, isPortable));
        }
    }

    /// <summary>Chooses for each pattern the gram that the fewest patterns share, and among those the one that is rarest in names.</summary>
    private static void ChooseGrams(int gramLength, PatternEntry[] entries, int count, byte[] blob)
    {
        var counterShift = 32 - Math.Clamp(BitOperations.Log2((uint)count + 1) + 4, MinimumCounterBits, MaximumCounterBits);
        var counts = new byte[1 << (32 - counterShift)];
        var parts = count < MinimumOfParallelPatterns ? 1 : Math.Clamp(Environment.ProcessorCount, 1, MaximumParts);
        ForEachPart(part => CountGrams(gramLength, entries.AsSpan(0, count), blob, counts, counterShift, StartOf(part, counts.Length), StartOf(part + 1, counts.Length)));
        ForEachPart(part => ChooseGrams(gramLength, entries.AsSpan(StartOf(part, count)..StartOf(part + 1, count)), blob, counts, counterShift));

        int StartOf(int part, int length) => (int)((long)length * part / parts);

        // The thread pool alone takes longer to start than a small set of rules to compile.
        void ForEachPart(Action<int> action)
        {
            if (parts == 1)
            {
                action(0);
            }
            else
            {
                Parallel.For(0, parts, action);
            }
        }
    }

    /// <summary>Counts the grams of all patterns whose counters are in one part of the table, so that no two threads write to one counter.</summary>
    private static void CountGrams(int gramLength, ReadOnlySpan<PatternEntry> entries, byte[] blob, byte[] counts, int counterShift, int from, int to)
    {
        foreach (ref readonly var entry in entries)
        {
            var literal = blob.AsSpan((int)entry.Window, entry.LiteralLength);
            for (var i = 0; i + gramLength <= literal.Length; i++)
            {
                var place = (int)(HashOf(literal[i..], gramLength) >> counterShift);
                if (place >= from && place < to && counts[place] < byte.MaxValue)
                {
                    counts[place]++;
                }
            }
        }
    }

    private static void ChooseGrams(int gramLength, Span<PatternEntry> entries, byte[] blob, byte[] counts, int counterShift)
    {
        foreach (ref var entry in entries)
        {
            var literal = blob.AsSpan((int)entry.Window, entry.LiteralLength);
            var best = int.MaxValue;
            for (var i = 0; i + gramLength <= literal.Length; i++)
            {
                // Among grams that about as many patterns share, the letters' frequency decides.
                var score = counts[HashOf(literal[i..], gramLength) >> counterShift] * 4;
                if (score >= best)
                {
                    continue;
                }

                score += Gram.Commonness(BinaryPrimitives.ReadUInt32LittleEndian(literal[i..])) +
                    Gram.Commonness(BinaryPrimitives.ReadUInt32LittleEndian(literal[(i + gramLength - Gram.Length)..]));
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

    private static uint HashOf(ReadOnlySpan<byte> gram, int length)
    {
        var hash = Gram.Hash(BinaryPrimitives.ReadUInt32LittleEndian(gram));
        return length == Gram.LongLength ? Gram.Extend(hash, BinaryPrimitives.ReadUInt32LittleEndian(gram[Gram.Length..])) : hash;
    }

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
