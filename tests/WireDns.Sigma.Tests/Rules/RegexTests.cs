using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Rules;

/// <summary>Regular expressions mean what PCRE means, or are refused by name.</summary>
public sealed class RegexTests
{
    [Theory]
    [InlineData("a POSIX class", "^[[:alpha:]]+$", "abc", true)]
    [InlineData("a POSIX class, other character", "^[[:alpha:]]+$", "ab1", false)]
    [InlineData("a POSIX class beside others", "^[[:digit:].-]+$", "1.2-3", true)]
    [InlineData("a negated POSIX class", "^[[:^digit:]]+$", "abc", true)]
    [InlineData("xdigit", "^[[:xdigit:]]{4}$", "BeeF", true)]
    [InlineData("punct", "^[[:punct:]]+$", "!~^", true)]
    [InlineData("punct is not a letter", "[[:punct:]]", "a", false)]
    [InlineData("an escaped underscore", @"a\_b", "a_b", true)]
    [InlineData("a named group of Python", "(?P<n>a)b", "ab", true)]
    [InlineData("a named group in quotes", "(?'n'a)b", "ab", true)]
    [InlineData("a digit of another script", @"^\d$", "\u0663", false)]
    [InlineData("a word character of another script", @"^\w$", "é", false)]
    [InlineData("a space of another script", @"^\s$", "\u2003", false)]
    [InlineData("the vertical tab is a space", @"^\s$", "\v", true)]
    [InlineData("a boundary before another letter", @"a\b", "aé", true)]
    [InlineData("no boundary before a digit", @"a\b", "a1", false)]
    [InlineData("case of ASCII", "(?i)KELVIN", "kelvin", true)]
    [InlineData("the Kelvin sign is no k", "(?i)k", "\u212A", false)]
    [InlineData("case in a class", "(?i)^[A-F]+$", "abc", true)]
    [InlineData("case in a negated class", "(?i)^[^a]+$", "A", false)]
    [InlineData("flags in a group", "a(?i:b)c", "aBc", true)]
    [InlineData("flags end with their group", "a(?i:b)c", "aBC", false)]
    [InlineData("flags reach the next alternative", "x(a(?i)b|c)y", "xCy", true)]
    [InlineData("flags off", "(?i)a(?-i)b", "AB", false)]
    [InlineData("extended", "(?x) a b # comment\n c", "abc", true)]
    [InlineData("an escaped blank in extended", @"(?x)a\ b", "a b", true)]
    [InlineData("a quantifier after a blank in extended", "(?x)^a +$", "aaa", true)]
    [InlineData("a comment", "a(?#comment)b", "ab", true)]
    [InlineData("quoting", @"\Qa.b\E", "a.b", true)]
    [InlineData("quoting takes the dot itself", @"\Qa.b\E", "axb", false)]
    [InlineData("a quantifier after quoting", @"^\Qab\E+$", "abbb", true)]
    [InlineData("vertical space is more than the vertical tab", @"^\v$", "\n", true)]
    [InlineData("not a line feed", @"^\N$", "a", true)]
    [InlineData("a character by its code", @"^\x{61}\x62\o{143}$", "abc", true)]
    [InlineData("the bell and escape", @"^\a\e$", "\a\u001b", true)]
    [InlineData("a control character", @"^\cA$", "\u0001", true)]
    [InlineData("octal", @"^\012$", "\n", true)]
    [InlineData("a backspace in a class", @"^[\b]$", "\b", true)]
    [InlineData("a bracket first in a class", "^[]a]+$", "a]", true)]
    [InlineData("a bracket first in a negated class", "^[^]]+$", "]", false)]
    [InlineData("a bracket in a class", "^[[a]+$", "[a", true)]
    [InlineData("a hyphen at the end of a class", "^[a-]+$", "a-", true)]
    [InlineData("a set in a class", @"^[\w.-]+$", "a.b-c", true)]
    [InlineData("a brace that counts nothing", "^a{b}$", "a{b}", true)]
    [InlineData("a brace alone", "^a{$", "a{", true)]
    [InlineData("a count without a maximum", "^a{2,}$", "aaa", true)]
    [InlineData("the dollar sign before a last line feed", "a$", "a\n", true)]
    [InlineData("the end before a last line feed", @"a\z", "a\n", false)]
    [InlineData("a dot is one character outside the plane", "^.$", "\U0001F600", true)]
    [InlineData("a negated class is one, too", "^[^a]$", "\U0001F600", true)]
    [InlineData("a letter outside ASCII", "bücher", "bücher", true)]
    [InlineData("a letter outside ASCII in a class", "^b[üu]cher$", "bücher", true)]
    [InlineData("a general category", @"^\p{Lu}$", "Ü", true)]
    [InlineData("a category without braces", @"^\pL$", "ü", true)]
    [InlineData("a negated category", @"^\P{L}$", "1", true)]
    [InlineData("branch reset", "(?|a|b)c", "bc", true)]
    [InlineData("where the match begins", @"a\Kb", "ab", true)]
    [InlineData("possessive, provable", "^a++b$", "aaab", true)]
    [InlineData("possessive at the end", "ba*+", "baa", true)]
    [InlineData("possessive before the end", "^a++$", "aaa", true)]
    [InlineData("atomic over single characters", "(?>a|b)c", "bc", true)]
    [InlineData("lazy", "a.*?b", "axxb", true)]
    public void Means_what_PCRE_means(string description, string expression, string text, bool expected)
    {
        var rule = RuleHarness.ForSelection($"{{q|re: {System.Text.Json.JsonSerializer.Serialize(expression)}}}");

        Assert.True(expected == rule.Match(System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["q"] = text })).Length > 0, description);
        Assert.True(PcreLibrary.IsMatch(expression, text) is not { } other || other == expected || !Ascii.IsValid(text), $"{description}: PCRE says otherwise");
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData(".{200}", 200)]
    [InlineData("a|bcd", 1)]
    [InlineData("bcd|", 0)]
    [InlineData("(?:ab){3}c?", 6)]
    [InlineData("(a|bb(c|dd)){2,}", 2)]
    [InlineData(@"^\Qab\E+$", 2)]
    [InlineData(@"[a-c]+\d*\x{1F600}", 3)]
    [InlineData("(?i)a(?#comment)b", 2)]
    [InlineData(@"\ba*\b", 0)]
    [InlineData("(?:.{60000}){60000}", int.MaxValue)]
    public void Knows_how_long_a_text_must_be(string expression, int expected)
    {
        var translator = new RegexTranslator(expression, ignoresCase: false, isMultiLine: false, isDotAll: false);
        translator.Translate();

        Assert.Equal(expected, translator.MinimumLength);
    }

    [Theory]
    [InlineData(".{5}", "abcde", true)]
    [InlineData(".{5}", "abcd", false)]
    [InlineData(".{5,}", "abcdefgh", true)]
    [InlineData(".{5}", "abc\ndefg", false)]
    [InlineData(".{5}", "abc\ndefgh", true)]
    [InlineData(".{5}", "abcde\n", true)]
    [InlineData(".{5}", "ab\u00fc\u20acd", true)]
    [InlineData(".{5}", "a\u00fc\U0001F600d", false)]
    [InlineData(".{5}", "", false)]
    [InlineData(".{0}", "", true)]
    [InlineData(".{2,3}", "ab", true)]
    [InlineData("(?s).{5}", "abc\ndefg", true)]
    [InlineData(".{5}$", "abcde", true)]
    public void A_run_of_any_characters_is_counted(string expression, string text, bool expected)
    {
        var rule = RuleHarness.ForSelection($"{{q|re: {System.Text.Json.JsonSerializer.Serialize(expression)}}}");

        Assert.Equal(expected, rule.Match(System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["q"] = text })).Length > 0);
        Assert.True(PcreLibrary.IsMatch(expression, text) is not { } other || other == expected || !Ascii.IsValid(text), "PCRE says otherwise");
    }

    [Theory]
    [InlineData("a lookahead", "a(?=b)", "a lookahead (?=")]
    [InlineData("a negative lookahead", "a(?!b)", "a lookahead (?!")]
    [InlineData("a lookbehind", "(?<=a)b", "a lookbehind (?<=")]
    [InlineData("a backreference", @"(a)\1", "a backreference")]
    [InlineData("a named backreference", @"(?P<n>a)(?P=n)", "a backreference")]
    [InlineData("a k backreference", @"(?<n>a)\k<n>", "a backreference")]
    [InlineData("recursion", "a(?R)?b", "a call of a group")]
    [InlineData("a condition", "(a)?(?(1)b|c)", "a condition")]
    [InlineData("subtraction", "[a-z-[aeiou]]", "-[ in a class")]
    [InlineData("possessive that may take what follows", "a++ab", "possessive")]
    [InlineData("possessive of a group", "(?:ab)++c", "possessive")]
    [InlineData("possessive before quoted text", @"a++\Qab\E", "possessive")]
    [InlineData("possessive before an optional character", "a++b?a", "possessive")]
    [InlineData("possessive of a category", @"\p{L}++a", "possessive")]
    [InlineData("an atomic group", "(?>a+)b", "an atomic group")]
    [InlineData("a POSIX class outside brackets", "[:alpha:]+", "a POSIX class outside brackets")]
    [InlineData("an unknown POSIX class", "[[:foo:]]", "the unknown class [:foo:]")]
    [InlineData("a collating element", "[[.hyphen.]]", "a collating element")]
    [InlineData(".NET's character escape", @"\u0041", @"\u")]
    [InlineData("an unknown escape", @"\y", @"the escape \y")]
    [InlineData("horizontal space", @"^\h+$", @"\h (write [ \t])")]
    [InlineData("a script", @"\p{Greek}", @"\p{Greek}")]
    [InlineData("a verb", "(*SKIP)a", "a verb")]
    [InlineData("where the last match ended", @"\Ga", @"\G")]
    [InlineData("a quantifier first", "*a", "nothing before it")]
    [InlineData("a quantifier after another", "a**", "after another")]
    [InlineData("an open bracket", "[a", "a [ without its ]")]
    [InlineData("an open parenthesis", "(a", "a ( without its )")]
    [InlineData("a closing parenthesis", "a)", "a ) without its (")]
    [InlineData("a backslash at the end", @"a\", "a backslash at the end")]
    [InlineData("a reversed range", "[z-a]", "reverse order")]
    [InlineData("a range to a set", @"[a-\d]", "a range that ends in a set")]
    [InlineData("a count above PCRE's", "a{65536}", "a count above")]
    [InlineData("a count of two minds", "a{,3}", "{ with blanks")]
    public void Refuses_by_name(string description, string expression, string construct)
    {
        var error = Assert.Single(RuleHarness.Errors(RuleHarness.RuleText($"{{q|re: {System.Text.Json.JsonSerializer.Serialize(expression)}}}")));

        Assert.True(error.Message.Contains(construct, StringComparison.Ordinal), $"{description}: {error}");
    }

    [Fact]
    public void Refuses_a_caret_at_line_ends_that_PCRE_and_NET_read_differently()
    {
        Assert.Contains("^ under the flag m", Assert.Single(RuleHarness.Errors(RuleHarness.RuleText("{q|re|m: 'a\\n^$'}"))).Message, StringComparison.Ordinal);
        Assert.Empty(RuleHarness.Errors(RuleHarness.RuleText("{q|re|m: '^(evil|bad)'}")));
        Assert.Empty(RuleHarness.Errors(RuleHarness.RuleText("{q|re|m: '(^|x)evil'}")));
    }

    [Fact]
    public void Random_expressions_match_as_the_PCRE_library_has_them()
    {
        Assert.SkipUnless(PcreLibrary.IsThere, "libpcre2-8.so.0 is not installed (Debian: libpcre2-8-0)");
        const int Count = 4000;
        var random = new Random(20261127);
        var compared = 0;
        for (var i = 0; i < Count; i++)
        {
            var expression = RandomExpression(random, 3);
            var translator = new RegexTranslator(expression, ignoresCase: false, isMultiLine: false, isDotAll: false);
            string translated;
            try
            {
                translated = translator.Translate();
            }
            catch (UnsupportedRegexException)
            {
                continue;
            }

            if (PcreLibrary.IsMatch(expression, "") is null)
            {
                Assert.Fail($"PCRE refuses {expression}, which was translated to {translated}");
            }

            var regex = new System.Text.RegularExpressions.Regex(translated, System.Text.RegularExpressions.RegexOptions.NonBacktracking);
            for (var j = 0; j < 12; j++)
            {
                var text = RandomText(random);
                Assert.True(
                    PcreLibrary.IsMatch(expression, text) == regex.IsMatch(text),
                    $"{expression} on {System.Text.Json.JsonSerializer.Serialize(text)}: .NET has {regex.IsMatch(text)} with {translated}");
                compared++;
            }
        }

        Assert.True(compared > Count * 4, $"only {compared} comparisons");
    }

    private static string RandomText(Random random)
    {
        const string Characters = "aabbAB01_-. \n\t[]^:";
        return string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => Characters[random.Next(Characters.Length)]));
    }

    private static string RandomExpression(Random random, int depth)
    {
        string[] atoms =
        [
            "a", "b", "A", "0", "_", ".", "\\.", "\\_", "\\-", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\v", "\\N", "\\b", "\\B", "^", "$", "\\A", "\\z", "\\Z",
            "[ab]", "[^ab]", "[]a]", "[^]a]", "[a-]", "[\\w-]", "[[:alpha:]]", "[[:^alpha:]b]", "[[:punct:]]", "[[:upper:]0]", "[[:space:]]", "[\\d_]", "[A-b]", "[[a]", "[a:]",
            "\\x61", "\\x{62}", "\\Qa.\\E", "\\n", "\\t", "\\e", "(?#c)", "\\K", "a{2}", "[ab]{1,2}", "a{0}", "b{,x}", "{", "}", "]", "\\012", "[\\b]", "[\\12]", "[^[:cntrl:]]",
        ];
        var text = new StringBuilder();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            text.Append(depth > 0 && random.Next(4) == 0 ? RandomGroup(random, depth - 1) : atoms[random.Next(atoms.Length)]);
            if (random.Next(3) == 0)
            {
                string[] quantifiers = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,}", "{0,2}", "++", "*+", "?+"];
                text.Append(quantifiers[random.Next(quantifiers.Length)]);
            }
        }

        return text.ToString();
    }

    private static string RandomGroup(Random random, int depth)
    {
        string[] starts = ["(", "(?:", "(?i:", "(?P<n" + random.Next(1_000_000).ToString(CultureInfo.InvariantCulture) + ">", "(?s:", "(?m:", "(?x: ", "(?i)(", "(?-i:", "(?im-s:", "(?|", "(?>"];
        var inside = RandomExpression(random, depth) + (random.Next(2) == 0 ? "|" + RandomExpression(random, depth) : "");
        return starts[random.Next(starts.Length)] + inside + ")";
    }

    /// <summary>The library of PCRE itself (pcre2api(3)), of 8 bits and without UTF, as the reference.</summary>
    private static class PcreLibrary
    {
        private const string Name = "libpcre2-8.so.0";

        public static bool IsThere { get; } = NativeLibrary.TryLoad(Name, Assembly.GetExecutingAssembly(), null, out _);

        /// <summary>Whether the expression matches; null if the library is missing, or refuses the expression.</summary>
        public static bool? IsMatch(string expression, string text)
        {
            if (!IsThere)
            {
                return null;
            }

            var pattern = Encoding.UTF8.GetBytes(expression);
            var code = Compile(pattern, (nuint)pattern.Length, 0, out _, out _, 0);
            if (code == 0)
            {
                return null;
            }

            var data = CreateMatchData(code, 0);
            try
            {
                var subject = Encoding.UTF8.GetBytes(text);
                return Match(code, subject, (nuint)subject.Length, 0, 0, data, 0) >= 0;
            }
            finally
            {
                FreeMatchData(data);
                Free(code);
            }
        }

        [DllImport(Name, EntryPoint = "pcre2_compile_8")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern nint Compile(byte[] pattern, nuint length, uint options, out int error, out nuint offset, nint context);

        [DllImport(Name, EntryPoint = "pcre2_match_data_create_from_pattern_8")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern nint CreateMatchData(nint code, nint context);

        [DllImport(Name, EntryPoint = "pcre2_match_8")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int Match(nint code, byte[] subject, nuint length, nuint start, uint options, nint data, nint context);

        [DllImport(Name, EntryPoint = "pcre2_match_data_free_8")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern void FreeMatchData(nint data);

        [DllImport(Name, EntryPoint = "pcre2_code_free_8")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern void Free(nint code);
    }
}
