using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Patterns by one gram of each. A filter shows for almost every position of a text that it has no pattern's gram; the positions that pass
/// are looked up and verified. Grams have four bytes, or eight in a table of many long patterns. Immutable.
/// </summary>
internal sealed class GramTable
{
    private readonly uint[] _filter;
    private readonly int _filterShift;
    private readonly int[] _bucketStarts;
    private readonly int _bucketShift;
    private readonly PatternEntry[] _entries;
    private readonly int _count;
    private readonly int _firstPattern;
    private readonly byte[] _blob;
    private readonly bool _isPortable;

    // Where grams are looked for: so many places from the start if all patterns begin there, and so many octets from the end if all end there.
    private readonly int _placesFromStart;
    private readonly int _octetsFromEnd;

    /// <param name="gramLength">4 or 8; no literal is shorter.</param>
    /// <param name="entries">The patterns with their grams chosen. The table keeps the array, and sorts it.</param>
    /// <param name="count">How many elements of the array are patterns.</param>
    /// <param name="firstPattern">The number of the first pattern, for hits.</param>
    /// <param name="blob">The bytes that entries point into.</param>
    /// <param name="isPortable">Whether to do without vector instructions.</param>
    public GramTable(int gramLength, PatternEntry[] entries, int count, int firstPattern, byte[] blob, bool isPortable)
    {
        GramLength = gramLength;
        _entries = entries;
        _count = count;
        _firstPattern = firstPattern;
        _blob = blob;
        _isPortable = isPortable;

        var bucketBits = Math.Clamp(BitOperations.Log2((uint)count + 1) + 1, 4, 24);
        _bucketShift = 32 - bucketBits;
        _bucketStarts = new int[(1 << bucketBits) + 1];

        // 32 bits or more for each gram, of which two are set: under 1 % of other grams pass, and 22 patterns fit into two cache lines.
        var filterBits = Math.Clamp(BitOperations.Log2((uint)count + 1) + 1, 4, 20);
        _filterShift = 32 - filterBits;
        _filter = new uint[1 << filterBits];
        foreach (ref readonly var entry in entries.AsSpan(0, count))
        {
            var hash = HashOf(entry);
            _bucketStarts[(hash >> _bucketShift) + 1]++;
            _filter[hash >> _filterShift] |= Gram.FilterBits(hash);
            _placesFromStart = Math.Max(_placesFromStart, (entry.Flags & PatternEntry.StartsAtStart) != 0 ? entry.GramOffset + 1 : int.MaxValue);
            _octetsFromEnd = Math.Max(_octetsFromEnd, (entry.Flags & PatternEntry.EndsAtEnd) != 0 ? entry.LiteralLength - entry.GramOffset : int.MaxValue);
        }

        for (var i = 1; i < _bucketStarts.Length; i++)
        {
            _bucketStarts[i] += _bucketStarts[i - 1];
        }

        Sort(bucketBits);
    }

    /// <summary>4 or 8.</summary>
    public int GramLength { get; }

    /// <summary>Finds the patterns that match.</summary>
    /// <param name="text">The folded text; <see cref="MultiPatternMatcher.Padding"/> bytes before and after it are readable.</param>
    /// <param name="raw">The original text.</param>
    /// <param name="hits">Receives what was found.</param>
    public void Scan<THits>(ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        var first = Math.Max(0, text.Length - _octetsFromEnd);
        var end = Math.Min(text.Length - GramLength + 1, _placesFromStart);
        if (Avx2.IsSupported && !_isPortable)
        {
            ScanByEight(text, raw, first, end, ref hits);
        }
        else
        {
            ScanByOne(text, raw, first, end, ref hits);
        }
    }

    public ref readonly PatternEntry EntryOf(int pattern) => ref _entries[pattern - _firstPattern];

    public bool Has(int pattern) => (uint)(pattern - _firstPattern) < (uint)_count;

    private void ScanByOne<THits>(ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw, int first, int end, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        ref var filter = ref MemoryMarshal.GetArrayDataReference(_filter);
        for (var position = first; position < end; position++)
        {
            var hash = Gram.Hash(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, position)));
            if (GramLength == Gram.LongLength)
            {
                hash = Gram.Extend(hash, Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, position + Gram.Length)));
            }

            // The index has as many bits as the filter's length, so it is always inside. Most words lack the first bit already.
            var word = Unsafe.Add(ref filter, hash >> _filterShift);
            var mixed = Gram.Mix(hash);
            if ((word & (1u << (int)(mixed & 31))) != 0 && (word & (1u << (int)((mixed >> 5) & 31))) != 0)
            {
                Verify(hash, position, text, raw, ref hits);
            }
        }
    }

    /// <summary>The same as <see cref="ScanByOne"/>, eight positions at a time.</summary>
    private unsafe void ScanByEight<THits>(ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw, int first, int end, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        // Eight overlapping grams out of eleven bytes; each half of the vector shuffles its own copy of them.
        var overlap = Vector256.Create(
            (byte)0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
        var multiplier = Vector256.Create(Gram.Multiplier);
        var secondMultiplier = Vector256.Create(Gram.SecondMultiplier);
        var lowFive = Vector256.Create(31u);
        var shift = Vector128.CreateScalar((uint)_filterShift);
        var isLong = GramLength == Gram.LongLength;
        ref var start = ref MemoryMarshal.GetReference(text);
        fixed (uint* filter = _filter)
        {
            for (var position = first; position < end; position += 8)
            {
                // Reads up to 19 bytes past the last position: inside the padding.
                var bytes = Vector128.LoadUnsafe(ref start, (nuint)position);
                var hashes = Avx2.Shuffle(Vector256.Create(bytes, bytes), overlap).AsUInt32() * multiplier;
                if (isLong)
                {
                    bytes = Vector128.LoadUnsafe(ref start, (nuint)position + Gram.Length);
                    hashes += Avx2.Shuffle(Vector256.Create(bytes, bytes), overlap).AsUInt32() * secondMultiplier;
                }

                // The index has as many bits as the filter's length, so the gather stays inside.
                var words = Avx2.GatherVector256(filter, Avx2.ShiftRightLogical(hashes, shift).AsInt32(), sizeof(uint));
                var mixed = hashes ^ Vector256.ShiftRightLogical(hashes, 15);
                var bits = Avx2.ShiftLeftLogicalVariable(Vector256<uint>.One, mixed & lowFive) |
                    Avx2.ShiftLeftLogicalVariable(Vector256<uint>.One, Vector256.ShiftRightLogical(mixed, 5) & lowFive);
                var candidates = Vector256.Equals(words & bits, bits).ExtractMostSignificantBits();
                candidates &= 0xFFu >> Math.Max(0, 8 - (end - position));
                while (candidates != 0)
                {
                    var lane = BitOperations.TrailingZeroCount(candidates);
                    candidates &= candidates - 1;
                    Verify(hashes.GetElement(lane), position + lane, text, raw, ref hits);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Verify<THits>(uint hash, int position, ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw, ref THits hits)
        where THits : struct, IPatternHits, allows ref struct
    {
        ref var start = ref MemoryMarshal.GetReference(text);
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
            if (((window ^ entry.Window) & (ulong.MaxValue >> (64 - (8 * entry.WindowLength)))) == 0 && !hits.IsKnown(entry.Group) &&
                IsMatch(entry, text.Slice(literalStart, entry.LiteralLength), text, raw))
            {
                hits.Add(entry.Group, _firstPattern + i);
            }
        }
    }

    private bool IsMatch(in PatternEntry entry, ReadOnlySpan<byte> literal, ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw)
    {
        if ((entry.Flags & PatternEntry.AtLabel) != 0 && !IsLabelStart(text[..^literal.Length]))
        {
            return false;
        }

        if ((entry.Flags & (PatternEntry.HasWildcards | PatternEntry.IsCased)) == 0 && entry.LiteralLength <= sizeof(ulong))
        {
            return true;
        }

        var pattern = _blob.AsSpan(entry.BlobOffset, entry.BlobLength);
        return (entry.Flags & PatternEntry.IsCased) != 0 ? EncodedPattern.IsMatch(pattern, raw)
            : (entry.Flags & PatternEntry.HasWildcards) != 0 ? EncodedPattern.IsMatch(pattern, text)
            : literal.SequenceEqual(pattern);
    }

    // A dot after an odd number of backslashes is a part of a label (RFC 1035 §5.1).
    private static bool IsLabelStart(ReadOnlySpan<byte> before) =>
        before.IsEmpty || (before[^1] == '.' && (before.Length - 2 - before[..^1].LastIndexOfAnyExcept((byte)'\\')) % 2 == 0);

    private uint HashOf(in PatternEntry entry)
    {
        var gram = entry.Window >> (8 * (entry.GramOffset - entry.WindowOffset));
        var hash = Gram.Hash((uint)gram);
        return GramLength == Gram.LongLength ? Gram.Extend(hash, (uint)(gram >> 32)) : hash;
    }

    /// <summary>
    /// Sorts the entries by bucket, without a second array of them: first in place into ranges of consecutive buckets, then each range
    /// through a copy, which is small unless the patterns share a gram.
    /// </summary>
    private void Sort(int bucketBits)
    {
        const int PartBits = 8;
        var partBits = Math.Min(PartBits, bucketBits);
        var partShift = 32 - partBits;
        var bucketsOfPart = 1 << (bucketBits - partBits);
        var next = new int[1 << partBits];
        for (var part = 0; part < next.Length; part++)
        {
            next[part] = _bucketStarts[part * bucketsOfPart];
        }

        for (var part = 0; part < next.Length; part++)
        {
            var end = _bucketStarts[(part + 1) * bucketsOfPart];
            while (next[part] < end)
            {
                ref var entry = ref _entries[next[part]];
                var home = (int)(HashOf(entry) >> partShift);
                if (home == part)
                {
                    next[part]++;
                }
                else
                {
                    ref var other = ref _entries[next[home]++];
                    (entry, other) = (other, entry);
                }
            }
        }

        var copy = Array.Empty<PatternEntry>();
        var places = new int[bucketsOfPart];
        for (var part = 0; part < next.Length; part++)
        {
            var firstBucket = part * bucketsOfPart;
            var start = _bucketStarts[firstBucket];
            var length = _bucketStarts[firstBucket + bucketsOfPart] - start;
            if (copy.Length < length)
            {
                copy = new PatternEntry[length + (length / 4)];
            }

            _entries.AsSpan(start, length).CopyTo(copy);
            _bucketStarts.AsSpan(firstBucket, bucketsOfPart).CopyTo(places);
            foreach (ref readonly var entry in copy.AsSpan(0, length))
            {
                _entries[places[(int)(HashOf(entry) >> _bucketShift) - firstBucket]++] = entry;
            }
        }
    }
}
