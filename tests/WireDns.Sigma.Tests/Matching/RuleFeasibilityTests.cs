using WireDns.Sigma.Matching;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Matching;

public sealed class RuleFeasibilityTests
{
    [Theory]
    [InlineData("every field there", "{query: a}", "{answers: b}", "s and not f", Feasibility.Full, "")]
    [InlineData("a filter misses its field", "{query: a}", "{Image: b}", "s and not f", Feasibility.Degraded, "Image")]
    [InlineData("a required field is missing", "{query: a, Image: b}", "{query: c}", "s and not f", Feasibility.Inert, "Image")]
    [InlineData("one of two alternatives is left", "{query: a}", "{Image: b}", "s or f", Feasibility.Degraded, "Image")]
    [InlineData("a filter that is true for a missing field", "{query: a}", "{Image: null}", "s and not f", Feasibility.Inert, "Image")]
    [InlineData("a selection that wants the field missing", "{query: a, Image: null}", "{query: c}", "s and not f", Feasibility.Degraded, "Image")]
    [InlineData("exists", "{Image|exists: true}", "{query: c}", "s", Feasibility.Inert, "Image")]
    [InlineData("not exists", "{Image|exists: false}", "{query: c}", "s", Feasibility.Degraded, "Image")]
    [InlineData("neq is true for a missing field", "{Image|neq: a}", "{query: c}", "s", Feasibility.Degraded, "Image")]
    [InlineData("a reference to a missing field", "{query|fieldref: Image}", "{query: c}", "s", Feasibility.Inert, "Image")]
    [InlineData("a filter by a reference", "{query: a}", "{query|fieldref: User}", "s and not f", Feasibility.Degraded, "User")]
    [InlineData("keywords", "[a, b]", "{Image: b}", "s and not f", Feasibility.Degraded, "Image")]
    [InlineData("two missing fields", "{query: a}", "[{Image: b}, {User: c}]", "s and not f", Feasibility.Degraded, "Image,User")]
    public void Classifies(string description, string s, string f, string condition, Feasibility verdict, string missing)
    {
        Assert.NotNull(description);
        var rule = RuleHarness.ParseOne($"title: t\nlogsource: {{category: dns}}\ndetection:\n  s: {s}\n  f: {f}\n  condition: {condition}\n");
        var feasibility = RuleFeasibility.Classify(rule, name => name is not ("Image" or "User"));
        Assert.Equal(verdict, feasibility.Verdict);
        Assert.Equal(missing, string.Join(',', feasibility.MissingFields));
    }
}
