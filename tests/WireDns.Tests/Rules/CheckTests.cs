using System.Text.Json;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules check</c>.</summary>
public sealed class CheckTests
{
    private const string EndsWithoutDot = "selection:\n    query|endswith: evil.example\ncondition: selection";

    [Fact]
    public void A_lint_is_shown_with_its_line_and_a_caret_and_fails_nothing()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("rule.yml", RuleText.Of(EndsWithoutDot));
        var run = Product.Run("rules", "check", path);

        Assert.Equal(0, run.ExitStatus);
        Assert.StartsWith($"{path}:6:25: warning: 'evil.example' also matches", run.Output.Lines[0], StringComparison.Ordinal);
        Assert.EndsWith("[endswith-without-dot]", run.Output.Lines[0], StringComparison.Ordinal);
        Assert.Equal("        query|endswith: evil.example", run.Output.Lines[1]);
        Assert.Equal(new string(' ', 24) + "^", run.Output.Lines[2]);
        Assert.Equal("1 of 1 rules that loaded would run; 0 errors, 1 warning", run.Output.Lines[3]);
    }

    [Theory]
    [InlineData("ASCII", "  s: {query|endswiht: x}")]
    [InlineData("wide characters", "  悪意のある名前: {query|endswiht: x}")]
    [InlineData("emoji", "  😀😀: {query|endswiht: x}")]
    [InlineData("combining marks", "  e\u0301e\u0301e\u0323\u0301: {query|endswiht: x}")]
    [InlineData("a tab and a direction mark in a name", "  \"a\tb\u202Ec\": {query|endswiht: x}")]
    [InlineData("tabs", "  s:\t\t{a:\t\tx,\tquery|endswiht: x}")]
    [InlineData("a place at the right edge", "  a123456789012345678901234567890123456789012345678901234567890123: {query|endswiht: x}")]
    [InlineData("a place behind the right edge", "  a123456789012345678901234567890123456789012345678901234567890123456789012345: {query|endswiht: x}")]
    [InlineData("a place behind many wide characters", "  悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前: {query|endswiht: x}")]
    [InlineData("a line that goes on with many wide characters", "  s: {query|endswiht: 悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前}")]
    [InlineData("a place in the middle of them", "  悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前: {query|endswiht: 悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前悪意のある名前}")]
    public void A_caret_is_under_what_it_marks_in_80_columns(string about, string line)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("rule.yml", $"title: t\nlogsource: {{category: dns}}\ndetection:\n{line}\n  condition: s\n");
        var run = Product.Run("rules", "check", path);

        var at = run.Output.Lines.ToList().FindIndex(found => found.Contains("[unknown-modifier]", StringComparison.Ordinal));
        var (shown, caret) = (run.Output.Lines[at + 1], run.Output.Lines[at + 2]);
        Assert.True(Columns(shown) <= 80, $"{about}: {Columns(shown)} columns");
        Assert.EndsWith("^", caret, StringComparison.Ordinal);
        Assert.True(caret.Length - 1 == Columns(shown[..(shown.IndexOf('|') + 1)]), $"{about}:\n{shown}\n{caret}");
    }

    // Enough for the characters above.
    private static int Columns(string text) => text.EnumerateRunes().Sum(rune => rune.Value switch
    {
        >= 0x300 and < 0x370 => 0,
        >= 0x3040 and < 0xa000 or >= 0x1f600 and < 0x1f650 => 2,
        _ => 1,
    });

    [Fact]
    public void Under_strict_a_warning_fails()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("rule.yml", RuleText.Of(EndsWithoutDot));

        Assert.Equal(2, Product.Run("rules", "check", path, "--strict").ExitStatus);
        Assert.Equal(0, Product.Run("rules", "check", TestPaths.AllRules, "--strict").ExitStatus);
    }

    [Fact]
    public void Json_has_every_diagnostic_and_how_many_rules_end_how()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yml", RuleText.Of(EndsWithoutDot));
        folder.Write("b.yml", SampleRules.UnknownModifier);
        folder.Write("c.yml", RuleText.Of("selection:\n    Image: x\ncondition: selection"));
        folder.Write("d.yml", RuleText.Of("selection:\n    query: x\ncondition: selection", logSource: "{category: process_creation}"));
        folder.Write("e.yml", RuleText.Of("selection:\n    query: x\nfilter:\n    Image: x\ncondition: selection and not filter"));
        var run = Product.Run("rules", "check", folder.Path, "--json");
        using var json = JsonDocument.Parse(Assert.Single(run.Output.Lines));
        var diagnostics = json.RootElement.GetProperty("diagnostics").EnumerateArray().ToList();

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal(
            """{"full":1,"degraded":1,"inert":1,"not_dns":1,"rejected":1,"total":5}""", json.RootElement.GetProperty("rules").GetRawText());
        Assert.Equal(1, json.RootElement.GetProperty("errors").GetInt32());
        Assert.Equal(1, json.RootElement.GetProperty("warnings").GetInt32());
        Assert.Equal(["endswith-without-dot", "unknown-modifier"], diagnostics.Select(diagnostic => diagnostic.GetProperty("id").GetString()));
        Assert.Equal(folder["b.yml"], diagnostics[1].GetProperty("file").GetString());
        Assert.Equal("error", diagnostics[1].GetProperty("severity").GetString());
        Assert.Contains("endswiht", diagnostics[1].GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Contains("endswith", diagnostics[1].GetProperty("suggestion").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aliases that would expand to 10^20 values", "yaml-too-large")]
    [InlineData("lists in lists without end", "yaml-too-deep")]
    [InlineData("a file of 50 MB", "file-too-large")]
    [InlineData("a condition 100,000 parentheses deep", "condition-too-deep")]
    [InlineData("an expression of a billion states", "regex-too-large")]
    [InlineData("300,000 errors in one file", "too-many-diagnostics")]
    [Trait("needs", "quiet machine")]
    public void What_a_hostile_file_costs_is_bounded_and_said(string description, string id)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("rule.yml", Hostile(description));
        var start = DateTime.UtcNow;
        var run = Product.Run("rules", "check", path);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains($"[{id}]", run.Output.Text, StringComparison.Ordinal);
        Assert.Empty(run.Error.Lines);
        Assert.InRange(DateTime.UtcNow - start, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.InRange(run.Output.Lines.Count, 2, 4000);
        Assert.Contains(id, Product.Run("rules", "coverage", path, "-f", "json").Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("needs", "quiet machine")]
    public void An_expression_that_makes_others_backtrack_for_ever_is_matched_at_once()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Write("rule.yml", RuleText.Of("s:\n    query|re: '^(a+)+(a|aa)+(a|a?)+$'\ncondition: s"));
        var events = folder.Write("events.jsonl", $$"""{"query": "{{new string('a', 100_000)}}!"}{{'\n'}}{"query": "aaa"}""");
        var start = DateTime.UtcNow;
        var run = Product.Run("rules", "match", rules, "-e", events);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("""{"rule": "A rule", "event": 1}""", Assert.Single(run.Output.Lines));
        Assert.InRange(DateTime.UtcNow - start, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    [Trait("needs", "quiet machine")]
    public void Ten_thousand_rules_are_checked_listed_and_matched_in_seconds()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 10_000; i++)
        {
            folder.Write($"{i}.yml", RuleText.Of($"s:\n    query|contains: name{i}.example\ncondition: s", title: $"Rule {i}"));
        }

        var events = folder.Write("events.jsonl", """{"query": "www.name9999.example"}""");
        var start = DateTime.UtcNow;
        var check = Product.Run("rules", "check", folder.Path);
        var list = Product.Run("rules", "list", folder.Path);
        var match = Product.Run("rules", "match", folder.Path, "-e", events);

        Assert.Equal("10000 of 10000 rules that loaded would run; 0 errors, 0 warnings", check.Output.Lines[^1]);
        Assert.Equal("10,000 rules", list.Output.Lines[^1]);
        Assert.Equal("""{"rule": "Rule 9999", "event": 0}""", Assert.Single(match.Output.Lines));
        Assert.InRange(DateTime.UtcNow - start, TimeSpan.Zero, TimeSpan.FromMinutes(2));
    }

    private static string Hostile(string description) => description switch
    {
        "aliases that would expand to 10^20 values" => "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 20)
            .Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n")),
        "lists in lists without end" => new string('[', 1_000_000),
        "a file of 50 MB" => RuleText.Of("s:\n    query: [" + string.Join(", ", Enumerable.Range(0, 2_500_000).Select(i => $"{i:D18}")) + "]\ncondition: s"),
        "a condition 100,000 parentheses deep" => RuleText.Of(
            $"s:\n    query: a\ncondition: {new string('(', 100_000)}s{new string(')', 100_000)}"),
        "an expression of a billion states" => RuleText.Of("s:\n    query|re: '((a{1,1000}){1,1000}){1,1000}'\ncondition: s"),
        _ => RuleText.Of("s:" + string.Concat(Enumerable.Range(0, 300_000).Select(i => $"\n    query{i}|no: a")) + "\ncondition: s"),
    };
}
