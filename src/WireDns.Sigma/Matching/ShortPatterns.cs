namespace WireDns.Sigma.Matching;

/// <summary>
/// Literals of 0 to 3 bytes, which have no gram. Those at a fixed place are looked up. Of those that may be anywhere, a few are searched
/// for one by one, and many through a table of all pairs of bytes.
/// </summary>
internal sealed class ShortPatterns
{
    private const byte Anywhere = 0;
    private const byte Whole = PatternEntry.StartsAtStart | PatternEntry.EndsAtEnd;

    // Up to this many, vectorised searches one after the other beat a look at each position.
    private const int FewSearches = 8;

    private readonly Dictionary<uint, int[]> _groups;
    private readonly uint[] _keys;
    private readonly byte[][] _searches;
    private readonly ulong[] _firstBytes = new ulong[4];
    private readonly bool[] _hasLength = new bool[16];
    private readonly bool _hasAnchored;

    public ShortPatterns(Dictionary<uint, int[]> groups)
    {
        _groups = groups;
        IsEmpty = groups.Count == 0;
        _keys = [.. groups.Keys.Where(k => FlagsOf(k) == Anywhere)];
        _searches = [.. _keys.Select(BytesOf)];
        foreach (var key in groups.Keys)
        {
            _hasLength[(FlagsOf(key) << 2) | LengthOf(key)] = true;
            _hasAnchored |= FlagsOf(key) != Anywhere;
        }

        foreach (var search in _searches)
        {
            _firstBytes[search[0] >> 6] |= 1ul << (search[0] & 63);
        }
    }

    public bool IsEmpty { get; }

    public void Scan<THits>(ReadOnlySpan<byte> text, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        if (_hasAnchored)
        {
            LookAtPlaces(text, ref hits);
        }

        if (_searches.Length is > 0 and <= FewSearches)
        {
            SearchEach(text, ref hits);
        }
        else if (_searches.Length > 0)
        {
            LookAtEachPosition(text, ref hits);
        }
    }

    private void LookAtPlaces<THits>(ReadOnlySpan<byte> text, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        for (var length = 0; length < Gram.Length && length <= text.Length; length++)
        {
            if (_hasLength[(Whole << 2) | length] && length == text.Length)
            {
                Find(KeyOf(text, Whole), ref hits);
            }

            if (_hasLength[(PatternEntry.StartsAtStart << 2) | length])
            {
                Find(KeyOf(text[..length], PatternEntry.StartsAtStart), ref hits);
            }

            if (_hasLength[(PatternEntry.EndsAtEnd << 2) | length])
            {
                Find(KeyOf(text[^length..], PatternEntry.EndsAtEnd), ref hits);
            }
        }
    }

    private void SearchEach<THits>(ReadOnlySpan<byte> text, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        for (var i = 0; i < _searches.Length; i++)
        {
            if (text.IndexOf(_searches[i]) >= 0)
            {
                Find(_keys[i], ref hits);
            }
        }
    }

    private void LookAtEachPosition<THits>(ReadOnlySpan<byte> text, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        for (var i = 0; i < text.Length; i++)
        {
            if ((_firstBytes[text[i] >> 6] & (1ul << (text[i] & 63))) == 0)
            {
                continue;
            }

            for (var length = 1; length < Gram.Length && i + length <= text.Length; length++)
            {
                if (_hasLength[(Anywhere << 2) | length])
                {
                    Find(KeyOf(text.Slice(i, length), Anywhere), ref hits);
                }
            }
        }
    }

    private void Find<THits>(uint key, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        if (_groups.TryGetValue(key, out var groups))
        {
            foreach (var group in groups)
            {
                hits.Add(group, MultiPatternMatcher.ShortPattern(key));
            }
        }
    }

    /// <summary>The literal, its length and its anchors in 28 bits.</summary>
    public static uint KeyOf(ReadOnlySpan<byte> literal, byte flags)
    {
        var key = (uint)((flags << 2) | literal.Length) << 24;
        for (var i = 0; i < literal.Length; i++)
        {
            key |= (uint)literal[i] << (8 * i);
        }

        return key;
    }

    public static byte[] BytesOf(uint key)
    {
        var bytes = new byte[LengthOf(key)];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(key >> (8 * i));
        }

        return bytes;
    }

    public static byte FlagsOf(uint key) => (byte)(key >> 26);

    private static int LengthOf(uint key) => (int)(key >> 24) & 3;
}

/// <summary>Collects literals shorter than a gram for <see cref="ShortPatterns"/>.</summary>
internal sealed class ShortPatternsBuilder
{
    private readonly Dictionary<uint, List<int>> _groups = [];

    public void Add(ReadOnlySpan<byte> literal, byte flags, int group)
    {
        var key = ShortPatterns.KeyOf(literal, flags);
        if (!_groups.TryGetValue(key, out var groups))
        {
            _groups.Add(key, groups = []);
        }

        if (!groups.Contains(group))
        {
            groups.Add(group);
        }
    }

    public ShortPatterns Build() => new(_groups.ToDictionary(g => g.Key, g => g.Value.ToArray()));
}
