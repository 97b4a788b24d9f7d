using System.Text;
using CsCheck;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Matching;

public sealed class MultiPatternMatcherTests
{
    // Few letters, so that patterns occur in texts; some fold across lengths in UTF-8 (Kelvin sign, long s, Ⱥ).
    private static readonly Gen<string> Letters = OneOf("a", "b", "c", "A", "B", ".", "-", "ab", "xyz", "é", "É", "σ", "ς", "k", "\u212A", "Ⱥ", "€", "😀");
    private static readonly Gen<string> Texts = Letters.Array[0, 24].Select(string.Concat);
    private static readonly Gen<string> Literals = Letters.Array[0, 9].Select(string.Concat);

    private static readonly Gen<TextPattern> Patterns =
        PatternsOf("{0}", "*{0}*", "*{0}", "{0}*", "{0}?", "?{0}*", "*{0}*{0}", "a*{0}?*", "*", "??*", "*??{0}*", "*?{0}?*");

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 2100)]
    [InlineData(true, 2100)]
    public void Agrees_with_a_naive_matcher(bool isPortable, int fillerCount) => AssertAgrees(
        Patterns, isPortable, fillerCount, fillerCount == 0 ? "0N0XIzNsQ0O2" : "3N0XIzNsQ0O2", fillerCount == 0 ? 3000 : 60);

    [Theory]
    [InlineData(false, "{0}", "*{0}", Label = "at the end")]
    [InlineData(true, "{0}", "*{0}", Label = "at the end, portable")]
    [InlineData(false, "{0}", "{0}*", Label = "at the start")]
    [InlineData(true, "{0}", "{0}*", Label = "at the start, portable")]
    [InlineData(false, "{0}", "{0}", Label = "whole")]
    [InlineData(true, "{0}", "{0}", Label = "whole, portable")]
    public void Agrees_with_a_naive_matcher_where_all_patterns_are_in_one_place(bool isPortable, params string[] forms) =>
        AssertAgrees(PatternsOf(forms), isPortable, 0, "0N0XIzNsQ0O2", 1000);

    private static Gen<TextPattern> PatternsOf(params string[] forms) => Gen.Select(
        Gen.OneOf(Literals, Letters.Array[3, 4].Select(string.Concat)), OneOf(forms),
        (literal, form) => TextPattern.Parse(form.Replace("{0}", literal, StringComparison.Ordinal)));

    private static void AssertAgrees(Gen<TextPattern> from, bool isPortable, int fillerCount, string seed, int iterations) => Gen.Select(
        Gen.Select(from, Gen.Bool).Array[1, 40], Texts.Array[1, 8]).Sample(
        (patterns, texts) =>
        {
            var builder = new PatternSetBuilder(foldsAsciiOnly: false, isPortable);
            for (var i = 0; i < fillerCount; i++)
            {
                // Enough long patterns that the second table, of grams of eight, is used.
                builder.Add(TextPattern.Parse($"*filler-{i}-filler*"), isCased: false, patterns.Length);
            }

            for (var i = 0; i < patterns.Length; i++)
            {
                builder.Add(patterns[i].Item1, patterns[i].Item2, i);
            }

            var matcher = builder.Build();
            foreach (var text in texts)
            {
                var expected = Enumerable.Range(0, patterns.Length).Where(i => NaivePattern.IsMatch(patterns[i].Item1, text, patterns[i].Item2));
                Assert.Equal(expected, Scan(matcher, text).Order());
            }
        },
        seed: seed,
        iter: iterations);

    [Theory]
    [InlineData("*needle*", "xxneedlexx", true, Label = "contains")]
    [InlineData("*needle*", "needlexx", true, Label = "contains at the start")]
    [InlineData("*needle*", "xxneedle", true, Label = "contains at the end")]
    [InlineData("*needle*", "xxneedl", false, Label = "contains, cut at the end")]
    [InlineData("needle*", "needlexx", true, Label = "startswith")]
    [InlineData("needle*", "xneedle", false, Label = "startswith, elsewhere")]
    [InlineData("*needle", "xxneedle", true, Label = "endswith")]
    [InlineData("*needle", "needlex", false, Label = "endswith, elsewhere")]
    [InlineData("*needle", "needleneedle", true, Label = "endswith, twice")]
    [InlineData("needle", "NEEDLE", true, Label = "exact")]
    [InlineData("needle", "needlen", false, Label = "exact, longer")]
    [InlineData("*.icu", "a.icu", true, Label = "four letters at the end")]
    [InlineData("*.icu", "icu", false, Label = "four letters, shorter text")]
    [InlineData("*a-literal-that-is-longer-than-a-window*", "xA-literal-that-is-longer-than-a-windowx", true, Label = "long")]
    [InlineData("*a-literal-that-is-longer-than-a-window*", "xa-literal-that-is-longer-than-a-windoWx", true, Label = "long, last letter differs")]
    [InlineData("*a-literal-that-is-longer-than-a-window", "a-literal-that-is-longer-than-a-windox", false, Label = "long, last letter missing")]
    [InlineData("*q*", "aaqaa", true, Label = "one letter")]
    [InlineData("qx*", "qxa", true, Label = "two letters at the start")]
    [InlineData("qxa", "QXA", true, Label = "three letters as a whole")]
    [InlineData("qxa", "qxab", false, Label = "three letters, longer text")]
    [InlineData("", "", true, Label = "nothing as a whole")]
    [InlineData("", "a", false, Label = "nothing as a whole, but text")]
    [InlineData("*", "", true, Label = "anything")]
    [InlineData("?", "😀", true, Label = "one character of four bytes")]
    [InlineData("??", "€", false, Label = "two characters, one there")]
    [InlineData("*??", "€", false, Label = "star and two characters, one there")]
    [InlineData("*??b*", "€bx", false, Label = "star and two characters before a letter, one there")]
    [InlineData("abcd*efgh", "abcdefgh", true, Label = "inner star over nothing")]
    [InlineData("abcde*defgh", "abcdefgh", false, Label = "inner star, halves overlap")]
    public void Matches(string pattern, string text, bool expected)
    {
        foreach (var isPortable in (bool[])[false, true])
        {
            var builder = new PatternSetBuilder(foldsAsciiOnly: true, isPortable);
            builder.Add(TextPattern.Parse(pattern), isCased: false, 0);
            Assert.Equal(expected, Scan(builder.Build(), text).Count == 1);
        }
    }

    [Theory]
    [InlineData(3, Label = "few short patterns")]
    [InlineData(40, Label = "many short patterns")]
    public void Finds_short_patterns_anywhere(int count)
    {
        var builder = new PatternSetBuilder(foldsAsciiOnly: true);
        for (var i = 0; i < count; i++)
        {
            builder.Add(TextPattern.Parse($"*{(char)('a' + (i % 20))}{i % 10}*"), isCased: false, i);
        }

        var matcher = builder.Build();
        Assert.Equal([0, 1], Scan(matcher, "--a0--b1").Where(i => i < 2).Order());
        Assert.DoesNotContain(2, Scan(matcher, "--a0--b1"));
    }

    [Fact]
    public void Finds_a_literal_of_more_than_255_bytes_by_its_beginning_and_tests_all_of_it()
    {
        var literal = string.Concat(Enumerable.Range(0, 100).Select(i => $"part{i}-"));
        var builder = new PatternSetBuilder(foldsAsciiOnly: true);
        builder.Add(TextPattern.Parse($"*{literal}"), isCased: false, 0);
        var matcher = builder.Build();
        Assert.Single(Scan(matcher, "x" + literal.ToUpperInvariant()));
        Assert.Empty(Scan(matcher, literal[..^1] + "x"));
        Assert.Empty(Scan(matcher, literal + "x"));
    }

    [Fact]
    public void Finds_each_of_a_hundred_thousand_values_and_no_other()
    {
        var builder = new PatternSetBuilder(foldsAsciiOnly: true);
        for (var i = 0; i < 100_000; i++)
        {
            builder.Add(TextPattern.Parse($"*.host{i}.example"), isCased: false, i);
        }

        var matcher = builder.Build();
        for (var i = 0; i < 100_000; i += 997)
        {
            Assert.Equal([i], Scan(matcher, $"WWW.Host{i}.Example"));
            Assert.Empty(Scan(matcher, $"www.host{i}x.example"));
        }
    }

    [Fact]
    public void Tells_which_pattern_was_hit()
    {
        var builder = new PatternSetBuilder(foldsAsciiOnly: true);
        string[] patterns = ["*needle*", "thread*", "*pin", "whole", "in*side", "q*", @"*x\*y-*"];
        foreach (var (pattern, i) in patterns.Select((p, i) => (p, i)))
        {
            builder.Add(TextPattern.Parse(pattern), isCased: false, i);
        }

        var matcher = builder.Build();
        foreach (var (text, i) in ((string, int)[])[("a needle.", 0), ("threads", 1), ("hairpin", 2), ("whole", 3), ("in the side", 4), ("qa", 5), ("x*y-z", 6)])
        {
            var hits = new CollectedHits([], []);
            matcher.Scan(Pad(text, matcher), Encoding.UTF8.GetBytes(text), ref hits);
            Assert.Contains(hits.Patterns, p => matcher.Describe(p) == patterns[i]);
        }
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static List<int> Scan(MultiPatternMatcher matcher, string text)
    {
        var hits = new CollectedHits([], []);
        matcher.Scan(Pad(text, matcher), Encoding.UTF8.GetBytes(text), ref hits);
        return [.. hits.Groups.Distinct()];
    }

    private static byte[] Pad(string text, MultiPatternMatcher matcher)
    {
        // What surrounds the text must not matter: the patterns' own letters are the worst case.
        var folded = TextFolding.Fold(text, matcher.FoldsAsciiOnly);
        var padding = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("needleabc.", 4)))[..MultiPatternMatcher.Padding];
        return [.. padding, .. folded, .. padding];
    }

    private readonly struct CollectedHits(List<int> groups, List<int> patterns) : IPatternHits
    {
        public List<int> Groups => groups;

        public List<int> Patterns => patterns;

        public bool IsKnown(int group) => false;

        public void Add(int group, int pattern)
        {
            groups.Add(group);
            patterns.Add(pattern);
        }
    }
}
