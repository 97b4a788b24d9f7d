using WireDns.RuleTools;
using WireDns.Sigma.Rules;

namespace WireDns.Tests.Rules;

/// <summary>Rules in words.</summary>
public sealed class DetectionWordsTests
{
    [Theory]
    [InlineData("query: a", "the question name (query) is", Label = "a text")]
    [InlineData("query: 'a*'", "the question name (query) matches the pattern", Label = "a pattern")]
    [InlineData("query|contains: a", "the question name (query) contains", Label = "contains")]
    [InlineData("query|startswith: a", "the question name (query) begins with", Label = "the beginning")]
    [InlineData("query|endswith: a", "the question name (query) ends with", Label = "the end")]
    [InlineData("query|contains: [a, b]", "the question name (query) contains any of 2 values", Label = "several")]
    [InlineData("query|contains|all: [a, b]", "the question name (query) contains all of 2 values", Label = "all")]
    [InlineData("query|contains|neq: a", "the question name (query) does not contain", Label = "negated")]
    [InlineData("query|neq: [a, b]", "the question name (query) is not any of 2 values", Label = "several, negated")]
    [InlineData("query|cased: a", "the question name (query) is (case counts)", Label = "case")]
    [InlineData("query|re|i: a+", "the question name (query) matches the regular expression (case does not count)", Label = "an expression")]
    [InlineData("dst_ip|cidr: 10.0.0.0/8", "the server's address (dst_ip) is in the network", Label = "a network")]
    [InlineData("query_length|gt: 70", "the length of the question name (query_length) is greater than", Label = "greater")]
    [InlineData("query_length|lte: 70", "the length of the question name (query_length) is at most", Label = "at most")]
    [InlineData("query_length|lt|neq: 70", "the length of the question name (query_length) is not less than", Label = "less, negated")]
    [InlineData("answers|exists: true", "the data of an answer (answers) is there", Label = "there")]
    [InlineData("answers|exists: false", "the data of an answer (answers) is not there", Label = "not there")]
    [InlineData("answers: null", "the data of an answer (answers) is missing or null", Label = "null")]
    [InlineData("query|fieldref|endswith: answers", "the question name (query) ends with the field", Label = "another field")]
    [InlineData("query|base64offset|contains: abc", "the question name (query) contains (encoded as Base64, at any of its three offsets)", Label = "Base64")]
    [InlineData("Image|endswith: x", "Image (which no wire carries) ends with", Label = "a field of an endpoint")]
    [InlineData("qtype: 16", "the question type (qtype) is", Label = "a number")]
    public void A_leaf_is_spelt_out(string leaf, string words)
    {
        var rule = RuleText.Parse($"s:\n    {leaf}\ncondition: s");
        var node = rule.Detection.Selections[0].Node;
        var match = node as FieldMatch ?? (FieldMatch)((AllOf)node).Nodes[0];

        Assert.Equal(words, MatchWords.Describe(match, match.Values.Count(), rule.LogSource));
    }

    [Fact]
    public void Keywords_search_any_text()
    {
        var rule = RuleText.Parse("s: [a, b]\ncondition: s");
        var node = rule.Detection.Selections[0].Node;
        var match = node as FieldMatch ?? (FieldMatch)((AnyOf)node).Nodes[0];

        Assert.StartsWith("any text of the lookup contains", MatchWords.Describe(match, match.Values.Count(), rule.LogSource), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a and b", "a and b")]
    [InlineData("a or b and c", "a or (b and c)")]
    [InlineData("a and (b or c)", "a and (b or c)")]
    [InlineData("a and not b", "a and not b")]
    [InlineData("a and not 1 of f*", "a and none of (f1, f2)")]
    [InlineData("a and not all of f*", "a and not all of (f1, f2)")]
    [InlineData("1 of them", "any of (a, b, c, f1, f2)")]
    [InlineData("all of them", "all of (a, b, c, f1, f2)")]
    [InlineData("1 of f* or a", "f1 or f2 or a|(f1 or f2) or a")]
    [InlineData("not not a", "a|not not a")]
    public void A_condition_is_spelt_out(string condition, string words)
    {
        var selections = string.Concat(new[] { "a", "b", "c", "f1", "f2" }.Select(name => $"{name}:\n    query: {name}\n"));
        var rule = RuleText.Parse($"{selections}condition: {condition}");

        Assert.Contains(ConditionWords.Describe(rule.Detection.Root), words.Split('|'));
    }
}
