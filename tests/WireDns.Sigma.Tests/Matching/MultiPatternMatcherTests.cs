using System.Text;
using CsCheck;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Matching;

public sealed class MultiPatternMatcherTests
{
    // Few letters, so that patterns meet texts; some fold across lengths in UTF-8 (Kelvin sign, long s, Ⱥ).
    private static readonly Gen<string> Letters = OneOf("a", "b", "c", "A", "B", ".", "-", "ab", "xyz", "é", "É", "σ", "ς", "k", "\u212A", "Ⱥ", "€", "😀");
    private static readonly Gen<string> Texts = Letters.Array[0, 24].Select(string.Concat);
    private static readonly Gen<string> Literals = Letters.Array[0, 9].Select(string.Concat);

    private static readonly Gen<TextPattern> Patterns = Gen.Select(
        Gen.OneOf(Literals, Letters.Array[3, 4].Select(string.Concat)),
        OneOf("{0}", "*{0}*", "*{0}", "{0}*", "{0}?", "?{0}*", "*{0}*{0}", "a*{0}?*", "*", "??*", "*??{0}*", "*?{0}?*"),
        (literal, form) => TextPattern.Parse(form.Replace("{0}", literal, StringComparison.Ordinal)));

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 2100)]
    [InlineData(true, 2100)]
    public void Agrees_with_a_naive_matcher(bool isPortable, int fillerCount) => Gen.Select(
        Gen.Select(Patterns, Gen.Bool).Array[1, 40], Texts.Array[1, 8]).Sample(
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
        seed: fillerCount == 0 ? "0N0XIzNsQ0O2" : "3N0XIzNsQ0O2",
        iter: fillerCount == 0 ? 3000 : 60);

    [Theory]
    [InlineData("contains", "*needle*", "xxneedlexx", true)]
    [InlineData("contains at the start", "*needle*", "needlexx", true)]
    [InlineData("contains at the end", "*needle*", "xxneedle", true)]
    [InlineData("contains, cut at the end", "*needle*", "xxneedl", false)]
    [InlineData("startswith", "needle*", "needlexx", true)]
    [InlineData("startswith, elsewhere", "needle*", "xneedle", false)]
    [InlineData("endswith", "*needle", "xxneedle", true)]
    [InlineData("endswith, elsewhere", "*needle", "needlex", false)]
    [InlineData("endswith, twice", "*needle", "needleneedle", true)]
    [InlineData("exact", "needle", "NEEDLE", true)]
    [InlineData("exact, longer", "needle", "needlen", false)]
    [InlineData("four letters at the end", "*.icu", "a.icu", true)]
    [InlineData("four letters, shorter text", "*.icu", "icu", false)]
    [InlineData("long", "*a-literal-that-is-longer-than-a-window*", "xA-literal-that-is-longer-than-a-windowx", true)]
    [InlineData("long, last letter differs", "*a-literal-that-is-longer-than-a-window*", "xa-literal-that-is-longer-than-a-windoWx", true)]
    [InlineData("long, last letter missing", "*a-literal-that-is-longer-than-a-window", "a-literal-that-is-longer-than-a-windox", false)]
    [InlineData("one letter", "*q*", "aaqaa", true)]
    [InlineData("two letters at the start", "qx*", "qxa", true)]
    [InlineData("three letters as a whole", "qxa", "QXA", true)]
    [InlineData("three letters, longer text", "qxa", "qxab", false)]
    [InlineData("nothing as a whole", "", "", true)]
    [InlineData("nothing as a whole, but text", "", "a", false)]
    [InlineData("anything", "*", "", true)]
    [InlineData("one character of four bytes", "?", "😀", true)]
    [InlineData("two characters, one there", "??", "€", false)]
    [InlineData("star and two characters, one there", "*??", "€", false)]
    [InlineData("star and two characters before a letter, one there", "*??b*", "€bx", false)]
    [InlineData("inner star over nothing", "abcd*efgh", "abcdefgh", true)]
    [InlineData("inner star, halves overlap", "abcde*defgh", "abcdefgh", false)]
    public void Matches(string description, string pattern, string text, bool expected)
    {
        Assert.NotNull(description);
        foreach (var isPortable in (bool[])[false, true])
        {
            var builder = new PatternSetBuilder(foldsAsciiOnly: true, isPortable);
            builder.Add(TextPattern.Parse(pattern), isCased: false, 0);
            Assert.Equal(expected, Scan(builder.Build(), text).Count == 1);
        }
    }

    [Theory]
    [InlineData("few short patterns", 3)]
    [InlineData("many short patterns", 40)]
    public void Finds_short_patterns_anywhere(string description, int count)
    {
        Assert.NotNull(description);
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
        // What stands around the text must not matter: the patterns' own letters are the worst that can stand there.
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
