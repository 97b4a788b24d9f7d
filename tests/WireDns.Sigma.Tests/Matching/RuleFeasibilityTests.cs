using WireDns.Sigma.Matching;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Matching;

public sealed class RuleFeasibilityTests
{
    [Theory]
    [InlineData("{query: a}", "{answers: b}", "s and not f", Feasibility.Full, "", Label = "every field there")]
    [InlineData("{query: a}", "{Image: b}", "s and not f", Feasibility.Degraded, "Image", Label = "a filter misses its field")]
    [InlineData("{query: a, Image: b}", "{query: c}", "s and not f", Feasibility.Inert, "Image", Label = "a required field is missing")]
    [InlineData("{query: a}", "{Image: b}", "s or f", Feasibility.Degraded, "Image", Label = "one of two alternatives is left")]
    [InlineData("{query: a}", "{Image: null}", "s and not f", Feasibility.Inert, "Image", Label = "a filter that is true for a missing field")]
    [InlineData("{query: a, Image: null}", "{query: c}", "s and not f", Feasibility.Degraded, "Image", Label = "a selection that wants the field missing")]
    [InlineData("{Image|exists: true}", "{query: c}", "s", Feasibility.Inert, "Image", Label = "exists")]
    [InlineData("{Image|exists: false}", "{query: c}", "s", Feasibility.Degraded, "Image", Label = "not exists")]
    [InlineData("{Image|neq: a}", "{query: c}", "s", Feasibility.Degraded, "Image", Label = "neq is true for a missing field")]
    [InlineData("{query|fieldref: Image}", "{query: c}", "s", Feasibility.Inert, "Image", Label = "a reference to a missing field")]
    [InlineData("{query: a}", "{query|fieldref: User}", "s and not f", Feasibility.Degraded, "User", Label = "a filter by a reference")]
    [InlineData("[a, b]", "{Image: b}", "s and not f", Feasibility.Degraded, "Image", Label = "keywords")]
    [InlineData("{query: a}", "[{Image: b}, {User: c}]", "s and not f", Feasibility.Degraded, "Image,User", Label = "two missing fields")]
    public void Classifies(string s, string f, string condition, Feasibility verdict, string missing)
    {
        var rule = RuleHarness.ParseOne($"title: t\nlogsource: {{category: dns}}\ndetection:\n  s: {s}\n  f: {f}\n  condition: {condition}\n");
        var feasibility = RuleFeasibility.Classify(rule, name => name is not ("Image" or "User"));
        Assert.Equal(verdict, feasibility.Verdict);
        Assert.Equal(missing, string.Join(',', feasibility.MissingFields));
    }
}
