using System.Text;
using System.Text.Json.Nodes;
using WireDns.RuleTools.Queries;
using WireDns.Tests.Rules;
using WireDns.Tests.Running;

namespace WireDns.Tests.Queries;

/// <summary>The text of queries: <c>rules convert --to</c> a database.</summary>
public sealed class QueryTextTests
{
    private static string Expected => Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Queries", "Expected");

    [Theory]
    [InlineData("duckdb", 0)]
    [InlineData("clickhouse", 0)]
    [InlineData("trino", 0)]
    [InlineData("spark", 0)]
    [InlineData("elasticsearch", 1)]
    public void Each_dialect_has_the_expected_text(string target, int status)
    {
        var run = Product.Run("rules", "convert", Path.Combine(Expected, "rules.yml"), "--to", target);

        Assert.Equal(status, run.ExitStatus);
        Assert.Equal(File.ReadAllText(Path.Combine(Expected, $"{target}.txt")), run.Output.Text);
    }

    [Theory]
    [InlineData("query|re: '(?<=a)b'", null, Label = "what no rule can have")]
    [InlineData(@"query|re: '\bevil\b'", @"its regular expression has \b", Label = "a boundary")]
    [InlineData("query|re: '(?i)evil'", "a group that begins with (?", Label = "a flag inside")]
    [InlineData("query|re: 'é'", "a character outside ASCII", Label = "another letter")]
    [InlineData("query|re: '[[:alpha:]]'", "[ in a class", Label = "a POSIX class")]
    [InlineData("query|re: 'a{1001}'", "above 1000", Label = "a count that RE2 refuses")]
    [InlineData("src_ip|cidr: 2001:db8::/32", "does not tell whether it is in this network", Label = "a long IPv6 network")]
    [InlineData("answers|cidr: fe80::/10", "are asked for in dns.resolved_ip", Label = "an IPv6 network in data of any type")]
    [InlineData("network.community_id: '1:x'", "no column of the Community ID", Label = "a field that the log lacks")]
    [InlineData("dns.question.top_level_domain: co.uk", "no column of the public suffix", Label = "a field of which it has something else")]
    [InlineData("query|fieldref: AA", "the table has it as a number", Label = "a reference to a flag")]
    public void What_cannot_be_said_exactly_is_refused_by_name_and_reason(string leaf, string? reason)
    {
        using var folder = new TemporaryFolder();
        var bad = folder.Write("bad.yml", RuleText.Of($"s:\n    {leaf}\ncondition: s", "Bad"));
        var good = folder.Write("good.yml", RuleText.Of("s:\n    query: a.example\ncondition: s", "Good"));

        var run = Product.Run("rules", "convert", bad, good, "--to", "duckdb");

        Assert.Equal(reason is null ? 0 : 1, run.ExitStatus);
        Assert.Contains(run.Error.Lines, line => line.StartsWith(reason is null ? $"{bad}: not carried: " : $"{bad}: 'Bad' is refused: ", StringComparison.Ordinal)
            && line.Contains(reason ?? "", StringComparison.Ordinal));
        Assert.Contains("-- Good", run.Output.Lines);
        Assert.Equal(2, Product.Run("rules", "convert", bad, "--to", "duckdb").ExitStatus);
        var objects = Product.Run("rules", "convert", bad, good, "--to", "duckdb", "-f", "json").Output.Lines.Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Contains(reason ?? "", objects[0]["refused"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.NotNull(objects[1]["query"]);
    }

    [Theory]
    [InlineData("trino", "@timestamp|hour: 5", "the hour in its session's time zone")]
    [InlineData("spark", "@timestamp|week: 5", "the week in its session's time zone")]
    [InlineData("elasticsearch", "query|re: a", "regular expressions are others")]
    [InlineData("elasticsearch", "src_ip|cidr: '::/0'", "takes every IPv4 address")]
    [InlineData("elasticsearch", "query_length: 5", "ECS has no field of it")]
    [InlineData("elasticsearch", "answers: Ünknown", "folds the case of ASCII letters alone")]
    public void What_one_engine_cannot_say_is_refused_there(string target, string leaf, string reason)
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("rules", "convert", folder.Write("rule.yml", RuleText.Of($"s:\n    '{leaf.Replace(": ", "': ", StringComparison.Ordinal)}\ncondition: s")), "--to", target);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(reason, run.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Correlations_are_refused_with_a_pointer_to_hunt()
    {
        var run = Product.Run("rules", "convert", TestPaths.AllRules, "--to", "duckdb");

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal(8, run.Error.Lines.Count(line => line.EndsWith("is refused: it is a correlation, which counts events: wiredns hunt runs it", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("logs; DROP TABLE x")]
    [InlineData("1log")]
    [InlineData("a..b")]
    public void A_table_has_a_name_of_letters(string name)
    {
        var run = Product.Run("rules", "convert", TestPaths.AllRules, "--to", "duckdb", "--table", name);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("--table takes letters", run.Error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("^a.b$", false, @"\Aa[^\n]b(?:\n?\z)")]
    [InlineData("evil", true, "[Ee][Vv][Ii][Ll]")]
    [InlineData(@"[^\w.-]+?", false, @"[^\x2D-\x2E0-9A-Z\x5Fa-z]+?")]
    [InlineData("[a-f]", true, "[A-Fa-f]")]
    [InlineData(@"\x41\.\d{2,}(x|y)", false, @"A\.[0-9]{2,}(?:x|y)")]
    [InlineData("[]a]", false, @"[\x5Da]")]
    public void An_expression_is_rewritten_so_that_all_engines_read_it_alike(string expression, bool ignoresCase, string expected) =>
        Assert.Equal(expected, new RegexText(expression, ignoresCase, isMultiLine: false, isDotAll: false).Rewrite());

    [Fact]
    public void Whatever_an_expression_is_rewriting_it_ends_with_a_text_or_a_reason()
    {
        var random = new Random(3);
        const string Alphabet = @"\\[]()^$.|?*+{}-,aZ09:=é";
        for (var round = 0; round < 20_000; round++)
        {
            var text = new StringBuilder();
            for (var count = random.Next(1, 12); count > 0; count--)
            {
                text.Append(Alphabet[random.Next(Alphabet.Length)]);
            }

            var rewriting = new RegexText(text.ToString(), round % 2 == 0, isMultiLine: round % 3 == 0, isDotAll: false);
            Assert.Equal(rewriting.Rewrite() is null, rewriting.Refusal is not null);
        }
    }
}
