using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Sigma.Rules;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Documentation;

/// <summary>docs/write-a-rule.md, and what it offers for editors, commits and GitHub: every command is run.</summary>
public sealed partial class RuleWritingTests
{
    private static readonly string ActionFolder = Path.Combine(TestPaths.Root, ".github", "actions", "rules");

    [Fact]
    public void Every_command_of_the_tutorial_runs_and_the_rule_alerts()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the tutorial's commands are for a POSIX shell");
        using var folder = new TemporaryFolder();
        Directory.CreateSymbolicLink(folder["captures"], TestPaths.Captures);
        Directory.CreateSymbolicLink(folder["wiredns"], Product.Executable);
        var page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "write-a-rule.md"));
        var commands = Block().Match(page).Groups[1].Value.Trim().Split('\n');
        var run = Shell(folder.Path, $"set -eu; cd '{folder.Path}'; PATH=\"$PWD:$PATH\"\n" + string.Join('\n', commands.Select((command, index) => $"echo '== {index + 1}'\n{command}")));

        Assert.Equal(9, commands.Length);
        Assert.True(run.ExitStatus == 0, run.Output.Text + run.Error.Text);
        Assert.Contains("0 errors, 0 warnings", run.Output.Text, StringComparison.Ordinal);
        Assert.Contains("2 passed, 0 failed", run.Output.Lines);
        Assert.Contains("✓ matches  medium  A Lookup Of An Unwanted Name", run.Output.Text, StringComparison.Ordinal);
        var alerts = run.Output.Lines.SkipWhile(line => line != "== 9").Skip(1).ToList();
        Assert.NotEmpty(alerts);
        Assert.Contains($"  {alerts.Count} alerts", run.Output.Lines);
        Assert.All(Enumerable.Range(1, 9), number => Assert.Contains($"\n{number}. ", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_hooks_check_the_rules_of_a_commit_and_run_all_tests()
    {
        var hooks = ((YamlList)Assert.Single(YamlReader.Read("hooks", File.ReadAllText(Path.Combine(TestPaths.Root, ".pre-commit-hooks.yaml")), out _))).Items
            .Cast<YamlMap>().ToDictionary(hook => Text(hook, "id"));
        var (check, test) = (hooks["wiredns-rules-check"], hooks["wiredns-rules-test"]);
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["rules"]);
        Product.Run("rules", "new", "-O", folder["rules/good.yml"]);
        var bad = folder.Write("rules/bad.yml", SampleRules.UnknownModifier);

        // As pre-commit does: the entry and its arguments, then the files of the commit that its patterns choose.
        string[] committed = [folder["rules/good.yml"], folder["rules/good.test.yml"], "README.md", bad];
        string[] chosen = [.. committed.Where(file => Regex.IsMatch(file, Text(check, "files")) && !Regex.IsMatch(file, Text(check, "exclude")))];
        var failed = Product.Run([.. Words(check), .. chosen]);
        var passed = Product.Run([.. Words(check), .. chosen.Except([bad])]);
        var tests = Product.Run([.. Words(test), folder["rules/good.test.yml"]]);

        Assert.Equal([folder["rules/good.yml"], bad], chosen);
        Assert.Equal(2, failed.ExitStatus);
        Assert.Equal(0, passed.ExitStatus);
        Assert.Equal(0, tests.ExitStatus);
        Assert.Equal("false", Text(test, "pass_filenames"));
        Assert.Equal("rules", ((YamlScalar)((YamlList)test.Find("args")!).Items[0]).Text);
    }

    [Theory]
    [InlineData(true, 0, Label = "good rules")]
    [InlineData(false, 1, Label = "a bad rule, whose place the matcher finds")]
    public void The_action_checks_and_tests_and_marks_faults(bool isGood, int status)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the action's script is run by bash");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["my rules"]);
        Product.Run("rules", "new", "-O", folder["my rules/good.yml"]);
        if (!isGood)
        {
            folder.Write("my rules/bad.yml", SampleRules.UnknownModifier);
        }

        var run = Shell(folder.Path, $"cd '{folder.Path}'; WIREDNS='{Product.Executable}' WIREDNS_RULES='my rules' WIREDNS_TESTS='my rules' '{ActionFolder}/check-rules'");
        using var matcher = JsonDocument.Parse(File.ReadAllText(Path.Combine(ActionFolder, "problems.json")));
        var pattern = matcher.RootElement.GetProperty("problemMatcher")[0].GetProperty("pattern")[0];
        var marked = run.Output.Lines.Select(line => Regex.Match(line, pattern.GetProperty("regexp").GetString()!)).Where(match => match.Success).ToList();

        Assert.True(run.ExitStatus == status, run.Output.Text + run.Error.Text);
        Assert.Contains("2 passed, 0 failed", run.Output.Lines);
        Assert.Equal(isGood ? 0 : 1, marked.Count);
        Assert.All(marked, match => Assert.Equal("my rules/bad.yml", match.Groups[pattern.GetProperty("file").GetInt32()].Value));
        Assert.All(marked, match => Assert.Equal("error", match.Groups[pattern.GetProperty("severity").GetInt32()].Value));
    }

    [Fact]
    public void The_inputs_of_the_action_are_those_that_the_page_lists()
    {
        var action = (YamlMap)Assert.Single(YamlReader.Read("action", File.ReadAllText(Path.Combine(ActionFolder, "action.yml")), out _));
        var page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "write-a-rule.md"));
        var inputs = ((YamlMap)action.Find("inputs")!).Entries.Select(entry => entry.Key.Text).ToList();

        Assert.Equal(["rules", "tests", "strict", "wiredns"], inputs);
        Assert.All(inputs, input => Assert.Contains($"| `{input}` |", page, StringComparison.Ordinal));
    }

    private static ProgramResult Shell(string folder, string script)
    {
        var path = Path.Combine(folder, "script.sh");
        File.WriteAllText(path, script + "\n");
        using var program = RunningProgram.Start("bash", [path]);
        var status = program.WaitForEnd();
        return new ProgramResult(status, program.Output, program.Error);
    }

    private static string Text(YamlMap map, string key) => ((YamlScalar)map.Find(key)!).Text;

    private static IEnumerable<string> Words(YamlMap hook) => Text(hook, "entry").Split(' ').Skip(1);

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
