using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Finds which of many patterns match a text, in one look at it (docs/matching.md tells how). Immutable and safe to share between threads;
/// allocates nothing while it scans.
/// </summary>
internal sealed class MultiPatternMatcher
{
    /// <summary>Bytes that must be readable before and behind the folded text: a window may begin before it and end behind it.</summary>
    public const int Padding = 32;

    private readonly uint[] _filter;
    private readonly int _filterShift;
    private readonly int[] _bucketStarts;
    private readonly int _bucketShift;
    private readonly PatternEntry[] _entries;
    private readonly byte[] _blob;
    private readonly ShortPatterns _short;
    private readonly UnfilteredPattern[] _unfiltered;

    internal MultiPatternMatcher(
        bool foldsAsciiOnly,
        uint[] filter,
        int filterShift,
        int[] bucketStarts,
        int bucketShift,
        PatternEntry[] entries,
        byte[] blob,
        ShortPatterns shortPatterns,
        UnfilteredPattern[] unfiltered)
    {
        FoldsAsciiOnly = foldsAsciiOnly;
        _filter = filter;
        _filterShift = filterShift;
        _bucketStarts = bucketStarts;
        _bucketShift = bucketShift;
        _entries = entries;
        _blob = blob;
        _short = shortPatterns;
        _unfiltered = unfiltered;
    }

    /// <summary>How texts must be folded before they are scanned.</summary>
    public bool FoldsAsciiOnly { get; }

    /// <summary>Finds every group of which a pattern matches the text.</summary>
    /// <param name="buffer">The folded text with <see cref="Padding"/> bytes before and behind it, whatever they hold.</param>
    /// <param name="raw">The text as it came, for patterns under cased.</param>
    /// <param name="hits">Is told what was found.</param>
    public void Scan<THits>(ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> raw, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        var text = buffer[Padding..^Padding];
        if (_entries.Length > 0 && text.Length >= Gram.Length)
        {
            ScanGrams(ref MemoryMarshal.GetReference(text), text, raw, ref hits);
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

    private void ScanGrams<THits>(ref byte start, ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        ref var filter = ref MemoryMarshal.GetArrayDataReference(_filter);
        var shift = _filterShift;
        var last = text.Length - Gram.Length;
        for (var position = 0; position <= last; position++)
        {
            var hash = Gram.Hash(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, position)));
            var bits = Gram.FilterBits(hash);
            // The index has as many bits as the filter's length, so it is always inside.
            if ((Unsafe.Add(ref filter, hash >> shift) & bits) == bits)
            {
                Verify(hash, position, ref start, text, raw, ref hits);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Verify<THits>(uint hash, int position, ref byte start, ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        var bucket = (int)(hash >> _bucketShift);
        var end = _bucketStarts[bucket + 1];
        for (var i = _bucketStarts[bucket]; i < end; i++)
        {
            ref readonly var entry = ref _entries[i];
            var literalStart = position - entry.GramOffset;
            var literalEnd = literalStart + entry.LiteralLength;
            if (literalStart < 0 || literalEnd > text.Length ||
                ((entry.Flags & PatternEntry.StartsAtStart) != 0 && literalStart != 0) ||
                ((entry.Flags & PatternEntry.EndsAtEnd) != 0 && literalEnd != text.Length))
            {
                continue;
            }

            // At most eight bytes from inside the literal: past its end they are inside the padding, and masked out.
            var window = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, literalStart + entry.WindowOffset));
            if (((window ^ entry.Window) & (ulong.MaxValue >> (64 - (8 * entry.WindowLength)))) != 0 || hits.IsKnown(entry.Group))
            {
                continue;
            }

            if (IsMatch(entry, text.Slice(literalStart, entry.LiteralLength), text, raw))
            {
                hits.Add(entry.Group, i);
            }
        }
    }

    private bool IsMatch(in PatternEntry entry, ReadOnlySpan<byte> literal, ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw)
    {
        if ((entry.Flags & (PatternEntry.HasWildcards | PatternEntry.IsCased)) == 0 && entry.LiteralLength <= sizeof(ulong))
        {
            return true;
        }

        var pattern = _blob.AsSpan(entry.BlobOffset, entry.BlobLength);
        return (entry.Flags & PatternEntry.IsCased) != 0 ? EncodedPattern.IsMatch(pattern, raw)
            : (entry.Flags & PatternEntry.HasWildcards) != 0 ? EncodedPattern.IsMatch(pattern, text)
            : literal.SequenceEqual(pattern);
    }

    private const int NoPattern = int.MinValue;

    /// <summary>The number by which hits name a short pattern: below the entries' own.</summary>
    internal static int ShortPattern(uint key) => -1 - (int)key;

    /// <summary>The pattern of a hit as a Sigma string, in folded case; null where it is not known.</summary>
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
            ref readonly var entry = ref _entries[pattern];
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
