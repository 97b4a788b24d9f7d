using System.Text;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Rules;

public sealed class WeakenedRuleTests
{
    [Theory]
    [InlineData("a", true, "a", Label = "a leaf that is kept")]
    [InlineData("x", false, "", Label = "a leaf that is not")]
    [InlineData("a and x", true, "a", Label = "both")]
    [InlineData("a or x", false, "", Label = "one of them")]
    [InlineData("a and not x", true, "a", Label = "not what is left out")]
    [InlineData("x and not a", true, "", Label = "not what is kept")]
    [InlineData("a and not (b and x)", true, "a", Label = "not both: that both are cannot be told")]
    [InlineData("a and not (b or x)", true, "a", Label = "not one of them: the other is enough")]
    [InlineData("(a or x) and (b or (a and not x))", true, "a,b", Label = "parts that are left")]
    [InlineData("not (x and not a)", false, "", Label = "not twice")]
    public void Is_true_wherever_the_rule_may_be(string condition, bool isLeft, string someThatMatch)
    {
        var rule = RuleHarness.ParseOne($"title: t\nlogsource: {{category: dns}}\ndetection:\n  a: {{a: 1}}\n  b: {{b: 1}}\n  x: {{x: 1}}\n  condition: {condition}\n");
        var weakened = rule.WeakenTo(match => match.Field != "x");
        Assert.Equal(isLeft, weakened is not null);
        if (weakened is null)
        {
            return;
        }

        foreach (var (a, b) in (ReadOnlySpan<(bool, bool)>)[(false, false), (false, true), (true, false), (true, true)])
        {
            Assert.True(Matches(weakened, a, b, false) || !(Matches(rule, a, b, false) || Matches(rule, a, b, true)), $"a is {a}, b is {b}");
            Assert.Equal(Matches(weakened, a, b, false), Matches(weakened, a, b, true));
        }

        Assert.True(Matches(weakened, someThatMatch.Contains('a', StringComparison.Ordinal), someThatMatch.Contains('b', StringComparison.Ordinal), false));
    }

    private static bool Matches(SigmaRule rule, bool a, bool b, bool x)
    {
        var schema = new JsonEventSchema();
        var rules = RuleSet.Compile([rule], schema);
        var @event = new JsonEvent(schema);
        Assert.True(@event.TryLoad(Encoding.UTF8.GetBytes($"{{\"a\": {(a ? 1 : 0)}, \"b\": {(b ? 1 : 0)}, \"x\": {(x ? 1 : 0)}}}")));
        return rules.Match(@event, rules.CreateState());
    }
}
