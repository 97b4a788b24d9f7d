using System.Text;
using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Rules;

public sealed class SigmaRuleParserTests
{
    private const string Sample = """
        title: Beacon to a known domain
        id: 929a690e-bef0-4204-a928-ef5e620d6fcc
        name: beacon
        related:
            - id: 08fbc97d-0a2f-491c-ae21-8ffcfd3174e9
              type: derived
        taxonomy: sigma
        status: test
        description: |
            First line.
            Second line.
        license: MIT
        references:
            - https://example.org/report
        author: Somebody, Somebody Else
        date: 2026-01-31
        modified: 2026-02-01
        tags:
            - attack.command-and-control
            - attack.command_and_control
            - attack.t1071.004
            - attack.t1071
            - attack.s0154
            - cve.2024-1234
        logsource:
            category: dns
            product: zeek
            service: dns
            definition: 'Needs the DNS log.'
        detection:
            selection:
                query|endswith:
                    - '.evil.example'
                    - '.bad.example'
                qtype_name: TXT
            filter_main_known:
                - query: 'ok.evil.example'
                - src_ip|cidr: 192.0.2.0/24
            condition: selection and not 1 of filter_main_*
        fields:
            - query
        falsepositives:
            - Unlikely
        scope:
            - server
        level: high
        """;

    [Fact]
    public void Keeps_all_metadata_as_written()
    {
        var rule = RuleHarness.ParseOne(Sample);
        Assert.Equal("Beacon to a known domain", rule.Title);
        Assert.Equal("929a690e-bef0-4204-a928-ef5e620d6fcc", rule.Id);
        Assert.Equal("beacon", rule.Name);
        Assert.Equal([new RelatedRule("08fbc97d-0a2f-491c-ae21-8ffcfd3174e9", "derived")], rule.Related);
        Assert.Equal("sigma", rule.Taxonomy);
        Assert.Equal("test", rule.Status);
        Assert.Equal("First line.\nSecond line.\n", rule.Description!.ReplaceLineEndings("\n"));
        Assert.Equal("MIT", rule.License);
        Assert.Equal(["https://example.org/report"], rule.References);
        Assert.Equal("Somebody, Somebody Else", rule.Author);
        Assert.Equal("2026-01-31", rule.Date);
        Assert.Equal("2026-02-01", rule.Modified);
        Assert.Equal("high", rule.Level);
        Assert.Equal(["query"], rule.Fields);
        Assert.Equal(["Unlikely"], rule.FalsePositives);
        Assert.Equal(["server"], rule.Scope);
        Assert.Equal(["command-and-control", "command-and-control"], rule.AttackTactics);
        Assert.Equal(["T1071.004", "T1071"], rule.AttackTechniques);
        Assert.Equal("category dns, product zeek, service dns", rule.LogSource.ToString());
        Assert.Equal("Needs the DNS log.", rule.LogSource.Definition);
        Assert.Equal(["query", "qtype_name", "src_ip"], rule.FieldNames);
        Assert.Equal("test.yml", rule.File);
    }

    [Fact]
    public void Places_each_field_use()
    {
        var uses = RuleHarness.ParseOne(Sample).FieldUses;
        var lines = Sample.ReplaceLineEndings("\n").Split('\n');
        Assert.All(uses, u => Assert.StartsWith(u.Name, lines[u.Position.Line - 1][(u.Position.Column - 1)..], StringComparison.Ordinal));
        Assert.Equal(4, uses.Count);
    }

    [Theory]
    [InlineData("title: Beacon to a known domain\n", "", "missing-title", Label = "a title that is missing")]
    [InlineData("logsource:", "logsources:", "missing-logsource", Label = "a log source that is missing")]
    [InlineData("detection:", "detections:", "missing-detection", Label = "a detection that is missing")]
    [InlineData("    condition: selection and not 1 of filter_main_*", "    - x", "yaml-syntax", Label = "a detection that is no map")]
    [InlineData("condition:", "conditional:", "missing-condition", Label = "a condition that is missing")]
    [InlineData("    selection:", "\tselection:", "yaml-syntax", Label = "a tab as indentation")]
    [InlineData("'ok.evil.example'", "'ok.evil.example", "yaml-syntax", Label = "a quote that does not end")]
    [InlineData("qtype_name: TXT", "qtype_name: [TXT", "yaml-syntax", Label = "a flow list that does not end")]
    [InlineData("qtype_name: TXT", "qtype_name: {a: ]}", "yaml-syntax", Label = "a broken flow map")]
    [InlineData("level: high", "level: high\nlevel: low", "duplicate-key", Label = "a key that stands twice")]
    [InlineData("qtype_name: TXT", "qtype_name: TXT\n        qtype_name: A", "duplicate-key", Label = "a field that stands twice")]
    [InlineData("    filter_main_known:", "    other: {}\n    filter_main_known:", "empty-selection", Label = "a selection that is empty")]
    [InlineData("qtype_name: TXT", "qtype_name: []", "empty-list", Label = "a field with an empty list")]
    [InlineData("- '.bad.example'", "- null", "null-in-list", Label = "null in a list")]
    [InlineData("- '.bad.example'", "- ['.bad.example']", "nested-list", Label = "a list in a list")]
    [InlineData("- '.bad.example'", "- {a: b}", "map-as-value", Label = "a map in a list")]
    [InlineData("qtype_name: TXT", "qtype_name: *type", "unknown-alias", Label = "an unknown alias")]
    [InlineData("qtype_name: TXT", "<<: {a: b}", "merge-key", Label = "a merge key")]
    [InlineData("qtype_name: TXT", "? {a: b}\n        : TXT", "key-not-text", Label = "a map as a key")]
    [InlineData("title: Beacon", "action: global\ntitle: Beacon", "collection-action", Label = "an old collection")]
    public void Rejects(string old, string replacement, string id)
    {
        var text = Sample.ReplaceLineEndings("\n");
        Assert.Contains(old, text, StringComparison.Ordinal);
        var result = new SigmaRuleParser().Parse("test.yml", text.Replace(old, replacement, StringComparison.Ordinal));
        Assert.Empty(result.Rules);
        Assert.Contains(result.Diagnostics, d => d.Id == id && d.Severity == DiagnosticSeverity.Error);
    }

    [Theory]
    [InlineData("id: 929a690e-bef0-4204-a928-ef5e620d6fcc", "id: '1'", "bad-id", Label = "an id that is no UUID")]
    [InlineData("date: 2026-01-31", "date: 31/01/2026", "bad-date", Label = "a date in another order")]
    [InlineData("modified: 2026-02-01", "modified: 2026-02-30", "bad-date", Label = "a day that does not exist")]
    [InlineData("status: test", "status: testing", "bad-status", Label = "an unknown status")]
    [InlineData("level: high", "level: hihg", "bad-level", Label = "an unknown level")]
    [InlineData("- cve.2024-1234", "- dns", "bad-tag", Label = "a tag without a namespace")]
    [InlineData("type: derived", "type: child", "bad-related", Label = "an unknown relation")]
    [InlineData("    - Unlikely", "    Unlikely", "bad-metadata", Label = "a text for a list")]
    [InlineData("condition: selection and not 1 of filter_main_*", "condition: selection", "unused-selection", Label = "a selection that nothing uses")]
    [InlineData("qtype_name: TXT", "qtype_name|all: TXT", "all-on-one-value", Label = "all on one value")]
    [InlineData("    condition:", "    timeframe: 5m\n    condition:", "timeframe-ignored", Label = "a timeframe")]
    [InlineData("qtype_name: TXT", "qtype_name: no", "ambiguous-scalar", Label = "a word that YAML 1.1 takes for a boolean")]
    [InlineData("qtype_name: TXT", "qtype_name: NULL", "ambiguous-scalar", Label = "the record type NULL without quotes")]
    [InlineData("qtype_name: TXT", "qtype_name: 010", "ambiguous-scalar", Label = "a number that YAML 1.1 takes for octal")]
    public void Warns_about(string old, string replacement, string id)
    {
        var text = Sample.ReplaceLineEndings("\n");
        Assert.Contains(old, text, StringComparison.Ordinal);
        var result = new SigmaRuleParser().Parse("test.yml", text.Replace(old, replacement, StringComparison.Ordinal));
        Assert.Single(result.Rules);
        var warning = Assert.Single(result.Diagnostics);
        Assert.Equal((id, DiagnosticSeverity.Warning), (warning.Id, warning.Severity));
    }

    [Fact]
    public void Warns_about_a_title_of_more_than_256_characters()
    {
        var text = Sample.Replace("Beacon to a known domain", new string('x', 257), StringComparison.Ordinal);
        Assert.Equal("long-title", Assert.Single(new SigmaRuleParser().Parse("test.yml", text).Diagnostics).Id);
    }

    [Fact]
    public void Reports_every_error_of_a_file_with_its_place_and_line()
    {
        var text = """
            title: t
            logsource: {category: dns}
            detection:
                a:
                    query|contians: x
                    query|re: '('
                b:
                    n|lt: '5'
                condition: a and c
            """.ReplaceLineEndings("\n");
        var errors = RuleHarness.Errors(text);
        Assert.Equal(["unknown-modifier", "bad-regex", "modifier-type", "unknown-selection"], errors.Select(e => e.Id));
        Assert.Equal([(5, 15), (6, 19), (8, 15), (9, 22)], errors.Select(e => (e.Line, e.Column)));
        Assert.Equal("did you mean 'contains'?", errors[0].Suggestion);
        Assert.Equal("        query|contians: x", errors[0].SourceLine);
        Assert.StartsWith("test.yml:5:15: error: expected a modifier, found 'contians'", errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_the_sound_rules_of_a_file_beside_broken_ones()
    {
        var sound = "title: sound\nlogsource: {category: dns}\ndetection:\n  s: {q: a}\n  condition: s\n";
        var result = new SigmaRuleParser().Parse("test.yml", $"---\n{sound}---\n{sound.Replace("q: a", "q: a, q: b", StringComparison.Ordinal)}---\n{sound}...\n");
        Assert.Equal(2, result.Rules.Count);
        Assert.Equal("duplicate-key", Assert.Single(result.Diagnostics).Id);
        Assert.Equal([2, 13], result.Rules.Select(r => r.Position.Line).Select(l => l <= 2 ? 2 : 13));
    }

    [Fact]
    public void Keeps_the_rules_before_a_syntax_error()
    {
        var sound = "title: sound\nlogsource: {category: dns}\ndetection:\n  s: {q: a}\n  condition: s\n";
        var result = new SigmaRuleParser().Parse("test.yml", $"{sound}---\ntitle: 'x\n");
        Assert.Single(result.Rules);
        Assert.True(result.HasErrors);
    }

    [Theory]
    [InlineData("version: 3\nservices: {}\n", "not-a-rule", Label = "another YAML file")]
    [InlineData("- a\n- b\n", "not-a-rule", Label = "a list")]
    [InlineData("hello\n", "not-a-rule", Label = "a text")]
    [InlineData("", "no-rule", Label = "nothing")]
    [InlineData("# nothing\n", "no-rule", Label = "a comment")]
    public void Says_what_it_leaves_out(string text, string id)
    {
        var error = Assert.Single(RuleHarness.Errors(text));
        Assert.Equal(id, error.Id);
    }

    [Fact]
    public void Takes_a_byte_order_mark_and_refuses_what_is_not_UTF8()
    {
        var bytes = Encoding.UTF8.GetBytes(Sample);
        Assert.Single(new SigmaRuleParser().Parse("test.yml", [0xEF, 0xBB, 0xBF, .. bytes]).Rules);
        bytes[Sample.IndexOf("TXT", StringComparison.Ordinal)] = 0xFF;
        var error = Assert.Single(new SigmaRuleParser().Parse("test.yml", bytes).Diagnostics);
        Assert.Equal(("not-utf8", 35), (error.Id, error.Line));
    }

    [Fact]
    public void Shares_what_is_after_an_alias()
    {
        var rule = RuleHarness.ParseOne("title: t\nlogsource: {category: dns}\ndetection:\n  a: {q: &names [x, y]}\n  b: {r: *names}\n  condition: a and b\n");
        Assert.Equal([1], new RuleHarness([rule]).Match("{\"q\":\"x\",\"r\":\"Y\"}").Select(_ => 1));
    }

    [Fact]
    public void Refuses_a_document_whose_aliases_would_expand_without_end()
    {
        var text = new StringBuilder("title: t\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i <= 20; i++)
        {
            text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Assert.Equal("yaml-too-large", Assert.Single(RuleHarness.Errors(text.ToString())).Id);
    }

    [Fact]
    public void Refuses_nesting_without_end()
    {
        Assert.Contains(RuleHarness.Errors(new string('[', 100_000)), e => e.Id is "yaml-too-deep" or "yaml-syntax");
        Assert.Contains(RuleHarness.Errors(string.Concat(Enumerable.Repeat("- ", 50_000))), e => e.Id is "yaml-too-deep" or "yaml-syntax");
        Assert.Contains(RuleHarness.Errors(RuleHarness.RuleText("{q: a}", new string('(', 100_000))), e => e.Id == "condition-too-deep");
    }

    [Theory]
    [InlineData("yaml-too-large", 1_100_000, "", "- a\n", Label = "values")]
    [InlineData("condition-too-large", 1_000_000, "title: t\nlogsource: {category: dns}\ndetection:\n  s: {q: a}\n  condition: s", " or s", Label = "selections in a condition")]
    [InlineData("condition-too-large", 500_000, "title: t\nlogsource: {category: dns}\ndetection:\n  s: {q: a}\n  condition: s", " or 1 of s*", Label = "patterns in a condition")]
    [InlineData("modifier-order", 1_000_000, "title: t\nlogsource: {category: dns}\ndetection:\n  condition: s\n  s:\n    ? q", "|x", Label = "modifiers")]
    [InlineData("windash-too-many", 1_000_000, "title: t\nlogsource: {category: dns}\ndetection:\n  condition: s\n  s:\n    q|windash: x", " -a", Label = "dashes")]
    public void Refuses_any_number_of(string id, int count, string text, string unit)
    {
        var errors = RuleHarness.Errors(text + string.Concat(Enumerable.Repeat(unit, count)) + "\n");
        Assert.Contains(id, errors.Select(e => e.Id));
    }

    [Fact]
    public void Parses_a_long_chain_of_nots_without_a_stack()
    {
        var harness = RuleHarness.ForSelection("{q: a}", string.Concat(Enumerable.Repeat("not ", 100_001)) + "s");
        Assert.Empty(harness.Match("{\"q\":\"a\"}"));
        Assert.Single(harness.Match("{\"q\":\"b\"}"));
    }

    [Fact]
    public void Refuses_a_file_that_is_too_large_by_its_size()
    {
        var error = Assert.Single(new SigmaRuleParser(new SigmaParserOptions { MaximumFileBytes = 10 }).Parse("big.yml", new byte[11]).Diagnostics);
        Assert.Equal("file-too-large", error.Id);
    }

    [Fact]
    public void Never_throws_whatever_is_cut_off_or_changed()
    {
        var bytes = Encoding.UTF8.GetBytes(Sample);
        var parser = new SigmaRuleParser();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.All(parser.Parse("test.yml", bytes.AsSpan(0, length)).Diagnostics, d => Assert.True(d.Line >= 1 && d.Column >= 1));
        }

        var random = new Random(20260131);
        const string Characters = "'\"[]{}:,-|*&!%#?><()\t\n\\ \0\u00e9";
        for (var round = 0; round < 3000; round++)
        {
            var text = new StringBuilder(Sample);
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                text[random.Next(text.Length)] = Characters[random.Next(Characters.Length)];
            }

            foreach (var diagnostic in parser.Parse("test.yml", text.ToString()).Diagnostics)
            {
                Assert.NotEmpty(diagnostic.ToString());
            }
        }
    }
}
