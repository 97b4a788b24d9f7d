using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Rules;

public sealed class ConditionParserTests
{
    private const string Selections = "  s1: {q: a}\n  s2: {q: b}\n  other: {r: c}\n  _h: {q: c}\n";

    [Theory]
    [InlineData("s1 or s2 and other", "a", "x", true, Label = "or binds less than and")]
    [InlineData("(s1 or s2) and other", "a", "x", false, Label = "parentheses bind most")]
    [InlineData("not s1 and other", "b", "c", true, Label = "not binds more than and")]
    [InlineData("not (s1 and other)", "a", "x", true, Label = "not over a group")]
    [InlineData("not 1 of s*", "x", "x", true, Label = "not before a quantifier")]
    [InlineData("all of s*", "a", "x", false, Label = "all of a pattern")]
    [InlineData("any of s*", "b", "x", true, Label = "any is 1")]
    [InlineData("1 of them", "c", "x", false, Label = "them leaves out names with an underscore")]
    [InlineData("all of them", "a", "c", false, Label = "all of them")]
    [InlineData("1 of *her", "x", "c", true, Label = "a star in front")]
    [InlineData("1 of o*r", "x", "c", true, Label = "a star inside")]
    [InlineData("1 of s2", "a", "x", false, Label = "a pattern is the whole name")]
    [InlineData("1 of _*", "c", "x", true, Label = "a pattern with an underscore")]
    [InlineData("s1\\n  or\\n  s2", "b", "x", true, Label = "line ends are blanks")]
    public void Means(string condition, string q, string r, bool expected)
    {
        var rule = RuleHarness.ParseOne($"title: t\nlogsource: {{category: dns}}\ndetection:\n{Selections}  condition: \"{condition}\"\n");
        Assert.Equal(expected, new RuleHarness([rule]).Match($"{{\"q\":\"{q}\",\"r\":\"{r}\"}}").Length == 1);
    }

    [Theory]
    [InlineData("s1 AND s2", 4, "condition-syntax", "lower case", Label = "an operator in upper case")]
    [InlineData("NOT s1", 1, "condition-operator-case", "lower case", Label = "not in upper case")]
    [InlineData("1 OF s*", 3, "condition-operator-case", "lower case", Label = "of in upper case")]
    [InlineData("s1 or othr", 7, "unknown-selection", "did you mean 'other'?", Label = "a name that is not there")]
    [InlineData("1 of x*", 6, "pattern-without-selection", null, Label = "a pattern that matches nothing")]
    [InlineData("1 of s?", 6, "condition-syntax", "only *", Label = "a question mark")]
    [InlineData("s*", 1, "condition-syntax", null, Label = "a pattern without a quantifier")]
    [InlineData("2 of s*", 1, "condition-syntax", null, Label = "another count")]
    [InlineData("1 of (s1, s2)", 6, "condition-syntax", null, Label = "a list after of")]
    [InlineData("s1 and", 7, "condition-syntax", null, Label = "an end too early")]
    [InlineData("(s1 or s2", 10, "condition-syntax", null, Label = "a parenthesis that does not close")]
    [InlineData("s1) or s2", 3, "condition-syntax", null, Label = "a parenthesis too many")]
    [InlineData("s1 s2", 4, "condition-syntax", null, Label = "two selections in a row")]
    [InlineData("s1 | count() by q > 5", 4, "condition-aggregation", "correlation", Label = "an aggregation")]
    [InlineData("count(q) > 5", 1, "condition-aggregation", "correlation", Label = "an aggregation in front")]
    [InlineData(" ", 2, "condition-syntax", null, Label = "nothing")]
    [InlineData("s1, s2", 1, "condition-syntax", null, Label = "a comma")]
    public void Rejects(string condition, int column, string id, string? suggestion)
    {
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
