using System.Buffers;
using System.Globalization;
using System.Text;

namespace WireDns.Alerts.Formats;

/// <summary>
/// Writes text that may be hostile (from the wire or from a rule) as UTF-8 that is safe to show to a person: whatever is not visibly
/// printable becomes <c>\u{HEX}</c>, the code point in lower-case hexadecimal. That covers control characters (C0, DEL, C1), line and
/// paragraph separators, every space but U+0020, format characters (all bidirectional controls, zero-width characters, the byte order mark,
/// tags), variation selectors, letters without a glyph, private and unassigned code points and unpaired surrogates. So no text can move the
/// cursor, end a line, or hide or reorder a part of it. Combining marks stay in runs that letters of real scripts need; longer runs, and
/// marks without a base, are escaped.
/// </summary>
public static class SafeText
{
    /// <summary>
    /// The most combining marks on one base: Vietnamese, Thai and Hebrew need up to three; dozens smear over the lines around them.
    /// </summary>
    private const int MaximumMarks = 3;

    private static readonly SearchValues<char> AsciiOfLine = SearchValues.Create(Ascii(except: ""));
    private static readonly SearchValues<char> AsciiOfToken = SearchValues.Create(Ascii(except: " "));
    private static readonly SearchValues<char> AsciiOfQuoted = SearchValues.Create(Ascii(except: "\"\\"));

    /// <summary>Appends <paramref name="text"/>, escaped for its place.</summary>
    /// <param name="output">Where the UTF-8 goes.</param>
    /// <param name="text">The text; UTF-16 that need not be valid.</param>
    /// <param name="mode">The text's place in the line.</param>
    /// <param name="asciiOnly">Whether to escape everything outside ASCII too.</param>
    /// <returns>How many characters (code points) were written; with <paramref name="asciiOnly"/> also the width in columns.</returns>
    public static int Write(IBufferWriter<byte> output, ReadOnlySpan<char> text, SafeTextMode mode, bool asciiOnly = false)
    {
        var asIs = mode switch
        {
            SafeTextMode.Token => AsciiOfToken,
            SafeTextMode.Quoted => AsciiOfQuoted,
            _ => AsciiOfLine,
        };
        var written = 0;
        var marks = MaximumMarks; // a mark at the start has no base of its own
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAnyExcept(asIs);
            run = run < 0 ? text.Length : run;
            if (run > 0)
            {
                WriteAscii(output, text[..run]);
                written += run;
                marks = 0;
                text = text[run..];
                continue;
            }

            if (Rune.DecodeFromUtf16(text, out var rune, out var consumed) != OperationStatus.Done)
            {
                written += WriteEscape(output, text[0]); // an unpaired surrogate
                marks = MaximumMarks;
                consumed = 1;
            }
            else if (mode == SafeTextMode.Quoted && rune.Value is '"' or '\\')
            {
                Encode(output, '\\');
                Encode(output, rune.Value);
                written += 2;
                marks = 0;
            }
            else if (rune.IsAscii || asciiOnly || !IsVisible(rune, ref marks))
            {
                written += WriteEscape(output, rune.Value);
            }
            else
            {
                Encode(output, rune.Value);
                written++;
            }

            text = text[consumed..];
        }

        return written;
    }

    /// <summary>
    /// The text as <see cref="Write"/> would show it to the end of a line: for messages outside alerts, such as diagnostics.
    /// </summary>
    public static string Escape(ReadOnlySpan<char> text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 16);
        Write(output, text, SafeTextMode.Line);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static bool IsVisible(Rune rune, ref int marks)
    {
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark:
                return !IsInvisibleMark(rune.Value) && marks++ < MaximumMarks;
            case UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator or UnicodeCategory.EnclosingMark:
                marks = MaximumMarks;
                return false;
            default:
                var isVisible = !IsBlankGlyph(rune.Value);
                marks = isVisible ? 0 : MaximumMarks;
                return isVisible;
        }
    }

    /// <summary>Marks that have no shape of their own (Default_Ignorable_Code_Point of the Unicode Character Database).</summary>
    private static bool IsInvisibleMark(int codePoint) => codePoint is 0x034F or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F)
        or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    /// <summary>Letters and symbols whose glyph is blank: the Hangul fillers and the empty Braille pattern.</summary>
    private static bool IsBlankGlyph(int codePoint) => codePoint is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800;

    private static int WriteEscape(IBufferWriter<byte> output, int codePoint)
    {
        var span = output.GetSpan(10); // \u{10ffff}
        @"\u{"u8.CopyTo(span);
        codePoint.TryFormat(span[3..], out var digits, "x", CultureInfo.InvariantCulture);
        span[3 + digits] = (byte)'}';
        output.Advance(digits + 4);
        return digits + 4;
    }

    private static void WriteAscii(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        System.Text.Ascii.FromUtf16(text, output.GetSpan(text.Length), out var bytes);
        output.Advance(bytes);
    }

    private static void Encode(IBufferWriter<byte> output, int codePoint) =>
        output.Advance(new Rune(codePoint).EncodeToUtf8(output.GetSpan(4)));

    private static string Ascii(string except) =>
        string.Concat(Enumerable.Range(0x20, 0x7F - 0x20).Select(value => (char)value).Where(value => !except.Contains(value)));
}

/// <summary>Where in a line a text is, and so which printable characters must be escaped too.</summary>
public enum SafeTextMode
{
    /// <summary>To the end of the line: spaces, quotes and backslashes stay.</summary>
    Line,

    /// <summary>One word: a space is escaped, quotes and backslashes stay (a DNS name keeps its presentation form).</summary>
    Token,

    /// <summary>
    /// Between double quotes, which the caller writes: <c>"</c> and <c>\</c> get a backslash, so that the text can be read back
    /// exactly.
    /// </summary>
    Quoted,
}
