using System.Text;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Finds which of many patterns match a text, in one pass over it (docs/matching.md explains how). Immutable and safe to share between
/// threads; allocates nothing while it scans.
/// </summary>
internal sealed class MultiPatternMatcher
{
    /// <summary>Bytes that must be readable before and after the folded text: a window may begin before it and end after it.</summary>
    public const int Padding = 32;

    private readonly GramTable[] _tables;
    private readonly byte[] _blob;
    private readonly ShortPatterns _short;
    private readonly UnfilteredPattern[] _unfiltered;

    internal MultiPatternMatcher(
        bool foldsAsciiOnly, bool hasCasedPatterns, bool mayMatchAddresses, GramTable[] tables, byte[] blob, ShortPatterns shortPatterns,
        UnfilteredPattern[] unfiltered)
    {
        HasCasedPatterns = hasCasedPatterns;
        MayMatchAddresses = mayMatchAddresses;
        FoldsAsciiOnly = foldsAsciiOnly;
        _tables = tables;
        _blob = blob;
        _short = shortPatterns;
        _unfiltered = unfiltered;
    }

    /// <summary>How texts must be folded before they are scanned.</summary>
    public bool FoldsAsciiOnly { get; }

    /// <summary>Whether the case of letters matters to any pattern.</summary>
    public bool HasCasedPatterns { get; }

    /// <summary>Whether any pattern can match the text of an IP address. If not, such texts need not be written.</summary>
    public bool MayMatchAddresses { get; }

    /// <summary>Finds every group with a pattern that matches the text.</summary>
    /// <param name="buffer">The folded text with <see cref="Padding"/> bytes of any content before and after it.</param>
    /// <param name="raw">The original text, for patterns under cased.</param>
    /// <param name="hits">Receives what was found.</param>
    public void Scan<THits>(ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> raw, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        var text = buffer[Padding..^Padding];
        foreach (var table in _tables)
        {
            table.Scan(text, raw, ref hits);
        }

        if (!_short.IsEmpty)
        {
            _short.Scan(text, ref hits);
        }

        foreach (var pattern in _unfiltered)
        {
            if (!hits.IsKnown(pattern.Group) && EncodedPattern.IsMatch(pattern.Encoded, pattern.IsCased ? raw : text))
            {
                hits.Add(pattern.Group, NoPattern);
            }
        }
    }

    private const int NoPattern = int.MinValue;

    /// <summary>The number of a short pattern in hits: below those of the entries.</summary>
    internal static int ShortPattern(uint key) => -1 - (int)key;

    /// <summary>Whether the pattern of a hit is a domain name that stands for the names below it too: a star before it in <see cref="Describe"/> says so.</summary>
    public bool TakesNamesBelow(int pattern) =>
        pattern >= 0 && (Array.Find(_tables, table => table.Has(pattern))!.EntryOf(pattern).Flags & PatternEntry.AtLabel) != 0;

    /// <summary>The pattern of a hit as a Sigma string, in folded case; null if it is not known.</summary>
    public string? Describe(int pattern)
    {
        if (pattern == NoPattern)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes;
        byte flags;
        if (pattern < 0)
        {
            bytes = ShortPatterns.BytesOf((uint)(-1 - pattern));
            flags = ShortPatterns.FlagsOf((uint)(-1 - pattern));
        }
        else
        {
            ref readonly var entry = ref Array.Find(_tables, t => t.Has(pattern))!.EntryOf(pattern);
            bytes = _blob.AsSpan(entry.BlobOffset, entry.BlobLength);
            flags = entry.Flags;
        }

        var text = new StringBuilder();
        var isWhole = (flags & (PatternEntry.HasWildcards | PatternEntry.IsCased)) != 0;
        text.Append(isWhole || (flags & PatternEntry.StartsAtStart) != 0 ? string.Empty : "*");
        while (!bytes.IsEmpty)
        {
            var length = bytes.IndexOfAny(EncodedPattern.AnyText, EncodedPattern.AnyCharacter);
            var literal = Encoding.UTF8.GetString(length < 0 ? bytes : bytes[..length]);
            text.Append(literal.Replace(@"\", @"\\", StringComparison.Ordinal)
                .Replace("*", @"\*", StringComparison.Ordinal)
                .Replace("?", @"\?", StringComparison.Ordinal));
            if (length < 0)
            {
                break;
            }

            text.Append(bytes[length] == EncodedPattern.AnyText ? '*' : '?');
            bytes = bytes[(length + 1)..];
        }

        return text.Append(isWhole || (flags & PatternEntry.EndsAtEnd) != 0 ? string.Empty : "*").ToString();
    }
}

/// <summary>Receives what a <see cref="MultiPatternMatcher"/> finds in a text.</summary>
internal interface IPatternHits
{
    /// <summary>Whether more hits of this group would change nothing, so that the matcher can skip the work.</summary>
    public bool IsKnown(int group);

    /// <summary>A pattern of the group matches the text. May be called more than once.</summary>
    /// <param name="group">The group that the pattern was added to.</param>
    /// <param name="pattern">The pattern, for <see cref="MultiPatternMatcher.Describe"/>.</param>
    public void Add(int group, int pattern);
}

/// <summary>A pattern without a literal as long as a gram: it is tried on every value.</summary>
internal sealed record UnfilteredPattern(byte[] Encoded, bool IsCased, int Group);
