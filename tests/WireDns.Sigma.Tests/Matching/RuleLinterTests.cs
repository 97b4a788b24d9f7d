using WireDns.Sigma.Matching;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Matching;

public sealed class RuleLinterTests
{
    [Theory]
    [InlineData("{query|endswith: evil.example}", "endswith-without-dot", Label = "endswith without a dot")]
    [InlineData("{query|endswith: .evil.example}", null, Label = "endswith with a dot")]
    [InlineData("{query: '*evil.example'}", "endswith-without-dot", Label = "a star in front is endswith")]
    [InlineData("{answers|endswith: evil.example}", null, Label = "endswith on another field")]
    [InlineData("{query: evil.example.}", "trailing-dot", Label = "a trailing dot")]
    [InlineData("{query: .}", null, Label = "the root")]
    [InlineData("{query|contains: evil.}", null, Label = "a trailing dot under contains")]
    [InlineData("{query|contains: 'evil example'}", "impossible-name-value", Label = "a blank")]
    [InlineData("{query|contains: 'evil..example'}", "impossible-name-value", Label = "an empty label")]
    [InlineData("{query: .evil.example}", "impossible-name-value", Label = "a leading dot")]
    [InlineData(@"{query|contains: 'evil\x00'}", "impossible-name-value", Label = "a backslash before a letter")]
    [InlineData(@"{query|contains: 'evil\032x'}", null, Label = "an escaped byte")]
    [InlineData("{query: bücher.example}", null, Label = "other letters, whole labels")]
    [InlineData("{query|contains: büch}", "non-ascii-without-xn", Label = "other letters, part of a label")]
    [InlineData("{query|contains: .bücher.}", null, Label = "other letters, a label of its own under contains")]
    [InlineData("{query|cased: Evil.example}", "upper-case-under-cased", Label = "upper case under cased")]
    [InlineData("{query|cased: evil.example}", null, Label = "lower case under cased")]
    [InlineData("{qtype: '> 70'}", "comparison-as-text", Label = "a comparison as text")]
    [InlineData("{qtype: TXT}", "text-on-number-field", Label = "a text on a number")]
    [InlineData("{qtype: '16'}", null, Label = "a number as text on a number")]
    [InlineData("{query|contains: [evil.example, www.evil.example]}", "covered-value", Label = "a value that another covers")]
    [InlineData("{query: [a.example, A.example]}", "covered-value", Label = "a value that stands twice")]
    [InlineData("{query|contains|all: [evil, www.evil]}", null, Label = "values that all must match")]
    [InlineData("{query|endswith: [.a.example, .b.example]}", null, Label = "values side by side")]
    [InlineData("{query|endswith: [.example, .a.example]}", "covered-value", Label = "a suffix that another covers")]
    public void Finds(string selection, string? id)
    {
        var findings = new RuleLinter(new DnsLikeSchema()).Lint(RuleHarness.ParseOne(RuleHarness.RuleText(selection)));
        Assert.Equal(id is null ? [] : [id], findings.Select(f => f.Id));
        Assert.All(findings, f => Assert.Contains(f.Id, RuleLinter.Ids));
        Assert.All(findings, f => Assert.Equal(5, f.Line));
    }

    [Fact]
    public void Leaves_out_what_is_disabled()
    {
        var rule = RuleHarness.ParseOne(RuleHarness.RuleText("{query|endswith: 'evil example'}"));
        var findings = new RuleLinter(new DnsLikeSchema(), new HashSet<string> { "endswith-without-dot" }).Lint(rule);
        Assert.Equal(["impossible-name-value"], findings.Select(f => f.Id));
    }
}
