using System.Text.Json;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules list</c>.</summary>
public sealed class ListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ListTests()
    {
        _folder.Write("a.yml", RuleText.Of("s:\n    query: x\ncondition: s", "Full", "level: high\nstatus: test\nid: 00000000-0000-4000-8000-000000000001\ntags: [attack.command_and_control, attack.t1071.004]"));
        _folder.Write("b.yml", RuleText.Of("s:\n    Image: x\ncondition: s", "Inert", "level: low\ntags: [attack.t1071.001]"));
        _folder.Write("c.yml", RuleText.Of("s:\n    query|endswiht: x\ncondition: s", "'Rejected'", "level: high\ntags:\n    - attack.t1048\nstatus: test"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lists_each_rule_on_a_line_those_that_do_not_load_too()
    {
        var run = Product.Run("rules", "list", _folder.Path);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(5, run.Output.Lines.Count);
        Assert.StartsWith("LEVEL", run.Output.Lines[0], StringComparison.Ordinal);
        Assert.Matches("^high +test +full +00000000-0000-4000-8000-000000000001 +Full +.*a.yml$", run.Output.Lines[1]);
        Assert.Matches("^low +- +inert +- +Inert +.*b.yml$", run.Output.Lines[2]);
        Assert.Matches("^high +test +rejected +- +Rejected +.*c.yml$", run.Output.Lines[3]);
        Assert.Equal("3 rules", run.Output.Lines[4]);
    }

    [Theory]
    [InlineData("--level high", "Full Rejected", Label = "a level")]
    [InlineData("--level low", "Full Inert Rejected", Label = "a level and those above it")]
    [InlineData("--level critical", "", Label = "a level that none has")]
    [InlineData("--status test", "Full Rejected", Label = "a status")]
    [InlineData("--exclude 00000000-0000-4000-8000-000000000001", "Inert Rejected", Label = "all but an id")]
    [InlineData("--coverage inert", "Inert", Label = "a coverage")]
    [InlineData("--coverage rejected --coverage full", "Full Rejected", Label = "coverages")]
    [InlineData("--tag attack.t1071.004", "Full", Label = "a tag")]
    [InlineData("--tag attack.t1071", "Full Inert", Label = "a technique with those below it")]
    [InlineData("--tag T1048", "Rejected", Label = "a technique without its namespace")]
    [InlineData("--tag command-and-control", "Full", Label = "a tactic in its other spelling")]
    [InlineData("--tag t107", "", Label = "a part of a technique")]
    [InlineData("--level high --tag t1048", "Rejected", Label = "a level and a tag")]
    public void Shows_only_what_fulfils_each_filter(string options, string titles)
    {
        var run = Product.Run(["rules", "list", _folder.Path, "--json", .. options.Split(' ')]);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(titles, string.Join(' ', run.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("title").GetString())));
    }

    [Fact]
    public void Json_lines_say_why_a_rule_does_not_run_and_what_is_odd_about_it()
    {
        var run = Product.Run("rules", "list", _folder.Path, "--json");
        var rules = run.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.Equal(["full", "inert", "rejected"], rules.Select(rule => rule.GetProperty("coverage").GetString()));
        Assert.Equal(JsonValueKind.Null, rules[0].GetProperty("reason").ValueKind);
        Assert.Equal("it requires Image, which no wire carries: it is the program that asked", rules[1].GetProperty("reason").GetString());
        Assert.Contains("endswith", rules[2].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("unknown-modifier", Assert.Single(rules[2].GetProperty("diagnostics").EnumerateArray()).GetString());
        Assert.Equal(["attack.t1048"], rules[2].GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("coverage")]
    public void A_path_that_is_not_there_and_a_folder_without_rules_are_refused(string command)
    {
        using var empty = new TemporaryFolder();
        var absent = Product.Run("rules", command, _folder.Path, empty["absent"]);
        var nothing = Product.Run("rules", command, empty.Path);

        Assert.Equal(2, absent.ExitStatus);
        Assert.StartsWith($"wiredns: {empty["absent"]}: ", Assert.Single(absent.Error.Lines), StringComparison.Ordinal);
        Assert.Equal(2, nothing.ExitStatus);
        Assert.Empty(nothing.Output.Lines);
    }

    [Fact]
    public void Each_document_of_a_file_is_a_line_of_its_own()
    {
        var sound = SampleRules.Sound("First");
        var broken = SampleRules.UnknownModifier.Replace("A sound rule", "Second", StringComparison.Ordinal);
        var third = SampleRules.Sound("Third", "00000000-0000-4000-8000-000000000003");
        var path = _folder.Write("several.yml", $"{sound}\n---\n# a comment\n{broken}\n---\n{third}\n");
        var run = Product.Run("rules", "list", path, "--json");
        var rules = run.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.Equal(["First", "Second", "Third"], rules.Select(rule => rule.GetProperty("title").GetString()));
        Assert.Equal(["full", "rejected", "full"], rules.Select(rule => rule.GetProperty("coverage").GetString()));
        Assert.Equal("title: Second", File.ReadAllLines(path)[rules[1].GetProperty("line").GetInt32() - 1]);
    }

    [Fact]
    public void Nothing_hostile_in_a_rule_reaches_the_terminal()
    {
        var hostile = """a\e[2J\e]0;b\a\r\x9b31m\u202ec""";
        _folder.Write("hostile.yml", RuleText.Of($"s:\n    query: \"{hostile}\"\ncondition: s", $"\"{hostile}\"", $"level: \"{hostile}\"\nid: \"{hostile}\"\nauthor: \"{hostile}\"\ntags: [\"{hostile}\"]"));
        string[][] commands =
        [
            ["list"], ["list", "--json"], ["coverage"], ["coverage", "-f", "markdown"], ["coverage", "-f", "json"], ["show"], ["check", "--json"],
            ["convert", "-t", "suricata"],
        ];
        foreach (var command in commands)
        {
            var run = Product.Run(["rules", command[0], _folder["hostile.yml"], .. command[1..]]);

            Assert.DoesNotContain(run.Output.Text + run.Error.Text, character => char.IsControl(character) && character != '\n');
            Assert.DoesNotContain('\u202e', run.Output.Text + run.Error.Text);
            Assert.True(run.ExitStatus is 0 or 2, $"{command[0]}: {run.Error.Text}");
        }
    }
}
