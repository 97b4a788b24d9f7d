using System.Text;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Conformance;

namespace WireDns.Sigma.Tests.Rules;

/// <summary>A site's own names: read from pipelines, and applied to rules, filters and correlations.</summary>
public sealed class RuleMappingTests
{
    private const string Names = """
        transformations:
          - type: field_name_mapping
            mapping:
              old: new
              both: [one, two]
        """;

    [Theory]
    [InlineData("{old: x}", """{"new": "x"}""", true)]
    [InlineData("{OLD: x}", """{"new": "x"}""", true)]
    [InlineData("{old: x}", """{"old": "x"}""", false)]
    [InlineData("{other: x}", """{"other": "x"}""", true)]
    [InlineData("{both: x}", """{"one": "y", "two": "x"}""", true)]
    [InlineData("{both: x}", """{"both": "x"}""", false)]
    [InlineData("{both|neq: x}", """{"one": "y", "two": "x"}""", false)]
    [InlineData("{both|neq: x}", """{"one": "y", "two": "z"}""", true)]
    [InlineData("{other|fieldref: old}", """{"other": "x", "new": "x"}""", true)]
    [InlineData("{other|fieldref: both}", """{"other": "x", "two": "x"}""", true)]
    [InlineData("[{old: x}, {old|startswith: y}]", """{"new": "yes"}""", true)]
    public void Names_of_fields_are_mapped(string selection, string @event, bool matches)
    {
        var rule = Mapping(Names).Apply(RuleHarness.ParseOne(RuleHarness.RuleText(selection)));

        Assert.Equal(matches, Matches(rule, @event));
        Assert.DoesNotContain(rule.FieldNames, name => name is "old" or "OLD" or "both");
    }

    [Theory]
    [InlineData("rule_conditions: [{type: logsource, category: test}]", true)]
    [InlineData("rule_conditions: [{type: logsource, category: TEST}]", true)]
    [InlineData("rule_conditions: [{type: logsource, category: other}]", false)]
    [InlineData("rule_conditions: [{type: logsource, category: test, product: any}]", false)]
    [InlineData("rule_conditions: [{type: logsource, category: test}, {type: logsource, category: other}]", false)]
    [InlineData("{rule_conditions: [{type: logsource, category: test}, {type: logsource, category: other}], rule_cond_op: or}", true)]
    [InlineData("{rule_conditions: [{type: logsource, category: other}], rule_cond_not: true}", true)]
    [InlineData("field_name_conditions: [{type: include_fields, fields: [old]}]", true)]
    [InlineData("field_name_conditions: [{type: exclude_fields, fields: [old]}]", false)]
    [InlineData("{field_name_conditions: [{type: exclude_fields, fields: old}], field_name_cond_not: true}", true)]
    public void Conditions_choose_rules_and_fields(string conditions, bool isMapped)
    {
        var inner = conditions.StartsWith('{') ? conditions[1..^1] : conditions;
        var mapping = Mapping($"transformations: [{{type: field_name_mapping, mapping: {{old: new}}, {inner}}}]");

        var rule = mapping.Apply(RuleHarness.ParseOne(RuleHarness.RuleText("{old: x}").Replace("category: dns", "category: test", StringComparison.Ordinal)));

        Assert.Equal(isMapped ? "new" : "old", Assert.Single(rule.FieldNames));
    }

    [Fact]
    public void Each_transformation_sees_what_the_ones_before_made()
    {
        var mapping = Mapping("""
            transformations:
              - {type: change_logsource, category: dns, rule_conditions: [{type: logsource, product: house}]}
              - {type: field_name_prefix_mapping, mapping: {house.: zeek.}, rule_conditions: [{type: logsource, category: dns}]}
              - {type: field_name_mapping, mapping: {zeek.q: query}}
              - {type: add_condition, conditions: {proto: [udp, tcp]}, rule_conditions: [{type: logsource, category: dns}]}
              - {type: add_condition, conditions: {qtype_name: TXT}, negated: true}
            """).Then(Mapping("transformations: [{type: field_name_mapping, mapping: {proto: transport}}]"));
        var text = RuleHarness.RuleText("{house.q: x}").Replace("category: dns", "product: house", StringComparison.Ordinal);

        var rule = mapping.Apply(RuleHarness.ParseOne(text));

        Assert.Equal("category dns", rule.LogSource.ToString());
        Assert.Equal(["query", "transport", "qtype_name"], rule.FieldNames);
        Assert.True(Matches(rule, """{"query": "x", "transport": "udp", "qtype_name": "A"}"""));
        Assert.False(Matches(rule, """{"query": "x", "transport": "udp", "qtype_name": "TXT"}"""));
        Assert.False(Matches(rule, """{"query": "x", "proto": "udp"}"""));
    }

    [Fact]
    public void Correlations_and_filters_are_mapped_as_the_rules_that_they_refer_to()
    {
        var folder = Directory.CreateTempSubdirectory("wiredns-mapping-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "rules.yml"), """
                title: base
                name: base
                logsource: {product: house}
                detection: {sel: {old: x}, condition: sel}
                ---
                title: count
                correlation: {type: value_count, rules: [base], group-by: [who], timespan: 1m, condition: {field: old, gte: 2}}
                ---
                title: not the printer
                logsource: {product: house}
                filter: {rules: [base], sel: {old: printer}, condition: not sel}
                """);
            var mapping = Mapping("""
                transformations:
                  - {type: field_name_mapping, mapping: {old: query, who: src_ip}, rule_conditions: [{type: logsource, product: house}]}
                  - {type: change_logsource, category: dns, rule_conditions: [{type: logsource, product: house}]}
                """);

            var loaded = new RuleLoader(new SigmaParserOptions { Mapping = mapping }).Load([folder.FullName]);

            Assert.Empty(loaded.Diagnostics);
            var rule = Assert.Single(loaded.Rules);
            Assert.Equal(["query"], rule.FieldNames);
            Assert.Single(rule.Filters);
            var correlation = Assert.Single(loaded.Correlations);
            Assert.Equal(["src_ip"], correlation.Rule.GroupBy);
            Assert.Equal(["query"], correlation.Rule.Condition.Fields);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("", 1, 1, "an empty file")]
    [InlineData("[a]", 1, 1, "found a list")]
    [InlineData("name: x", 1, 1, "found none")]
    [InlineData("transformations: []", 1, 18, "an empty list")]
    [InlineData("transfromations: []", 1, 1, "did you mean 'transformations'")]
    [InlineData("vars: {a: b}\ntransformations: [{type: change_logsource, category: dns}]", 1, 1, "'vars' is not supported")]
    [InlineData("postprocessing: []\ntransformations: [{type: change_logsource, category: dns}]", 1, 1, "'postprocessing' is not supported")]
    [InlineData("priority: high\ntransformations: [{type: change_logsource, category: dns}]", 1, 11, "a whole number")]
    [InlineData("transformations:\n  - type: replace_string\n    regex: a", 2, 11, "found 'replace_string'")]
    [InlineData("transformations:\n  - type: field_name_maping\n    mapping: {a: b}", 2, 11, "did you mean 'field_name_mapping'")]
    [InlineData("transformations:\n  - mapping: {a: b}", 2, 5, "found none")]
    [InlineData("transformations:\n  - type: field_name_mapping", 2, 5, "a map of names")]
    [InlineData("transformations:\n  - type: field_name_mapping\n    mapping: {a: {b: c}}", 3, 18, "found a map")]
    [InlineData("transformations:\n  - type: field_name_mapping\n    mapping: {a: }", 3, 18, "found null")]
    [InlineData("transformations:\n  - type: change_logsource", 2, 5, "expected a category")]
    [InlineData("transformations:\n  - type: change_logsource\n    categorie: dns", 3, 5, "'categorie' is not supported")]
    [InlineData("transformations:\n  - type: change_logsource\n    category: dns\n    rule_conditions: [{type: taxonomy, taxonomy: x}]", 4, 30, "others are not supported")]
    [InlineData("transformations:\n  - type: change_logsource\n    category: dns\n    rule_conditions: {type: logsource}", 4, 22, "a list of conditions")]
    [InlineData("transformations:\n  - type: change_logsource\n    category: dns\n    rule_cond_op: xor", 4, 19, "expected and, or or")]
    [InlineData("transformations:\n  - type: change_logsource\n    category: dns\n    detection_item_conditions: []", 4, 5, "not supported")]
    [InlineData("transformations:\n  - type: add_condition\n    conditions: {a|foo: b}", 3, 20, "foo")]
    [InlineData("transformations: [", 1, 18, "not YAML")]
    public void What_is_not_supported_is_refused_with_its_place(string text, int line, int column, string words)
    {
        var result = RuleMappingReader.Read("house.yml", Encoding.UTF8.GetBytes(text));

        Assert.Null(result.Mapping);
        var diagnostic = result.Diagnostics[0];
        Assert.Equal((line, column, "house.yml"), (diagnostic.Line, diagnostic.Column, diagnostic.File));
        Assert.Contains(words, $"{diagnostic.Message}; {diagnostic.Suggestion}", StringComparison.Ordinal);
    }

    private static RuleMapping Mapping(string text)
    {
        var result = RuleMappingReader.Read("house.yml", Encoding.UTF8.GetBytes(text));
        Assert.Empty(result.Diagnostics);
        return Assert.IsType<RuleMapping>(result.Mapping);
    }

    private static bool Matches(SigmaRule rule, string json)
    {
        var schema = new JsonEventSchema();
        var rules = RuleSet.Compile([rule], schema);
        var @event = new JsonEvent(schema);
        Assert.True(@event.TryLoad(Encoding.UTF8.GetBytes(json)));
        return rules.Match(@event, rules.CreateState());
    }
}
