using System.Buffers;
using System.Globalization;
using System.Text;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests;

public sealed class SafeTextTests
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    [Theory]
    [InlineData("cdn.example.com", "cdn.example.com", Label = "plain")]
    [InlineData("a\nb", @"a\u{a}b", Label = "a line feed")]
    [InlineData("\e[2J", @"\u{1b}[2J", Label = "a terminal sequence")]
    [InlineData("\u009b2J", @"\u{9b}2J", Label = "a one-octet sequence of C1")]
    [InlineData("a\u007f", @"a\u{7f}", Label = "a rubout")]
    [InlineData("a\u2028b\u2029", @"a\u{2028}b\u{2029}", Label = "line and paragraph separators")]
    [InlineData("exe.\u202egpj", @"exe.\u{202e}gpj", Label = "a right-to-left override")]
    [InlineData("\u2066a\u2069", @"\u{2066}a\u{2069}", Label = "bidirectional isolates")]
    [InlineData("a\u200bb\u200dc\ufeff", @"a\u{200b}b\u{200d}c\u{feff}", Label = "zero width")]
    [InlineData("a\U000e0041", @"a\u{e0041}", Label = "a tag character outside the first plane")]
    [InlineData("a\ufe0f", @"a\u{fe0f}", Label = "a variation selector")]
    [InlineData("\u3164\u115f", @"\u{3164}\u{115f}", Label = "letters without a glyph")]
    [InlineData("a\u00a0\u3000", @"a\u{a0}\u{3000}", Label = "a space that looks like none and one that looks like one")]
    [InlineData("für 名前 имя 😀", "für 名前 имя 😀", Label = "letters of several scripts")]
    [InlineData("e\u0301", "e\u0301", Label = "a mark on its letter")]
    [InlineData("\u0301e", @"\u{301}e", Label = "a mark without a letter")]
    [InlineData("e\u0301\u0302\u0303\u0304\u0305", "e\u0301\u0302\u0303" + @"\u{304}\u{305}", Label = "more marks than a letter has")]
    public void Shows_a_text_to_the_end_of_a_line(string text, string expected)
    {
        Assert.Equal(expected, Written(text, SafeTextMode.Line));
        Assert.Equal(expected, SafeText.Escape(text));
    }

    [Fact]
    public void Escapes_surrogates_without_their_other_half()
    {
        Assert.Equal(@"a\u{d800}b", Written("a\ud800b", SafeTextMode.Line));
        Assert.Equal(@"a\u{dc00}", Written("a\udc00", SafeTextMode.Line));
        Assert.Equal(@"\u{dc00}\u{d800}", Written("\udc00\ud800", SafeTextMode.Line));
    }

    [Fact]
    public void Escapes_a_space_in_a_word_and_leaves_the_backslash_of_a_name() =>
        Assert.Equal(@"a\u{20}b\.c""", Written(@"a b\.c""", SafeTextMode.Token));

    [Fact]
    public void Escapes_quotes_and_backslashes_between_quotes() =>
        Assert.Equal(@"say \""a\\b\""\u{a}", Written("say \"a\\b\"\n", SafeTextMode.Quoted));

    [Fact]
    public void Escapes_all_but_ascii_where_asked()
    {
        var output = new ArrayBufferWriter<byte>();

        var width = SafeText.Write(output, "é名", SafeTextMode.Line, asciiOnly: true);

        Assert.Equal(@"\u{e9}\u{540d}", Encoding.ASCII.GetString(output.WrittenSpan));
        Assert.Equal(output.WrittenCount, width);
    }

    [Theory]
    [InlineData(SafeTextMode.Line)]
    [InlineData(SafeTextMode.Token)]
    [InlineData(SafeTextMode.Quoted)]
    public void Every_code_point_comes_out_visible_and_alone_on_its_line(SafeTextMode mode)
    {
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            var text = value is >= 0xD800 and <= 0xDFFF ? ((char)value).ToString() : char.ConvertFromUtf32(value);
            var written = Written($"a{text}", mode);
            Assert.StartsWith("a", written, StringComparison.Ordinal);
            foreach (var rune in written.EnumerateRunes())
            {
                if (!IsHarmless(rune, mode))
                {
                    Assert.Fail($"U+{value:X4} came out as U+{rune.Value:X4}");
                }
            }
        }
    }

    [Fact]
    public void What_stands_between_quotes_can_be_read_back_exactly()
    {
        for (var value = 0; value <= 0x10FFFF; value += value < 0x20000 ? 1 : 13)
        {
            var text = value is >= 0xD800 and <= 0xDFFF ? $"{(char)value}x" : $"{char.ConvertFromUtf32(value)}x";
            Assert.Equal(text, ReadBack(Written(text, SafeTextMode.Quoted)));
        }
    }

    [Fact]
    public void Random_utf_16_can_be_read_back_and_counts_its_characters()
    {
        var random = new Random(20260301);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Create(random.Next(40), random, static (span, source) =>
            {
                foreach (ref var character in span)
                {
                    character = source.Next(3) switch
                    {
                        0 => (char)source.Next(0x80),
                        1 => (char)source.Next(0xD700, 0xE100),
                        _ => (char)source.Next(0x10000),
                    };
                }
            });
            var output = new ArrayBufferWriter<byte>();
            var count = SafeText.Write(output, text, SafeTextMode.Quoted);
            var written = StrictUtf8.GetString(output.WrittenSpan);
            Assert.Equal(text, ReadBack(written));
            Assert.Equal(written.EnumerateRunes().Count(), count);
        }
    }

    [Fact]
    public void Allocates_nothing()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        const string text = "a\nb\u202ecdn.example.com é\ud800 \"quoted\"";
        SafeText.Write(output, text, SafeTextMode.Quoted);
        output.ResetWrittenCount();
        SafeText.Write(output, text, SafeTextMode.Quoted);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (var round = 0; round < 1000; round++)
            {
                output.ResetWrittenCount();
                SafeText.Write(output, text, SafeTextMode.Quoted);
            }
        }));
    }

    private static string Written(string text, SafeTextMode mode)
    {
        var output = new ArrayBufferWriter<byte>(64);
        SafeText.Write(output, text, mode);
        return StrictUtf8.GetString(output.WrittenSpan);
    }

    /// <summary>Stated a second time, and differently from the product: by what may come out, not by what may not.</summary>
    private static bool IsHarmless(Rune rune, SafeTextMode mode) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.SpaceSeparator => rune.Value == ' ' && mode != SafeTextMode.Token,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark =>
            rune.Value is not (0x34F or >= 0xFE00 and <= 0xFE0F or >= 0xE0100 and <= 0xE01EF or >= 0x180B and <= 0x180F),
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
            or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.OtherPunctuation or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol
            or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol => rune.Value is not (0x3164 or 0x115F or 0x1160 or 0xFFA0 or 0x2800),
        _ => false,
    };

    private static string ReadBack(string written)
    {
        var text = new StringBuilder();
        for (var index = 0; index < written.Length; index++)
        {
            if (written[index] != '\\')
            {
                text.Append(written[index]);
            }
            else if (written[index + 1] is '"' or '\\')
            {
                text.Append(written[++index]);
            }
            else
            {
                Assert.Equal("u{", written.Substring(index + 1, 2));
                var end = written.IndexOf('}', index);
                var value = int.Parse(written.AsSpan(index + 3, end - index - 3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                _ = value is >= 0xD800 and <= 0xDFFF or <= 0xFFFF ? text.Append((char)value) : text.Append(char.ConvertFromUtf32(value));
                index = end;
            }
        }

        return text.ToString();
    }
}
