using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Rules that do not load: each says where and why, the others run, and the status is 2 if none is left.</summary>
public sealed class RuleFailureTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Faults =>
    [
        new(SampleRules.YamlError, "11:") { Label = "a YAML error" },
        new(SampleRules.UnknownModifier, "9:15: error: ") { Label = "an unknown modifier" },
        new(SampleRules.UndefinedSelection, "12:") { Label = "an undefined selection" },
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_faulty_rule_alone_ends_the_run_with_its_place(string rule, string place)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.yml", rule);
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", path, "-q");

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith($"{path}:{place}", run.Error.Lines[0], StringComparison.Ordinal);
        Assert.Contains(": error: ", run.Error.Lines[0], StringComparison.Ordinal);
        Assert.Equal("wiredns: no rule is left to run", run.Error.Lines[^1]);
        Assert.Equal(2, run.Error.Lines.Count);
        Assert.Empty(run.Output.Lines);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_faulty_rule_does_not_stop_the_good_ones(string rule, string place)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.yml", rule);
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", path, "-r", TestPaths.Rules, "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.StartsWith($"{path}:{place}", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
        Assert.Equal(SampleCaptures.TaggedAlerts, run.Output.Lines.Count);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_faulty_rule_ends_a_strict_run_before_it_begins(string rule, string place)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.yml", rule);
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", path, "-r", TestPaths.Rules, "-q", "--strict");

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith($"{path}:{place}", run.Error.Lines[0], StringComparison.Ordinal);
        Assert.Equal("wiredns: a rule failed to load, and --strict is given", run.Error.Lines[1]);
        Assert.Empty(run.Output.Lines);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_faulty_rule_whose_status_turns_it_off_says_nothing_and_stops_nothing(string rule, string place)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.yml", rule.Replace("status: test", "status: unsupported", StringComparison.Ordinal));
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", path, "-r", TestPaths.Rules, "-q", "--strict");
        var asked = Product.Run("read", SampleCaptures.Tagged, "-r", path, "-r", TestPaths.Rules, "-q", "--strict", "--status", "any");

        Assert.Equal((0, 2), (run.ExitStatus, asked.ExitStatus));
        Assert.Empty(run.Error.Lines);
        Assert.StartsWith(path, asked.Error.Lines[0], StringComparison.Ordinal);
        Assert.NotEmpty(place);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Rules_check_prints_the_place_and_fails(string rule, string place)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bad.yml", rule);
        var run = Product.Run("rules", "check", path, TestPaths.Rules);

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith($"{path}:{place}", run.Output.Lines[0], StringComparison.Ordinal);
        Assert.Equal("1 of 1 rules that loaded would run; 1 error, 0 warnings", run.Output.Lines[^1]);
        Assert.Empty(run.Error.Lines);
    }

    [Fact]
    public void An_id_that_two_rules_have_rejects_the_second_and_names_the_first()
    {
        using var folder = new TemporaryFolder();
        var first = folder.Write("a.yml", SampleRules.Sound("First"));
        var second = folder.Write("b.yml", SampleRules.Sound("Second"));
        var run = Product.Run("read", SampleCaptures.Beacon, "-r", folder.Path, "-q");

        Assert.Equal(0, run.ExitStatus);
        var line = Assert.Single(run.Error.Lines);
        Assert.StartsWith($"{second}:1:1: error: the id {SampleRules.OtherId} is already that of 'First' in {first}:1", line, StringComparison.Ordinal);
        Assert.NotEmpty(run.Output.Lines);
        Assert.All(run.Output.Lines, alert => Assert.Contains("\"First\"", alert, StringComparison.Ordinal));
    }

    [Fact]
    public void All_faults_of_a_run_are_reported_and_not_only_the_first()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yml", SampleRules.UnknownModifier);
        folder.Write("b.yml", SampleRules.UndefinedSelection);
        folder.Write("c.yml", SampleRules.YamlError);
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", folder.Path, "-q");

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal(3, run.Error.Lines.Count(line => line.Contains(": error: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_folder_without_rules()
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", folder.Path, "-q");

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal("wiredns: no rule is left to run", run.Error.Lines[^1]);
    }

    [Fact]
    public void A_path_of_rules_that_does_not_exist()
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", folder["absent"], "-q");

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith($"{folder["absent"]}:1:1: error: ", run.Error.Lines[0], StringComparison.Ordinal);
        Assert.Equal("wiredns: no rule is left to run", run.Error.Lines[^1]);
    }

    [Fact]
    public void A_rule_of_another_log_source_does_not_run_and_says_why()
    {
        using var folder = new TemporaryFolder();
        folder.Write("process.yml", SampleRules.Sound().Replace("category: dns", "category: process_creation", StringComparison.Ordinal));
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", folder.Path, "-q");

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("is not about DNS lookups", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_check_is_silent_about_the_shipped_rules_but_for_their_number()
    {
        var run = Product.Run("rules", "check", TestPaths.Rules);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("1 of 1 rules that loaded would run; 0 errors, 0 warnings", Assert.Single(run.Output.Lines));
        Assert.Empty(run.Error.Lines);
    }
}
