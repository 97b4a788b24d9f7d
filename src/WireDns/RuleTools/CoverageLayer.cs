using System.Text.Json;
using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>
/// The techniques of a set of rules as a layer of the MITRE ATT&amp;CK Navigator, in version 4.5 of its layer format
/// (github.com/mitre-attack/attack-navigator: layers/spec/v4.5/layerformat.md). The score of a technique is the number of rules that run on the wire.
/// </summary>
internal static class CoverageLayer
{
    // The first version of the Navigator that reads layers of version 4.5.
    private const string LeastNavigator = "4.9.0";

    // More would not fit a tooltip.
    private const int MaximumRules = 20;

    /// <summary>Writes the layer. Rules that their authors have retired are left out.</summary>
    public static void Write(Utf8JsonWriter json, CoverageReport report)
    {
        var techniques = report.Techniques
            .Select(technique => technique with { Entries = [.. technique.Entries.Where(entry => !entry.IsSetAside)] })
            .Where(technique => technique.Entries.Count > 0)
            .ToList();
        json.WriteStartObject();
        json.WriteString("name"u8, "WireDns rules");
        json.WriteStartObject("versions"u8);
        json.WriteString("navigator"u8, LeastNavigator);
        json.WriteString("layer"u8, "4.5");
        json.WriteEndObject();
        json.WriteString("domain"u8, "enterprise-attack");
        json.WriteString("description"u8, $"Rules that run on network DNS, by technique: {report.Live.Count(entry => entry.Runs)} of {report.Live.Count} (WireDns {ProductVersion.Text}). "
            + "A technique without a score has rules, but none that runs on the wire.");
        json.WriteStartArray("techniques"u8);
        foreach (var technique in techniques)
        {
            Write(json, technique);
        }

        json.WriteEndArray();
        json.WriteStartObject("gradient"u8);
        json.WriteStartArray("colors"u8);
        json.WriteStringValue("#deebf7");
        json.WriteStringValue("#08519c");
        json.WriteEndArray();
        json.WriteNumber("minValue"u8, 0);
        json.WriteNumber("maxValue"u8, Math.Max(1, techniques.Select(Running).DefaultIfEmpty().Max()));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TechniqueCoverage technique)
    {
        var running = Running(technique);
        json.WriteStartObject();
        json.WriteString("techniqueID"u8, technique.Id);
        if (running > 0)
        {
            json.WriteNumber("score"u8, running);
        }

        json.WriteString("comment"u8, $"{running} of {technique.Entries.Count} rules run");
        json.WriteStartArray("metadata"u8);
        foreach (var entry in technique.Entries.Take(MaximumRules))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, CoverageName.Words(entry.Coverage));
            json.WriteString("value"u8, Printable.Text(entry.Name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static int Running(TechniqueCoverage technique) => technique.Entries.Count(entry => entry.Runs);
}
