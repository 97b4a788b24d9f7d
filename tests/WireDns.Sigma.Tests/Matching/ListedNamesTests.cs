using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Matching;

/// <summary>Placeholders whose values are domain names stand for the names below them too, by whole labels.</summary>
public sealed class ListedNamesTests
{
    [Theory]
    [InlineData("evil.example", true)]
    [InlineData("EVIL.example", true)]
    [InlineData("www.evil.example", true)]
    [InlineData("a.b", true)]
    [InlineData("x.a.b", true)]
    [InlineData("xa.b", false)]
    [InlineData("notevil.example", false)]
    [InlineData("evil.example.org", false)]
    [InlineData(@"not\.evil.example", false)]
    [InlineData(@"not\\.evil.example", true)]
    [InlineData(@"not\\\.evil.example", false)]
    [InlineData("evil.exampl", false)]
    [InlineData("", false)]
    public void Match_whole_labels(string name, bool isHit)
    {
        foreach (var size in new[] { 0, 5000 })
        {
            var harness = Harness("{query|expand: '%names%'}", size);

            Assert.Equal(isHit ? [0] : [], harness.Match(Json(name)));
        }
    }

    [Theory]
    [InlineData("{query|endswith|expand: '%names%'}", "notevil.example", true)]
    [InlineData("{query|contains|expand: '%names%'}", "xevil.example.org", true)]
    [InlineData("{query|startswith|expand: '%names%'}", "evil.example.org", true)]
    [InlineData("{query|startswith|expand: '%names%'}", "www.evil.example.org", false)]
    [InlineData("{query|expand: 'x.%names%'}", "x.evil.example", true)]
    [InlineData("{query|expand: 'x.%names%'}", "y.x.evil.example", false)]
    [InlineData("{query|cased|expand: '%names%'}", "www.evil.example", true)]
    [InlineData("{query|cased|expand: '%names%'}", "www.Evil.example", false)]
    [InlineData("{query|cased|expand: '%names%'}", "notevil.example", false)]
    [InlineData("{query|neq|expand: '%names%'}", "www.evil.example", false)]
    [InlineData("{query|neq|expand: '%names%'}", "www.example", true)]
    public void Are_texts_under_other_modifiers(string selection, string name, bool isHit) =>
        Assert.Equal(isHit ? [0] : [], Harness(selection, 0).Match(Json(name)));

    [Fact]
    public void The_reason_is_the_name_of_the_list()
    {
        var reason = Assert.Single(Harness("{query|expand: '%names%'}", 5000).Explain(0, Json("www.evil.example")));

        Assert.Equal(("evil.example", "www.evil.example", 4, 12), (reason.Pattern, reason.Value, reason.Start, reason.Length));
        Assert.Equal(["names"], Assert.IsType<FieldMatch>(Assert.IsType<AllOf>(Rule("{query|expand: '%names%', n: 1}").Detection.Selections[0].Node).Nodes[0]).Placeholders);
    }

    [Fact]
    public void A_value_that_does_not_count_makes_no_match()
    {
        var harness = Harness("{query|expand: '%names%'}", 0);
        var state = harness.RuleSet.CreateState();
        Assert.Equal([0], harness.Match(Json("www.evil.example")));

        Assert.True(harness.RuleSet.StillMatches(0, harness.Event, state, (_, _) => true));
        Assert.False(harness.RuleSet.StillMatches(0, harness.Event, state, (_, value) => !value.SequenceEqual("www.evil.example"u8)));
    }

    private static RuleHarness Harness(string selection, int more) => new([Rule(selection, more)]);

    private static SigmaRule Rule(string selection, int more = 0)
    {
        var names = Enumerable.Range(0, more).Select(i => $"name{i}.many.example").Prepend("a.b").Prepend("evil.example").ToList();
        var placeholders = new SigmaPlaceholders();
        placeholders.AddNames("names", names, names.Count, names.Sum(name => name.Length));
        return RuleHarness.ParseOne(RuleHarness.RuleText(selection), placeholders);
    }

    private static string Json(string name) => $$"""{"query": "{{name.Replace(@"\", @"\\", StringComparison.Ordinal)}}"}""";
}
