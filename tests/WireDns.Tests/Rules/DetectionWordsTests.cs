using WireDns.RuleTools;
using WireDns.Sigma.Rules;

namespace WireDns.Tests.Rules;

/// <summary>Rules in words.</summary>
public sealed class DetectionWordsTests
{
    [Theory]
    [InlineData("a text", "query: a", "the question name (query) is")]
    [InlineData("a pattern", "query: 'a*'", "the question name (query) matches the pattern")]
    [InlineData("contains", "query|contains: a", "the question name (query) contains")]
    [InlineData("the beginning", "query|startswith: a", "the question name (query) begins with")]
    [InlineData("the end", "query|endswith: a", "the question name (query) ends with")]
    [InlineData("several", "query|contains: [a, b]", "the question name (query) contains any of 2 values")]
    [InlineData("all", "query|contains|all: [a, b]", "the question name (query) contains all of 2 values")]
    [InlineData("negated", "query|contains|neq: a", "the question name (query) does not contain")]
    [InlineData("several, negated", "query|neq: [a, b]", "the question name (query) is not any of 2 values")]
    [InlineData("case", "query|cased: a", "the question name (query) is (case counts)")]
    [InlineData("an expression", "query|re|i: a+", "the question name (query) matches the regular expression (case does not count)")]
    [InlineData("a network", "dst_ip|cidr: 10.0.0.0/8", "the server's address (dst_ip) is in the network")]
    [InlineData("greater", "query_length|gt: 70", "the length of the question name (query_length) is greater than")]
    [InlineData("at most", "query_length|lte: 70", "the length of the question name (query_length) is at most")]
    [InlineData("less, negated", "query_length|lt|neq: 70", "the length of the question name (query_length) is not less than")]
    [InlineData("there", "answers|exists: true", "the data of an answer (answers) is there")]
    [InlineData("not there", "answers|exists: false", "the data of an answer (answers) is not there")]
    [InlineData("null", "answers: null", "the data of an answer (answers) is missing or null")]
    [InlineData("another field", "query|fieldref|endswith: answers", "the question name (query) ends with the field")]
    [InlineData("Base64", "query|base64offset|contains: abc", "the question name (query) contains (encoded as Base64, at any of its three offsets)")]
    [InlineData("a field of an endpoint", "Image|endswith: x", "Image (which no wire carries) ends with")]
    [InlineData("a number", "qtype: 16", "the question type (qtype) is")]
    public void A_leaf_is_spelt_out(string description, string leaf, string words)
    {
        var rule = RuleText.Parse($"s:\n    {leaf}\ncondition: s");
        var node = rule.Detection.Selections[0].Node;
        var match = node as FieldMatch ?? (FieldMatch)((AllOf)node).Nodes[0];

        Assert.NotEmpty(description);
        Assert.Equal(words, MatchWords.Describe(match, match.Values.Count()));
    }

    [Fact]
    public void Keywords_search_any_text()
    {
        var rule = RuleText.Parse("s: [a, b]\ncondition: s");
        var node = rule.Detection.Selections[0].Node;
        var match = node as FieldMatch ?? (FieldMatch)((AnyOf)node).Nodes[0];

        Assert.StartsWith("any text of the lookup contains", MatchWords.Describe(match, match.Values.Count()), StringComparison.Ordinal);
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
