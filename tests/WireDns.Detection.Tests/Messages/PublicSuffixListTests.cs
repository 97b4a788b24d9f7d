using System.Text;
using WireDns.Detection.Messages;

namespace WireDns.Detection.Tests.Messages;

public sealed class PublicSuffixListTests
{
    private static readonly PublicSuffixList List = PublicSuffixList.ReadShipped();

    [Theory]
    // One rule for the top level.
    [InlineData("biz", "biz", null)]
    [InlineData("defender.biz", "biz", "defender.biz")]
    [InlineData("www.defender.biz", "biz", "defender.biz")]
    [InlineData("a.b.c.defender.biz", "biz", "defender.biz")]
    [InlineData("WWW.Defender.BIZ", "BIZ", "Defender.BIZ")]
    // Rules of two and three labels.
    [InlineData("com", "com", null)]
    [InlineData("uk.com", "uk.com", null)]
    [InlineData("defender.uk.com", "uk.com", "defender.uk.com")]
    [InlineData("co.uk", "co.uk", null)]
    [InlineData("www.defender.co.uk", "co.uk", "defender.co.uk")]
    [InlineData("defender.jp", "jp", "defender.jp")]
    [InlineData("www.defender.ac.jp", "ac.jp", "defender.ac.jp")]
    [InlineData("ide.kyoto.jp", "ide.kyoto.jp", null)]
    [InlineData("a.b.ide.kyoto.jp", "ide.kyoto.jp", "b.ide.kyoto.jp")]
    [InlineData("k12.ak.us", "k12.ak.us", null)]
    [InlineData("www.defender.k12.ak.us", "k12.ak.us", "defender.k12.ak.us")]
    // A wildcard: each label below is a suffix.
    [InlineData("mm", "mm", null)]
    [InlineData("c.mm", "c.mm", null)]
    [InlineData("a.b.c.mm", "c.mm", "b.c.mm")]
    [InlineData("c.kobe.jp", "c.kobe.jp", null)]
    [InlineData("a.b.c.kobe.jp", "c.kobe.jp", "b.c.kobe.jp")]
    [InlineData("kobe.jp", "jp", "kobe.jp")]
    // Exceptions from it.
    [InlineData("city.kobe.jp", "kobe.jp", "city.kobe.jp")]
    [InlineData("www.city.kobe.jp", "kobe.jp", "city.kobe.jp")]
    [InlineData("other.ck", "other.ck", null)]
    [InlineData("a.b.other.ck", "other.ck", "b.other.ck")]
    [InlineData("www.ck", "ck", "www.ck")]
    [InlineData("a.www.ck", "ck", "www.ck")]
    // The private section.
    [InlineData("github.io", "github.io", null)]
    [InlineData("page.customer.github.io", "github.io", "customer.github.io")]
    // Not listed: the last label is the suffix.
    [InlineData("example", "example", null)]
    [InlineData("a.b.corp", "corp", "b.corp")]
    [InlineData("printer.local", "local", "printer.local")]
    // In other letters, as names may have them.
    [InlineData("xn--85x722f.com.cn", "com.cn", "xn--85x722f.com.cn")]
    [InlineData("www.xn--85x722f.xn--55qx5d.cn", "xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn")]
    [InlineData("xn--55qx5d.cn", "xn--55qx5d.cn", null)]
    [InlineData("WWW.shishi.XN--FIQS8S", "XN--FIQS8S", "shishi.XN--FIQS8S")]
    // Reverse names.
    [InlineData("4.3.2.1.in-addr.arpa", "in-addr.arpa", "1.in-addr.arpa")]
    // The root, and texts that are barely names.
    [InlineData(".", null, null)]
    [InlineData("", null, null)]
    [InlineData(".com", "com", null)]
    // Escapes: a dot within a label separates nothing, one after an escaped backslash does.
    [InlineData(@"a\.b.example.com", "com", "example.com")]
    [InlineData(@"example\.com", @"example\.com", null)]
    [InlineData(@"x.example\.co.uk", @"uk", @"example\.co.uk")]
    [InlineData(@"a\\.com", "com", @"a\\.com")]
    [InlineData(@"x.a\\\.b.com", "com", @"a\\\.b.com")]
    [InlineData(@"\000.www.defender.co.uk", "co.uk", "defender.co.uk")]
    public void Splits(string name, string? suffix, string? domain)
    {
        var parts = List.Split(Encoding.ASCII.GetBytes(name));

        Assert.Equal(suffix, parts.Suffix < 0 ? null : name[parts.Suffix..]);
        Assert.Equal(domain, parts.Domain < 0 ? null : name[parts.Domain..]);
    }

    [Fact]
    public void Every_rule_of_the_list_is_found_again()
    {
        var rules = File.ReadLines(Path.Combine(TestPaths.Root, "src", "WireDns.Detection", "Data", "public-suffix-list.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ').Skip(1))
            .ToHashSet(StringComparer.Ordinal);

        Assert.InRange(rules.Count, 9_000, 30_000);
        foreach (var rule in rules)
        {
            var (name, suffix) = rule[0] switch
            {
                '!' => ($"w.{rule[1..]}", rule[(rule.IndexOf('.', StringComparison.Ordinal) + 1)..]),
                '*' => ($"w.qqq7.x{rule[1..]}", "x" + rule[1..]),
                _ => ($"w.qqq7.{rule}", rule),
            };
            if (rule[0] != '!' && rules.Contains("*." + rule))
            {
                // Below it every label is a suffix, so that "qqq7" is one.
                suffix = "qqq7." + rule;
            }

            Assert.Equal(suffix, name[List.Split(Encoding.ASCII.GetBytes(name)).Suffix..]);
        }
    }

    [Fact]
    public void Threads_that_meet_a_top_level_domain_at_once_read_the_same_rules()
    {
        for (var round = 0; round < 20; round++)
        {
            var list = PublicSuffixList.ReadShipped();
            Parallel.For(0, 64, _ =>
            {
                foreach (var (name, suffix) in new[] { ("a.b.ide.kyoto.jp", 4), ("page.customer.github.io", 14), ("a.www.ck", 6) })
                {
                    Assert.Equal(suffix, list.Split(Encoding.ASCII.GetBytes(name)).Suffix);
                }
            });
        }
    }

    [Fact]
    public void Any_bytes_are_split_within_their_bounds()
    {
        var random = new Random(20261124);
        var alphabet = @"\\...acomukjp*!-_019"u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var name = random.GetItems(alphabet, random.Next(0, 24));
            var (domain, suffix) = List.Split(name);

            Assert.InRange(suffix, -1, Math.Max(name.Length, 0));
            Assert.InRange(domain, -1, Math.Max(suffix, -1));
        }
    }

    [Fact]
    public void Splitting_allocates_nothing()
    {
        var name = "www.some.customer.github.io"u8.ToArray();
        var sum = 0;
        Split();
        Assert.Equal(18 * 10_000, sum);

        Assert.Equal(0, Allocated.By(Split));

        void Split()
        {
            for (var i = 0; i < 10_000; i++)
            {
                sum += List.Split(name).Suffix;
            }
        }
    }
}
