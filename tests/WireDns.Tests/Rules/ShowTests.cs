using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules show</c>.</summary>
public sealed class ShowTests
{
    private static string Shipped => Path.Combine(TestPaths.Rules, "dns_query_win_malware_3cx_compromise.yml");

    [Fact]
    public void The_card_of_a_rule_has_what_a_page_about_it_has()
    {
        var run = Product.Run("rules", "show", Shipped);
        var text = run.Output.Text;

        Assert.Equal(0, run.ExitStatus);
        Assert.StartsWith("HIGH  Potential Compromised 3CXDesktopApp Beaconing Activity - DNS\n", text, StringComparison.Ordinal);
        Assert.All(
            new[]
            {
                "Detects potential beaconing activity", Product.RuleId, "status      test", "Nasreddine Bencherchali", "created     2023-03-29",
                "modified    2023-03-31", "product     windows", "category    dns_query", "Sysmon", "coverage    full", "emerging threat",
                "the question name (QueryName) contains any of 22 values:", "'akamaicontainer.com'", "'zacharryblogs.com'",
                "Unlikely", "TA0011     Command and Control", "detection.emerging-threats", "similar   3c4b3bbf-36b4-470c-b6cf-f07e8b1c7e26",
                "https://www.reddit.com/",
            },
            part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.DoesNotContain('\e', text);
    }

    [Theory]
    [InlineData(SampleRules.OtherId, Label = "an id")]
    [InlineData("11111111", Label = "the beginning of an id")]
    [InlineData("a SOUND rule", Label = "a title in another case")]
    [InlineData("sound", Label = "a part of a title")]
    [InlineData("some_rule.yml", Label = "a file's name")]
    [InlineData("some_rule", Label = "a file's name without its ending")]
    [InlineData("ome_ru", Label = "a part of a file's name")]
    public void A_rule_is_found_by(string name)
    {
        using var folder = new TemporaryFolder();
        folder.Write("some_rule.yml", SampleRules.Sound());
        var run = Product.Run("rules", "show", name, "-r", folder.Path, "-r", TestPaths.Rules);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("MEDIUM  A sound rule", run.Output.Lines[0]);
    }

    [Fact]
    public void A_name_of_several_rules_is_answered_with_their_ids()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yml", SampleRules.Sound("Beacon one"));
        folder.Write("b.yml", SampleRules.Sound("Beacon two", "00000000-0000-4000-8000-000000000002"));
        var run = Product.Run("rules", "show", "beacon", "-r", folder.Path);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal(3, run.Error.Lines.Count);
        Assert.StartsWith(SampleRules.OtherId, run.Error.Lines[0], StringComparison.Ordinal);
        Assert.Equal("wiredns: 'beacon' is the name of 2 rules; give the id of one", run.Error.Lines[2]);
    }

    [Theory]
    [InlineData("no rule file; to find", "absent", Label = "nowhere to look")]
    [InlineData("no rule is called 'absent'", "absent", "-r", "RULES", Label = "not there")]
    public void A_name_of_no_rule_is_said(string answer, params string[] arguments)
    {
        var run = Product.Run(["rules", "show", .. arguments.Select(word => word == "RULES" ? TestPaths.Rules : word)]);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(answer, Assert.Single(run.Error.Lines), StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Fact]
    public void A_rule_that_does_not_load_is_shown_with_its_fault()
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("rules", "show", folder.Write("bad.yml", SampleRules.UnknownModifier));

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal("NOT LOADED  A sound rule", run.Output.Lines[0]);
        Assert.Contains("[unknown-modifier]", run.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Related_rules_are_named_where_they_are_loaded()
    {
        using var folder = new TemporaryFolder();
        folder.Write("related.yml", SampleRules.Sound("The related one", "3c4b3bbf-36b4-470c-b6cf-f07e8b1c7e26"));
        var run = Product.Run("rules", "show", Shipped, "-r", folder.Path);

        Assert.Contains("  similar   The related one  medium", run.Output.Lines);
        Assert.Equal(6, run.Output.Lines.Count(line => line.EndsWith("not among the rules given", StringComparison.Ordinal)));
    }

    [Fact]
    public void Colours_are_there_when_they_are_asked_for_and_the_text_is_the_same()
    {
        var plain = Product.Run("rules", "show", Shipped);
        var coloured = Product.Run("rules", "show", Shipped, "--color", "always");

        Assert.Contains("\e[1;31mHIGH\e[0m", coloured.Output.Text, StringComparison.Ordinal);
        Assert.Equal(plain.Output.Text, System.Text.RegularExpressions.Regex.Replace(coloured.Output.Text, "\e\\[[0-9;]*m", ""));
    }

    [Fact]
    public void A_long_list_is_cut_unless_all_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("rule.yml", RuleText.Of($"s:\n    query: [{string.Join(", ", Enumerable.Range(0, 100).Select(i => $"n{i}.example"))}]\ncondition: s"));
        var brief = Product.Run("rules", "show", path).Output.Text;
        var whole = Product.Run("rules", "show", path, "-v").Output.Text;

        Assert.Contains("and 60 more (-v shows all)", brief, StringComparison.Ordinal);
        Assert.DoesNotContain("'n40.example'", brief, StringComparison.Ordinal);
        Assert.Contains("'n99.example'", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("more", whole, StringComparison.Ordinal);
    }
}
