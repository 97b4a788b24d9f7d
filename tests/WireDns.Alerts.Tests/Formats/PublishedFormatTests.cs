using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests.Formats;

/// <summary>docs/formats has a sample and a schema or grammar of each format, and what is written is what they say.</summary>
public sealed class PublishedFormatTests
{
    private static readonly string Folder = Path.Combine(TestPaths.Root, "docs/formats");

    public static TheoryData<string> Names => [.. FormatSamples.Names];

    public static TheoryData<string> JsonNames => [.. FormatSamples.JsonNames];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_sample_is_what_the_format_writes(string name)
    {
        var path = Path.Combine(Folder, $"{name}.sample.{(FormatSamples.JsonNames.Contains(name) ? "json" : "txt")}");
        var lines = FormatSamples.All.Select(FormatSamples.Of(name).Show).ToList();
        if (Environment.GetEnvironmentVariable("WIREDNS_WRITE_SAMPLES") == "1")
        {
            File.WriteAllText(path, string.Join('\n', lines) + "\n");
        }

        Assert.Equal(File.ReadAllText(path), string.Join('\n', lines) + "\n");
    }

    [Theory]
    [MemberData(nameof(JsonNames))]
    public void What_is_written_is_valid_by_the_schema(string name)
    {
        var schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(Folder, $"{name.Replace("9", "", StringComparison.Ordinal)}.schema.json")));
        Notification[] further = [SampleAlerts.Least, SampleAlerts.Hostile("a\"]b\\ \n\u001b[31m ünï\ud800")];
        Assert.All(FormatSamples.All.Concat(further), sample => AssertValid(schema, FormatSamples.Of(name).Octets(sample)));
        Assert.False(schema.Evaluate(JsonDocument.Parse("""{"unknown":1}""").RootElement).IsValid, "the schema allows anything");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_field_tells_alerts_from_events_of_the_sensor(string name)
    {
        var page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        var kinds = FormatSamples.All.Select(sample => Kind(name, FormatSamples.Of(name).Show(sample))).ToList();
        Assert.All(kinds, kind => Assert.Contains(kind, page, StringComparison.Ordinal));
        Assert.Equal(kinds[^1], kinds[^2]);
        Assert.DoesNotContain(kinds[^1], kinds[..^3]);
    }

    [Fact]
    public void A_line_of_CEF_is_as_the_grammar_says()
    {
        // docs/formats/cef.abnf as a regular expression.
        const string Value = @"([ -~\u00a0-\uffff-[\\=]]|\\[\\=])*";
        var grammar = new Regex($@"\ACEF:0\|WireDns\|WireDns\|(?<v>([ -~\u00a0-\uffff-[\\|]]|\\[\\|])*\|){{3}}(10|[0-9])\|deviceFacility=dns( [A-Za-z0-9]+={Value})+\z");
        Notification[] further = [SampleAlerts.Least, SampleAlerts.Hostile("a=b|c\\u{1b}\"]b\\ \n\u001b[31m ünï\ud800")];
        Assert.All(FormatSamples.All.Concat(further), sample => Assert.Matches(grammar, FormatSamples.Of("cef").Show(sample)));
    }

    internal static void AssertValid(JsonSchema schema, byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var results = schema.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(results.IsValid, $"{Encoding.UTF8.GetString(json)}\n" + string.Join('\n', (results.Details ?? [])
            .Where(detail => detail.Errors is not null)
            .Select(detail => $"{detail.InstanceLocation}: {string.Join(", ", detail.Errors!.Values)}")));
    }

    private static string Kind(string name, string line)
    {
        if (name == "text")
        {
            return line.Split(' ', 3)[1] is var word and ("SENSOR" or "ANOMALY") ? word : "a level";
        }

        if (name == "cef")
        {
            return Regex.Match(line, " cat=([a-z-]+)").Groups[1].Value;
        }

        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return name switch
        {
            "eve" => root.GetProperty("event_type").GetString()!,
            "ocsf" => root.GetProperty("class_uid").GetRawText(),
            "zeek" => root.GetProperty("note").GetString()!,
            _ => root.GetProperty("event").GetProperty("dataset").GetString()!,
        };
    }
}
