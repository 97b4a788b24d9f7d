using System.Text.Json;
using WireDns.Alerts.Formats;
using WireDns.RuleTools;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules coverage</c>.</summary>
public sealed class CoverageTests
{
    private const string PlaceholderRule = "12310575-e8b1-475c-a976-57ed540b349c";

    [Fact]
    public void Of_the_live_SigmaHQ_rules_38_run_in_full_4_with_a_caveat_10_are_inert_and_2_are_not_about_DNS()
    {
        using var json = JsonDocument.Parse(Product.Run("rules", "coverage", TestPaths.Shared("sigma/rules"), "--format", "json").Output.Text);
        var rules = json.RootElement.GetProperty("rules").EnumerateArray().ToList();
        var placeholder = rules.Single(rule => rule.GetProperty("id").GetString() == PlaceholderRule);

        Assert.Equal(
            """{"full":38,"degraded":4,"inert":10,"not_dns":2,"rejected":0,"total":54}""", json.RootElement.GetProperty("live").GetRawText());
        Assert.Equal("inert", placeholder.GetProperty("coverage").GetString());
        Assert.Contains("%internal_domains%", placeholder.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("Image", placeholder.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_the_unsupported_SigmaHQ_rules_one_loads_with_its_lint_and_8_point_to_correlations()
    {
        using var json = JsonDocument.Parse(Product.Run("rules", "coverage", TestPaths.Shared("sigma/rules"), "--format", "json").Output.Text);
        var rules = json.RootElement.GetProperty("rules").EnumerateArray()
            .Where(rule => rule.GetProperty("status").GetString() == "unsupported")
            .ToList();
        var loaded = Assert.Single(rules, rule => rule.GetProperty("coverage").GetString() != "rejected");

        Assert.Equal(9, rules.Count);
        Assert.EndsWith("net_dns_large_domain_name.yml", loaded.GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.Equal("inert", loaded.GetProperty("coverage").GetString());
        Assert.Contains("comparison-as-text", loaded.GetProperty("diagnostics").EnumerateArray().Select(id => id.GetString()));
        Assert.All(rules.Where(rule => rule.GetProperty("coverage").GetString() == "rejected"), rule =>
            Assert.Contains("correlation", rule.GetProperty("reason").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Text_and_markdown_have_the_same_numbers_and_the_techniques_with_their_names()
    {
        var text = Product.Run("rules", "coverage", TestPaths.Shared("sigma/rules"));
        var markdown = Product.Run("rules", "coverage", TestPaths.Shared("sigma/rules"), "--format", "markdown");

        Assert.Equal(0, text.ExitStatus);
        Assert.Contains(text.Output.Lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["full", "38", "0"]);
        Assert.Contains(text.Output.Lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["total", "54", "9"]);
        Assert.Contains(text.Output.Lines, line => line.Contains("T1071.004", StringComparison.Ordinal) && line.EndsWith("Application Layer Protocol: DNS", StringComparison.Ordinal));
        Assert.Contains("| full | 38 | 0 |", markdown.Output.Lines);
        Assert.Contains("| total | 54 | 9 |", markdown.Output.Lines);
        Assert.Contains(markdown.Output.Lines, line => line.StartsWith("| T1071.004 | Application Layer Protocol: DNS | ", StringComparison.Ordinal));
        // A pipe in a reason is escaped: each row has the table's six cells.
        Assert.Equal(8, markdown.Output.Lines.Count(line => line.StartsWith("| rejected |", StringComparison.Ordinal)
            && line.Replace(@"\|", "", StringComparison.Ordinal).Count(character => character == '|') == 7));
    }

    [Fact]
    public void Every_technique_that_the_SigmaHQ_rules_name_has_its_name()
    {
        var names = AttackNames.Shipped;
        var report = new CoverageReport(RuleCatalog.Load([TestPaths.Shared("sigma/rules")]).Entries);

        Assert.NotEmpty(report.Techniques);
        Assert.All(report.Techniques, technique => Assert.NotNull(names.Technique(technique.Id)));
        Assert.All(report.Entries.SelectMany(entry => entry.Rule?.AttackTactics ?? []), tactic => Assert.NotNull(names.Tactic(tactic)));
    }

    [Fact]
    public void Every_sub_technique_of_the_list_has_its_parent_there()
    {
        var names = AttackNames.Shipped;

        Assert.True(names.TechniqueIds.Count() > 150);
        Assert.All(names.TechniqueIds, id =>
        {
            Assert.Matches(@"^T\d{4}(\.\d{3})?$", id);
            Assert.NotNull(names.Technique(id.Split('.')[0]));
            Assert.Equal(id.Contains('.'), names.Technique(id)!.Contains(": ", StringComparison.Ordinal));
        });
        Assert.Null(names.Technique("T9999"));
    }

    [Fact]
    public void A_placeholder_whose_rule_could_run_leaves_the_rule_rejected()
    {
        using var folder = new TemporaryFolder();
        folder.Write("rule.yml", RuleText.Of("s:\n    query|expand: '%bad%'\ncondition: s"));
        var entry = Assert.Single(RuleCatalog.Load([folder.Path]).Entries);

        Assert.Equal(CatalogCoverage.Rejected, entry.Coverage);
        Assert.Contains("%bad%", entry.Reason, StringComparison.Ordinal);
    }
}
