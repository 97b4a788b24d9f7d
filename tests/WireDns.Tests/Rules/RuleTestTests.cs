using System.Xml.Linq;
using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules test</c>.</summary>
public sealed class RuleTestTests
{
    [Fact]
    public void The_shipped_rules_pass_their_tests()
    {
        var run = Product.Run("rules", "test", TestPaths.AllRules);

        Assert.Equal(0, run.ExitStatus);
        Assert.Empty(run.Error.Lines);
        Assert.All(run.Output.Lines.SkipLast(1), line => Assert.StartsWith("passed  ", line, StringComparison.Ordinal));
        Assert.EndsWith(" passed, 0 failed", run.Output.Lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2", true, Label = "a count")]
    [InlineData("3", false, Label = "another count")]
    [InlineData("'>= 2'", true, Label = "at least")]
    [InlineData("'>2'", false, Label = "more than")]
    [InlineData("'<= 2'", true, Label = "at most")]
    [InlineData("'< 2'", false, Label = "less than")]
    [InlineData("[0, 2]", true, Label = "the events")]
    [InlineData("[2, 0]", true, Label = "the events in another order")]
    [InlineData("[0, 1]", false, Label = "other events")]
    [InlineData("[0]", false, Label = "fewer events")]
    [InlineData("0", false, Label = "none")]
    public void What_a_rule_must_do_is_given_as(string expectation, bool passes)
    {
        using var folder = new TemporaryFolder();
        folder.Write("rule.yml", SampleRules.Sound());
        var run = Product.Run("rules", "test", folder.Write("a.test.yml", $"""
            rules: rule.yml
            cases:
              - name: three names
                events:
                  - query: msstorageazure.com
                  - query: other.example
                  - query: [x, www.msstorageazure.com]
                expect:
                  {SampleRules.OtherId}: {expectation}
            """));

        Assert.Equal(passes ? 0 : 1, run.ExitStatus);
        Assert.StartsWith(passes ? "passed  three names" : "FAILED  three names", run.Output.Lines[0], StringComparison.Ordinal);
        Assert.Equal(passes ? 2 : 3, run.Output.Lines.Count);
    }

    [Theory]
    [InlineData("expect: []", "", "A sound rule: expected 0, found 2 (at 0, 2)", Label = "a rule that is not named")]
    [InlineData("expect: {nobody: 1}", "others: allowed", "nobody: no rule that loaded is called so", Label = "a rule that is named and not there")]
    [InlineData("expect: {rule.yml: 5}", "", "A sound rule: expected 5, found 2 (at 0, 2)", Label = "a rule that fires too seldom")]
    [InlineData("expect: {rule: [1]}", "", "A sound rule: expected [1], found [0, 2]", Label = "events")]
    public void A_failure_says_what_was_expected_and_what_came(string expect, string others, string failure)
    {
        using var folder = new TemporaryFolder();
        folder.Write("rule.yml", SampleRules.Sound());
        folder.Write("events.jsonl", "{\"query\": \"msstorageazure.com\"}\n{}\n{\"query\": \"a.msstorageazure.com\"}\n");
        var run = Product.Run("rules", "test", folder.Write("a.test.yml", $"rules: [rule.yml]\ncases:\n  - events: events.jsonl\n    {expect}\n    {others}\n"));

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal("        " + failure, run.Output.Lines[1]);
        Assert.Equal("0 passed, 1 failed", run.Output.Lines[^1]);
    }

    [Fact]
    public void A_capture_goes_the_whole_way_and_packets_are_numbered_from_1()
    {
        using var folder = new TemporaryFolder();
        folder.Write("rule.yml", SampleRules.Sound());
        folder.Write("inert.yml", RuleText.Of("s:\n    Image: x\ncondition: s", "Inert"));
        folder.Write("beacon.pcapng", File.ReadAllBytes(SampleCaptures.Beacon));
        var first = Golden.ExpectedAlert.ReadFor(SampleCaptures.Beacon).Where(alert => alert.Name.Contains("msstorageazure.com", StringComparison.OrdinalIgnoreCase));
        var frames = string.Join(", ", first.Select(alert => alert.Frame));
        var run = Product.Run("rules", "test", folder.Write("a.test.yml", $$"""
            rules: [rule.yml, inert.yml]
            cases:
              - name: by packet
                capture: beacon.pcapng
                expect: {A sound rule: [{{frames}}]}
              - name: a capture that is not there
                capture: absent.pcap
                expect: []
              - name: a rule that does not run on the wire
                capture: beacon.pcapng
                expect: {A sound rule: '> 0', Inert: 1}
            """));

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal($"passed  by packet  ({folder["a.test.yml"]}:3)", run.Output.Lines[0]);
        Assert.Equal($"        {folder["absent.pcap"]} was not read to its end", run.Output.Lines[2]);
        Assert.Equal("        Inert: expected 1, found 0; the rule does not run on the wire", run.Output.Lines[4]);
    }

    [Fact]
    public void The_JUnit_report_has_a_case_for_each_case_and_says_what_failed()
    {
        using var folder = new TemporaryFolder();
        folder.Write("rule.yml", SampleRules.Sound());
        var file = folder.Write("a.test.yml", "rules: rule.yml\ncases:\n  - {name: good, events: [{query: x}], expect: []}\n"
            + "  - {name: \"b\\e<d&\", events: [{query: msstorageazure.com}], expect: []}\n");
        var run = Product.Run("rules", "test", file, "--junit", folder["report.xml"]);
        var report = XDocument.Load(folder["report.xml"]).Root!;
        var suite = Assert.Single(report.Elements("testsuite"));
        var cases = suite.Elements("testcase").ToList();

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal("testsuites", report.Name);
        Assert.Equal(("2", "1", file), ((string?)suite.Attribute("tests"), (string?)suite.Attribute("failures"), (string?)suite.Attribute("name")));
        Assert.Equal(["good", "b\\u{1b}<d&"], cases.Select(test => (string?)test.Attribute("name")));
        Assert.Empty(cases[0].Elements());
        Assert.Equal("A sound rule: expected 0, found 1 (at 0)", Assert.Single(cases[1].Elements("failure")).Value);
    }

    [Theory]
    [InlineData("", "1: expected test cases, found an empty file", Label = "nothing")]
    [InlineData("a: b: c", "1: this is not YAML", Label = "no YAML")]
    [InlineData("- a", "1: expected a map with the keys rules, cases", Label = "no map")]
    [InlineData("rules: x\ncasses: []", "2: expected one of the keys rules, cases, found 'casses'", Label = "an unknown key")]
    [InlineData("rules: x", "1: expected a list of cases under the key cases", Label = "no cases")]
    [InlineData("rules: x\ncases:\n  - expect: []", "3: expected either a capture or events in a case", Label = "nothing to match")]
    [InlineData("rules: x\ncases:\n  - {capture: a, events: b, expect: []}", "3: expected either a capture or events in a case", Label = "both")]
    [InlineData("cases:\n  - {capture: a, expect: []}", "2: expected rules, in the case or for all cases of the file", Label = "no rules")]
    [InlineData("rules: x\ncases:\n  - capture: a", "3: expected under expect", Label = "nothing expected")]
    [InlineData("rules: x\ncases:\n  - capture: a\n    expect: {r: many}", "4: expected how often the rule fires", Label = "no count")]
    [InlineData("rules: x\ncases:\n  - capture: a\n    expect: {r: -1}", "4: expected how often the rule fires", Label = "a negative count")]
    [InlineData("rules: &a x\ncases: *a", "1: expected a list of cases under the key cases", Label = "an alias of a text")]
    [InlineData("rules: x\nrules: y", "2: the key 'rules' is already at line 1, column 1", Label = "a key twice")]
    [InlineData("rules: x\n---\nrules: y", "3: expected one document, found a second one", Label = "two documents")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "1: expected at most 32 levels of nesting, found more", Label = "no end of nesting")]
    [InlineData("rules: x\ncases:\n  - events: [a]\n    expect: []", "3: expected an event as a map of fields", Label = "an event that is none")]
    public void A_file_that_is_not_of_the_form_is_refused_with_its_line(string text, string message)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.test.yml", text);
        var run = Product.Run("rules", "test", path);

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith($"wiredns: {path}:{message}", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Fact]
    public void A_rule_that_does_not_load_fails_the_run_as_a_fault_of_the_rules()
    {
        using var folder = new TemporaryFolder();
        var bad = folder.Write("bad.yml", SampleRules.UnknownModifier);
        var run = Product.Run("rules", "test", folder.Write("a.test.yml", "rules: bad.yml\ncases:\n  - {events: [{query: x}], expect: []}\n"));

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith($"{bad}:9:", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Test_files_beside_rules_are_not_taken_for_rules()
    {
        using var folder = new TemporaryFolder();
        folder.Write("rule.yml", SampleRules.Sound());
        folder.Write("rule.test.yml", "rules: rule.yml\ncases:\n  - {events: [{query: msstorageazure.com}], expect: {rule: 1}}\n");

        Assert.Equal("1 of 1 rules that loaded would run; 0 errors, 0 warnings", Assert.Single(Product.Run("rules", "check", folder.Path).Output.Lines));
        Assert.Equal("1 passed, 0 failed", Product.Run("rules", "test", folder.Path).Output.Lines[^1]);
    }
}
