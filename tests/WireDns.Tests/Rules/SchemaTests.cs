using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using WireDns.Sigma.Rules;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules schema</c>: what editors check rules with.</summary>
public sealed class SchemaTests
{
    private static readonly string Committed = Path.Combine(TestPaths.Root, "docs", "formats", "rule.schema.json");

    private static readonly Lazy<JsonSchema> Schema = new(() => JsonSchema.FromText(File.ReadAllText(Committed)));

    [Fact]
    public void The_schema_in_the_documentation_is_what_the_command_prints()
    {
        var run = Product.Run("rules", "schema");
        if (Environment.GetEnvironmentVariable("WIREDNS_WRITE_SAMPLES") == "1")
        {
            File.WriteAllText(Committed, run.Output.Text);
        }

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(File.ReadAllText(Committed), run.Output.Text);
    }

    [Fact]
    public void Every_shipped_rule_is_valid() => AssertValid(TestPaths.AllRules);

    [Fact]
    public void Every_rule_of_SigmaHQ_about_DNS_is_valid() => AssertValid(TestPaths.Shared("sigma/rules"));

    [Fact]
    public void No_rule_that_loads_is_refused()
    {
        var count = 0;
        foreach (var line in File.ReadLines(TestPaths.Shared("sigma/vectors.jsonl")))
        {
            using var vector = JsonDocument.Parse(line);
            var text = vector.RootElement.GetProperty("rule").GetString()!;
            if (vector.RootElement.TryGetProperty("error", out _) || new SigmaRuleParser().Parse("rule.yml", text).Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            {
                continue;
            }

            count++;
            Assert.All(Documents(text), document => Assert.True(Schema.Value.Evaluate(document).IsValid, text));
        }

        Assert.True(count > 40, "too few vectors to show anything");
    }

    [Theory]
    [InlineData("title: a\nlogsource: {category: dns}", Label = "no detection")]
    [InlineData("logsource: {category: dns}\ndetection: {s: {query: a}, condition: s}", Label = "no title")]
    [InlineData("title: a\nlogsource: {}\ndetection: {s: {query: a}, condition: s}", Label = "an empty log source")]
    [InlineData("title: a\nlogsource: {category: dns}\ndetection: {s: {query: a}}", Label = "no condition")]
    [InlineData("title: a\nlogsource: {category: dns}\ndetection: {s: {query|conatins: a}, condition: s}", Label = "a modifier that there is not")]
    [InlineData("title: a\nlogsource: {category: dns}\ndetection: {s: {query|exists: a}, condition: s}", Label = "exists with a text")]
    [InlineData("title: a\nlogsource: {category: dns}\ndetection: {s: {query_length|gt: many}, condition: s}", Label = "a text under gt")]
    [InlineData("title: a\nlogsource: {category: dns}\ndetection: {s: {query: {a: b}}, condition: s}", Label = "a map as a value")]
    [InlineData("title: a\nlogsource: {category: dns}\ndetection: {s: {query: []}, condition: s}", Label = "an empty list")]
    [InlineData("title: a\nstatus: new\nlogsource: {category: dns}\ndetection: {s: {query: a}, condition: s}", Label = "a status that there is not")]
    [InlineData("title: a\nlevel: hihg\nlogsource: {category: dns}\ndetection: {s: {query: a}, condition: s}", Label = "a level that there is not")]
    [InlineData("title: a\ncorrelation: {type: event_cuont, rules: [a], timespan: 5m, condition: {gte: 1}}", Label = "a correlation of another type")]
    [InlineData("title: a\ncorrelation: {type: event_count, rules: [a], timespan: five minutes, condition: {gte: 1}}", Label = "a time span in words")]
    [InlineData("title: a\ncorrelation: {type: event_count, rules: [a], groupby: [b], timespan: 5m, condition: {gte: 1}}", Label = "a misspelt key of a correlation")]
    [InlineData("title: a\nfilter: {rules: [a], s: {query: a}, condition: not s}", Label = "a filter without a log source")]
    public void A_fault_that_an_editor_should_mark_is_refused(string rule) =>
        Assert.False(Schema.Value.Evaluate(Assert.Single(Documents(rule))).IsValid);

    private static void AssertValid(params IReadOnlyList<string> folders)
    {
        var files = folders.SelectMany(folder => Directory.GetFiles(folder, "*.yml", SearchOption.AllDirectories))
            .Where(file => !file.EndsWith(".test.yml", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.All(Documents(File.ReadAllText(file)), document =>
        {
            var results = Schema.Value.Evaluate(document, new EvaluationOptions { OutputFormat = OutputFormat.List });
            Assert.True(results.IsValid, $"{file}: " + string.Join("; ", (results.Details ?? []).Where(detail => detail.Errors is not null)
                .Select(detail => $"{detail.InstanceLocation}: {string.Join(", ", detail.Errors!.Values)}")));
        }));
    }

    // Each document as an editor sees it: plain scalars typed as in YAML 1.2.
    private static IEnumerable<JsonElement> Documents(string text) =>
        YamlReader.Read("rule.yml", text, out _).Select(root => JsonDocument.Parse(Convert(root)?.ToJsonString() ?? "null").RootElement);

    private static JsonNode? Convert(YamlNode node)
    {
        switch (node)
        {
            case YamlMap map:
                var properties = new JsonObject();
                foreach (var (key, value) in map.Entries)
                {
                    properties[key.Text] = Convert(value);
                }

                return properties;
            case YamlList list:
                return new JsonArray([.. list.Items.Select(Convert)]);
            case YamlScalar { IsNull: true }:
                return null;
            case YamlScalar { IsPlain: true, Text: "true" or "True" or "TRUE" }:
                return true;
            case YamlScalar { IsPlain: true, Text: "false" or "False" or "FALSE" }:
                return false;
            case YamlScalar { IsPlain: true } number when double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value):
                return value;
            default:
                return ((YamlScalar)node).Text;
        }
    }
}
