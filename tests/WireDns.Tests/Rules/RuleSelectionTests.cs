using WireDns.Detection.Rules;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary>Which rules of a collection run.</summary>
public sealed class RuleSelectionTests
{
    [Theory]
    [InlineData("by default all but deprecated and unsupported", "", "", "", "", "a,b,c")]
    [InlineData("any status", "any", "", "", "", "a,b,c,d,e")]
    [InlineData("one status", "stable", "", "", "", "a")]
    [InlineData("two statuses", "stable,deprecated", "", "", "", "a,d")]
    [InlineData("a level or higher", "", "medium", "", "", "a,b")]
    [InlineData("the highest level", "", "critical", "", "", "")]
    [InlineData("a tag", "", "", "attack.t1071", "", "b")]
    [InlineData("a tag without its namespace", "", "", "t1071", "", "b")]
    [InlineData("a tactic in its old spelling", "", "", "command_and_control", "", "a")]
    [InlineData("an id", "", "", "", "5D3A1B8E-0F57-4C7E-9F0E-2A4C35B0D9B1", "b,c")]
    [InlineData("together", "any", "medium", "t1071", "", "b")]
    public void Rules_are_chosen_by_what_they_say_of_themselves(string description, string statuses, string level, string tags, string excluded, string expected)
    {
        using var folder = new TemporaryFolder();
        var number = 0;
        foreach (var (name, status, ruleLevel, tag) in new[]
        {
            ("a", "stable", "high", "attack.command-and-control"), ("b", "test", "medium", "attack.t1071.004"), ("c", "experimental", "low", "attack.t1048"),
            ("d", "deprecated", "informational", "attack.t1568"), ("e", "unsupported", "low", "attack.t1568"),
        })
        {
            folder.Write($"{name}.yml", $"title: {name}\nid: 5d3a1b8e-0f57-4c7e-9f0e-2a4c35b0d9b{++number}\nstatus: {status}\nlevel: {ruleLevel}\ntags: [{tag}]\n"
                + "logsource: {category: dns}\ndetection:\n  s: {query: a}\n  condition: s\n");
        }

        var rules = LoadedRules.Load([folder.Path], new RuleLoading
        {
            Selection = new RuleSelection { Statuses = Split(statuses), Level = level.Length == 0 ? null : level, Tags = Split(tags), Excluded = Split(excluded) },
        });

        Assert.True(expected == string.Join(',', rules.Verdicts.Where(verdict => verdict.Runs).Select(verdict => verdict.Rule.Title)), description);
        Assert.All(rules.Verdicts.Where(verdict => !verdict.Runs), verdict => Assert.Contains("--", verdict.LeftOut, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a correlation brings its rule", "high", "", 1, 1)]
    [InlineData("a correlation that is not chosen brings none", "critical", "", 0, 0)]
    [InlineData("a rule that is excluded stays out", "high", "5d3a1b8e-0f57-4c7e-9f0e-2a4c35b0d9a1", 0, 0)]
    public void What_a_chosen_correlation_refers_to_runs(string description, string level, string excluded, int rules, int correlations)
    {
        using var folder = new TemporaryFolder();
        folder.Write("rule.yml", "title: a\nname: base\nid: 5d3a1b8e-0f57-4c7e-9f0e-2a4c35b0d9a1\nstatus: deprecated\nlevel: low\nlogsource: {category: dns}\n"
            + "detection:\n  s: {query: a}\n  condition: s\n");
        folder.Write("correlation.yml", "title: c\nlevel: high\ncorrelation:\n  type: event_count\n  rules: [base]\n  group-by: [src_ip]\n  timespan: 1m\n  condition: {gte: 2}\n");

        var loaded = LoadedRules.Load([folder.Path], new RuleLoading { Selection = new RuleSelection { Level = level, Excluded = Split(excluded) } });

        Assert.True((rules, correlations) == (loaded.Compiled.Count, loaded.RunningCorrelations.Count), description);
    }

    [Theory]
    [InlineData("a broken detection", "detection:\n  s: {query|unheard_of: a}\n  condition: s\n")]
    [InlineData("a missing log source", "detection:\n  s: {query: a}\n  condition: s\n", "")]
    [InlineData("YAML that breaks off", "detection:\n  s: {query: [a\n  condition: s\n")]
    [InlineData("a repeated id", "id: 5d3a1b8e-0f57-4c7e-9f0e-2a4c35b0d9b1\ndetection:\n  s: {query: a}\n  condition: s\n")]
    [InlineData("an odd date", "date: yesterday\ndetection:\n  s: {query: a}\n  condition: s\n")]
    public void What_is_wrong_with_a_rule_that_is_off_is_not_said(string about, string rest, string source = "logsource: {category: dns}\n")
    {
        const string Sound = "title: on\nid: 5d3a1b8e-0f57-4c7e-9f0e-2a4c35b0d9b1\nlogsource: {category: dns}\ndetection:\n  s: {query: a}\n  condition: s\n";
        using var folder = new TemporaryFolder();
        folder.Write("a.yml", $"{Sound}---\ntitle: off\nstatus: unsupported\n{source}{rest}");

        var usual = LoadedRules.Load([folder.Path], new RuleLoading { Selection = new RuleSelection() });
        var all = LoadedRules.Load([folder.Path]);
        var check = Product.Run("rules", "check", folder.Path);

        Assert.True(usual.Diagnostics.Count == 0, $"{about}: {string.Join('\n', usual.Diagnostics)}");
        Assert.NotEmpty(all.Diagnostics);
        Assert.Equal(["on"], usual.Compiled.Select(rule => rule.Alert.Title));
        Assert.Contains(check.Output.Lines.Concat(check.Error.Lines), line => line.Contains($"[{all.Diagnostics[0].Id}]", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_wrong_with_a_rule_that_is_on_is_said_beside_one_that_is_off()
    {
        const string Broken = "logsource: {category: dns}\ndetection:\n  s: {query|unheard_of: a}\n  condition: s\n";
        using var folder = new TemporaryFolder();
        folder.Write("a.yml", $"title: off\nstatus: deprecated\n{Broken}---\ntitle: on\nstatus: test\n{Broken}---\ntitle: off\nstatus: unsupported\n{Broken}");

        var rules = LoadedRules.Load([folder.Path], new RuleLoading { Selection = new RuleSelection() });

        Assert.Equal(12, Assert.Single(rules.Diagnostics).Line);
    }

    private static string[] Split(string words) => words.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
