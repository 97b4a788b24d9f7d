using System.Text;

namespace WireDns.Sigma.Rules;

/// <summary>
/// The modifiers that turn a text into other texts: base64, base64offset, the UTF-16 ones and windash. Between a UTF-16 modifier and a
/// Base64 one, a literal holds bytes, one per character.
/// </summary>
internal sealed class TextEncoding(DiagnosticBag diagnostics, SourcePosition position)
{
    // Five dashes have 5^5 spellings; a value with more is an accident.
    private const int MaximumDashes = 5;
    private static readonly char[] Dashes = ['-', '/', '\u2013', '\u2014', '\u2015'];
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private bool _isBytes;

    /// <summary>Applies the chain's text modifiers, in order. Null if an error was reported.</summary>
    public IReadOnlyList<TextPattern>? Apply(TextPattern pattern, IReadOnlyList<Modifier> modifiers)
    {
        IReadOnlyList<TextPattern>? patterns = [pattern];
        foreach (var modifier in modifiers)
        {
            patterns = modifier.Kind switch
            {
                ModifierKind.Utf16LittleEndian => ToUtf16(patterns, Encoding.Unicode, hasMark: false),
                ModifierKind.Utf16BigEndian => ToUtf16(patterns, Encoding.BigEndianUnicode, hasMark: false),
                ModifierKind.Utf16 => ToUtf16(patterns, Encoding.Unicode, hasMark: true),
                ModifierKind.Base64 => ToBase64(patterns, modifier),
                ModifierKind.Base64Offset => ToBase64(patterns, modifier),
                ModifierKind.WindowsDash => ToWindowsDashes(patterns),
                ModifierKind.Contains => AddWildcards(patterns, before: true, after: true),
                ModifierKind.StartsWith => AddWildcards(patterns, before: false, after: true),
                ModifierKind.EndsWith => AddWildcards(patterns, before: true, after: false),
                _ => patterns,
            };
            if (patterns is null)
            {
                return null;
            }
        }

        return _isBytes ? ToText(patterns) : patterns;
    }

    private static TextPattern[] AddWildcards(IReadOnlyList<TextPattern> patterns, bool before, bool after)
    {
        var result = new TextPattern[patterns.Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = patterns[i].WithWildcards(before, after);
        }

        return result;
    }

    private List<TextPattern> ToUtf16(IReadOnlyList<TextPattern> patterns, Encoding encoding, bool hasMark)
    {
        _isBytes = true;
        var mark = hasMark ? "\u00FF\u00FE" : string.Empty;
        return [.. patterns.Select(p =>
        {
            var encoded = p.MapLiterals(literal => Encoding.Latin1.GetString(encoding.GetBytes(literal)));
            return hasMark ? new TextPattern(encoded.Tokens.Prepend(PatternToken.Literal(mark))) : encoded;
        })];
    }

    private List<TextPattern>? ToBase64(IReadOnlyList<TextPattern> patterns, Modifier modifier)
    {
        var result = new List<TextPattern>();
        foreach (var pattern in patterns)
        {
            if (pattern.HasWildcards)
            {
                diagnostics.Error(
                    "wildcard-under-base64",
                    position,
                    $"expected a value without wildcards under {modifier.Name}, found '{YamlScalar.Shorten(pattern.ToString())}'",
                    "write \\* and \\? for the characters themselves");
                return null;
            }

            var literal = pattern.Tokens.Count == 0 ? string.Empty : pattern.Tokens[0].Text;
            var bytes = (_isBytes ? Encoding.Latin1 : Encoding.UTF8).GetBytes(literal);
            // One byte determines no character at the second offset: the pattern there would be empty and match everything.
            var minimum = modifier.Kind == ModifierKind.Base64Offset ? 2 : 1;
            if (bytes.Length < minimum)
            {
                diagnostics.Error(
                    "value-too-short", position, $"expected at least {minimum} {(minimum == 1 ? "byte" : "bytes")} under {modifier.Name}, found {bytes.Length}");
                return null;
            }

            if (modifier.Kind == ModifierKind.Base64)
            {
                result.Add(new TextPattern([PatternToken.Literal(Convert.ToBase64String(bytes))]));
            }
            else
            {
                AddBase64Offsets(bytes, result);
            }
        }

        _isBytes = false;
        return result;
    }

    private static void AddBase64Offsets(byte[] bytes, List<TextPattern> result)
    {
        for (var offset = 0; offset < 3; offset++)
        {
            var shifted = new byte[offset + bytes.Length];
            bytes.CopyTo(shifted, offset);
            var text = Convert.ToBase64String(shifted);
            // The first characters also hold bits of the bytes before, and the last ones bits of those that follow.
            var start = offset switch { 0 => 0, 1 => 2, _ => 3 };
            var cut = (shifted.Length % 3) switch { 0 => 0, 1 => 3, _ => 2 };
            result.Add(new TextPattern([PatternToken.Literal(text[start..^cut])]));
        }
    }

    private List<TextPattern>? ToWindowsDashes(IReadOnlyList<TextPattern> patterns)
    {
        var result = new List<TextPattern>();
        foreach (var pattern in patterns)
        {
            var count = pattern.Tokens.Sum(t => CountDashes(t.Text));
            if (count > MaximumDashes)
            {
                diagnostics.Error("windash-too-many", position, $"expected at most {MaximumDashes} dashes before words under windash, found {count}");
                return null;
            }

            var spellings = (int)Math.Pow(Dashes.Length, count);
            for (var spelling = 0; spelling < spellings; spelling++)
            {
                var rest = spelling;
                result.Add(pattern.MapLiterals(literal => Spell(literal, ref rest)));
            }
        }

        return result;
    }

    private static int CountDashes(string literal)
    {
        var count = 0;
        for (var i = 0; i < literal.Length; i++)
        {
            count += IsDashBeforeWord(literal, i) ? 1 : 0;
        }

        return count;
    }

    private static string Spell(string literal, ref int spelling)
    {
        var text = literal.ToCharArray();
        for (var i = 0; i < text.Length; i++)
        {
            if (IsDashBeforeWord(literal, i))
            {
                text[i] = Dashes[spelling % Dashes.Length];
                spelling /= Dashes.Length;
            }
        }

        return new string(text);
    }

    private static bool IsDashBeforeWord(string literal, int i) =>
        Dashes.Contains(literal[i]) && i + 1 < literal.Length && IsWord(literal[i + 1]) && (i == 0 || !IsWord(literal[i - 1]));

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    /// <summary>Reads the bytes of UTF-16 modifiers that no Base64 one follows as the text that a log would hold.</summary>
    private List<TextPattern>? ToText(IReadOnlyList<TextPattern> patterns)
    {
        try
        {
            return [.. patterns.Select(p => p.MapLiterals(ReadBytes))];
        }
        catch (DecoderFallbackException)
        {
            diagnostics.Error(
                "not-text",
                position,
                "expected ASCII under a UTF-16 modifier that no Base64 modifier follows, found other characters: their bytes are no text");
            return null;
        }
    }

    private static string ReadBytes(string literal)
    {
        var bytes = Encoding.Latin1.GetBytes(literal);
        // The mark's bytes are not UTF-8; programs that read the log as text show the mark as its character.
        return bytes is [0xFF, 0xFE, ..]
            ? "\uFEFF" + StrictUtf8.GetString(bytes.AsSpan(2))
            : StrictUtf8.GetString(bytes);
    }
}
