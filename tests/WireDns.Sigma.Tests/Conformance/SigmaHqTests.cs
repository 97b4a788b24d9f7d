using System.Text.Json;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Conformance;

/// <summary>SigmaHQ's rules about DNS, on generated events and by classification.</summary>
public sealed class SigmaHqTests
{
    [Fact]
    public void Hits_exactly_what_an_independent_evaluator_hits()
    {
        var rules = LoadRules(new SigmaParserOptions());
        var ids = rules.Select(r => r.Id!).ToList();
        var harness = new RuleHarness(rules);
        var found = new HashSet<(string, int)>();
        var line = 0;
        foreach (var json in File.ReadLines(TestPaths.Shared("sigma/events.jsonl")))
        {
            found.UnionWith(harness.Match(json).Select(r => (ids[r], line)));
            line++;
        }

        var expected = File.ReadLines(TestPaths.Shared("sigma/expected-hits.jsonl"))
            .Select(l => JsonDocument.Parse(l).RootElement)
            .Select(e => (e.GetProperty("rule").GetString()!, e.GetProperty("event").GetInt32()))
            .ToHashSet();
        Assert.NotEmpty(expected);
        Assert.Empty(expected.Except(found));
        Assert.Empty(found.Except(expected));
    }

    [Fact]
    public void Explains_every_hit_that_is_not_for_absence_alone()
    {
        var rules = LoadRules(new SigmaParserOptions());
        var harness = new RuleHarness(rules);
        foreach (var json in File.ReadLines(TestPaths.Shared("sigma/events.jsonl")).Take(1500))
        {
            foreach (var rule in harness.Match(json))
            {
                var reasons = harness.Explain(rule, json);
                Assert.NotEmpty(reasons);
                Assert.All(reasons, r => Assert.True(r.Value is null || r.Start + r.Length <= r.Value.Length));
                Assert.All(reasons, r => Assert.NotEqual(string.Empty, r.Pattern));
            }
        }
    }

    [Fact]
    public void Classifies_the_54_live_rules_as_the_design_says()
    {
        var placeholders = new SigmaPlaceholders();
        placeholders.Add("internal_domains", [".corp.example"]);
        var rules = LoadRules(new SigmaParserOptions { Placeholders = placeholders });
        Assert.Equal(54, rules.Count);
        string[] never = ["Image", "ProcessId", "ProcessGuid", "User", "ClientPID"];
        var isDns = rules.ToLookup(r => r.LogSource.Service != "dns-server");
        var verdicts = isDns[true].CountBy(r => RuleFeasibility.Classify(r, f => !never.Contains(f)).Verdict).ToDictionary();
        Assert.Equal(2, isDns[false].Count());
        Assert.Equal(38, verdicts[Feasibility.Full]);
        Assert.Equal(4, verdicts[Feasibility.Degraded]);
        Assert.Equal(10, verdicts[Feasibility.Inert]);
    }

    [Fact]
    public void Rejects_each_unsupported_rule_with_a_place()
    {
        var parser = new SigmaRuleParser();
        var files = Directory.GetFiles(TestPaths.Shared("sigma/rules/unsupported"), "*.yml", SearchOption.AllDirectories);
        Assert.Equal(9, files.Length);
        foreach (var file in files)
        {
            var result = parser.Parse(file, File.ReadAllBytes(file));
            // One of the nine has no aggregation: its value '> 70' is a text like any other.
            if (!file.Contains("large_domain_name", StringComparison.Ordinal))
            {
                Assert.Contains(result.Diagnostics, d => d.Id == "condition-aggregation" && d.Line > 1 && d.Column > 1);
            }
        }
    }

    internal static IReadOnlyList<SigmaRule> LoadRules(SigmaParserOptions options)
    {
        var parser = new SigmaRuleParser(options);
        return Directory.GetFiles(TestPaths.Shared("sigma/rules"), "*.yml", SearchOption.AllDirectories)
            .Where(f => !f.Contains("unsupported", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(f => parser.Parse(f, File.ReadAllBytes(f)).Rules)
            .ToList();
    }
}
