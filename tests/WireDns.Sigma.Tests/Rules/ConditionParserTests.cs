using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Rules;

public sealed class ConditionParserTests
{
    private const string Selections = "  s1: {q: a}\n  s2: {q: b}\n  other: {r: c}\n  _h: {q: c}\n";

    [Theory]
    [InlineData("or binds less than and", "s1 or s2 and other", "a", "x", true)]
    [InlineData("parentheses bind most", "(s1 or s2) and other", "a", "x", false)]
    [InlineData("not binds more than and", "not s1 and other", "b", "c", true)]
    [InlineData("not over a group", "not (s1 and other)", "a", "x", true)]
    [InlineData("not before a quantifier", "not 1 of s*", "x", "x", true)]
    [InlineData("all of a pattern", "all of s*", "a", "x", false)]
    [InlineData("any is 1", "any of s*", "b", "x", true)]
    [InlineData("them leaves out names with an underscore", "1 of them", "c", "x", false)]
    [InlineData("all of them", "all of them", "a", "c", false)]
    [InlineData("a star in front", "1 of *her", "x", "c", true)]
    [InlineData("a star inside", "1 of o*r", "x", "c", true)]
    [InlineData("a pattern is the whole name", "1 of s2", "a", "x", false)]
    [InlineData("a pattern with an underscore", "1 of _*", "c", "x", true)]
    [InlineData("line ends are blanks", "s1\\n  or\\n  s2", "b", "x", true)]
    public void Means(string description, string condition, string q, string r, bool expected)
    {
        Assert.NotNull(description);
        var rule = RuleHarness.ParseOne($"title: t\nlogsource: {{category: dns}}\ndetection:\n{Selections}  condition: \"{condition}\"\n");
        Assert.Equal(expected, new RuleHarness([rule]).Match($"{{\"q\":\"{q}\",\"r\":\"{r}\"}}").Length == 1);
    }

    [Theory]
    [InlineData("an operator in upper case", "s1 AND s2", 4, "condition-syntax", "lower case")]
    [InlineData("not in upper case", "NOT s1", 1, "condition-operator-case", "lower case")]
    [InlineData("of in upper case", "1 OF s*", 3, "condition-operator-case", "lower case")]
    [InlineData("a name that is not there", "s1 or othr", 7, "unknown-selection", "did you mean 'other'?")]
    [InlineData("a pattern that matches nothing", "1 of x*", 6, "pattern-without-selection", null)]
    [InlineData("a question mark", "1 of s?", 6, "condition-syntax", "only *")]
    [InlineData("a pattern without a quantifier", "s*", 1, "condition-syntax", null)]
    [InlineData("another count", "2 of s*", 1, "condition-syntax", null)]
    [InlineData("a list after of", "1 of (s1, s2)", 6, "condition-syntax", null)]
    [InlineData("an end too early", "s1 and", 7, "condition-syntax", null)]
    [InlineData("a parenthesis that does not close", "(s1 or s2", 10, "condition-syntax", null)]
    [InlineData("a parenthesis too many", "s1) or s2", 3, "condition-syntax", null)]
    [InlineData("two selections in a row", "s1 s2", 4, "condition-syntax", null)]
    [InlineData("an aggregation", "s1 | count() by q > 5", 4, "condition-aggregation", "correlation")]
    [InlineData("an aggregation in front", "count(q) > 5", 1, "condition-aggregation", "correlation")]
    [InlineData("nothing", " ", 2, "condition-syntax", null)]
    [InlineData("a comma", "s1, s2", 1, "condition-syntax", null)]
    public void Rejects(string description, string condition, int column, string id, string? suggestion)
    {
        Assert.NotNull(description);
        var errors = RuleHarness.Errors($"title: t\nlogsource: {{category: dns}}\ndetection:\n{Selections}  condition: '{condition}'\n");
        var error = Assert.Single(errors);
        Assert.Equal(id, error.Id);
        Assert.Equal("  condition: '".Length + column, error.Column);
        if (suggestion is not null)
        {
            Assert.Contains(suggestion, error.Suggestion ?? string.Empty, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Names_the_error_of_a_selection_once_and_not_again_for_each_use()
    {
        var errors = RuleHarness.Errors("title: t\nlogsource: {category: dns}\ndetection:\n  s1: {q|foo: a}\n  condition: s1 or 1 of s*\n");
        Assert.Equal("unknown-modifier", Assert.Single(errors).Id);
    }
}
