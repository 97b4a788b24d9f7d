using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Folds case in UTF-8, so that texts that differ only in case become the same bytes: in ASCII for names, by Unicode's simple case folding
/// otherwise. Bytes that are not UTF-8 stay as they are.
/// </summary>
internal static class TextFolding
{
    /// <summary>The most bytes that the folded text of this many may need: a few letters of two bytes have lower-case forms of three.</summary>
    public static int MaximumLength(int length) => length + (length / 2) + 1;

    /// <summary>Folds into <paramref name="destination"/>, which has room for <see cref="MaximumLength"/>.</summary>
    /// <returns>The bytes written.</returns>
    public static int Fold(ReadOnlySpan<byte> source, Span<byte> destination, bool isAsciiOnly)
    {
        if (TryFoldAscii(source, destination))
        {
            return source.Length;
        }

        return isAsciiOnly ? FoldAscii(source, destination) : FoldUnicode(source, destination);
    }

    /// <summary>The folded text of a rule's literal.</summary>
    public static byte[] Fold(string text, bool isAsciiOnly)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var folded = new byte[MaximumLength(bytes.Length)];
        return folded.AsSpan(0, Fold(bytes, folded, isAsciiOnly)).ToArray();
    }

    /// <summary>Folds a text of pure ASCII. False if it is not; the output is then undefined.</summary>
    private static bool TryFoldAscii(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (source.Length < Vector128<byte>.Count)
        {
            return Ascii.ToLower(source, destination, out _) == OperationStatus.Done;
        }

        // Steps of 16 bytes, the last one back from the end: it folds some bytes a second time instead of going one by one.
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination[..source.Length]);
        var last = source.Length - Vector128<byte>.Count;
        var seen = Vector128<byte>.Zero;
        for (var i = 0; ; i += Vector128<byte>.Count)
        {
            i = Math.Min(i, last);
            var bytes = Vector128.LoadUnsafe(ref from, (nuint)i);
            seen |= bytes;
            var isUpper = Vector128.LessThan(bytes - Vector128.Create((byte)'A'), Vector128.Create((byte)26));
            (bytes | (isUpper & Vector128.Create((byte)0x20))).StoreUnsafe(ref to, (nuint)i);
            if (i == last)
            {
                return seen.ExtractMostSignificantBits() == 0;
            }
        }
    }

    private static int FoldAscii(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        for (var i = 0; i < source.Length; i++)
        {
            var b = source[i];
            destination[i] = (byte)(b - 'A') < 26 ? (byte)(b | 0x20) : b;
        }

        return source.Length;
    }

    private static int FoldUnicode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var written = 0;
        while (!source.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(source, out var rune, out var consumed) == OperationStatus.Done)
            {
                written += Fold(rune).EncodeToUtf8(destination[written..]);
            }
            else
            {
                source[..consumed].CopyTo(destination[written..]);
                written += consumed;
            }

            source = source[consumed..];
        }

        return written;
    }

    /// <summary>
    /// The lower case of the upper case: the one form that all letters with the same simple folding share (σ and ς, k and the Kelvin sign).
    /// </summary>
    public static Rune Fold(Rune rune) => rune.Value switch
    {
        // Unicode's CaseFolding.txt gives these no simple folding: dotted and dotless i are letters of their own.
        0x130 or 0x131 => rune,
        // The long s folds to s, which the platform's invariant casing leaves out.
        0x17F => new Rune('s'),
        _ => Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)),
    };
}
