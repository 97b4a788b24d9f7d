using WireDns.Sigma.Matching;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Matching;

public sealed class RuleLinterTests
{
    [Theory]
    [InlineData("endswith without a dot", "{query|endswith: evil.example}", "endswith-without-dot")]
    [InlineData("endswith with a dot", "{query|endswith: .evil.example}", null)]
    [InlineData("a star in front is endswith", "{query: '*evil.example'}", "endswith-without-dot")]
    [InlineData("endswith on another field", "{answers|endswith: evil.example}", null)]
    [InlineData("a trailing dot", "{query: evil.example.}", "trailing-dot")]
    [InlineData("the root", "{query: .}", null)]
    [InlineData("a trailing dot under contains", "{query|contains: evil.}", null)]
    [InlineData("a blank", "{query|contains: 'evil example'}", "impossible-name-value")]
    [InlineData("an empty label", "{query|contains: 'evil..example'}", "impossible-name-value")]
    [InlineData("a leading dot", "{query: .evil.example}", "impossible-name-value")]
    [InlineData("a backslash before a letter", @"{query|contains: 'evil\x00'}", "impossible-name-value")]
    [InlineData("an escaped byte", @"{query|contains: 'evil\032x'}", null)]
    [InlineData("other letters, whole labels", "{query: bücher.example}", null)]
    [InlineData("other letters, part of a label", "{query|contains: büch}", "non-ascii-without-xn")]
    [InlineData("other letters, a label of its own under contains", "{query|contains: .bücher.}", null)]
    [InlineData("upper case under cased", "{query|cased: Evil.example}", "upper-case-under-cased")]
    [InlineData("lower case under cased", "{query|cased: evil.example}", null)]
    [InlineData("a comparison as text", "{qtype: '> 70'}", "comparison-as-text")]
    [InlineData("a text on a number", "{qtype: TXT}", "text-on-number-field")]
    [InlineData("a number as text on a number", "{qtype: '16'}", null)]
    [InlineData("a value that another covers", "{query|contains: [evil.example, www.evil.example]}", "covered-value")]
    [InlineData("a value that stands twice", "{query: [a.example, A.example]}", "covered-value")]
    [InlineData("values that all must match", "{query|contains|all: [evil, www.evil]}", null)]
    [InlineData("values side by side", "{query|endswith: [.a.example, .b.example]}", null)]
    [InlineData("a suffix that another covers", "{query|endswith: [.example, .a.example]}", "covered-value")]
    public void Finds(string description, string selection, string? id)
    {
        Assert.NotNull(description);
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
