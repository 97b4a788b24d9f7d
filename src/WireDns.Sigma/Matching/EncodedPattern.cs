using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// A pattern as bytes: its literals in UTF-8, and for each wildcard a byte that never occurs in UTF-8. Matched without a stack, in at most
/// as many steps as the product of the two lengths.
/// </summary>
internal static class EncodedPattern
{
    public const byte AnyText = 0xFF;
    public const byte AnyCharacter = 0xFE;

    public static byte[] Encode(TextPattern pattern, Func<string, byte[]> encodeLiteral)
    {
        var bytes = new List<byte>();
        foreach (var token in pattern.Tokens)
        {
            switch (token.Kind)
            {
                case PatternTokenKind.AnyText:
                    bytes.Add(AnyText);
                    break;
                case PatternTokenKind.AnyCharacter:
                    bytes.Add(AnyCharacter);
                    break;
                default:
                    bytes.AddRange(encodeLiteral(token.Text));
                    break;
            }
        }

        return [.. bytes];
    }

    public static byte[] EncodeCased(TextPattern pattern) => Encode(pattern, Encoding.UTF8.GetBytes);

    /// <summary>Whether the pattern matches the whole text.</summary>
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        int t = 0, p = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == AnyText)
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && pattern[p] == AnyCharacter)
            {
                p++;
                t += CharacterLength(text[t..]);
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                // The last star grows by a whole character at a time, so that ? never meets the middle of one.
                p = star + 1;
                resume += CharacterLength(text[resume..]);
                t = resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept(AnyText) < 0;
    }

    private static int CharacterLength(ReadOnlySpan<byte> text)
    {
        if (text[0] < 0x80)
        {
            return 1;
        }

        Rune.DecodeFromUtf8(text, out _, out var length);
        return length;
    }
}
