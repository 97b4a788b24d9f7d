using System.Globalization;
using System.Text.Json;

namespace WireDns.Reporting;

/// <summary>The techniques of a report as a layer for MITRE's ATT&amp;CK Navigator (layer format 4.5): the score is the number of alerts.</summary>
internal static class NavigatorLayer
{
    // Techniques that rules would find and did not: grey, with the score 0.
    private const string NoAlerts = "#d9d9d9";

    /// <summary>Writes the layer.</summary>
    public static void Write(Utf8JsonWriter json, ReportContent content)
    {
        var techniques = content.Techniques();
        json.WriteStartObject();
        json.WriteString("name", ReportText.Printable(content.Title));
        json.WriteStartObject("versions");
        json.WriteString("layer", "4.5");
        json.WriteEndObject();
        json.WriteString("domain", "enterprise-attack");
        json.WriteString("description", string.Create(
            CultureInfo.InvariantCulture, $"{content.Alerts.Alerts:N0} alerts of WireDns; grey: a rule runs and raised none"));
        json.WriteStartArray("techniques");
        foreach (var technique in techniques)
        {
            json.WriteStartObject();
            json.WriteString("techniqueID", technique.Id);
            json.WriteNumber("score", technique.Alerts);
            if (technique.Alerts == 0)
            {
                json.WriteString("color", NoAlerts);
            }

            json.WriteString("comment", technique.Alerts == 0
                ? string.Create(CultureInfo.InvariantCulture, $"{technique.RunningRules:N0} rules run, none raised an alert")
                : string.Join("; ", technique.Titles.Select(ReportText.Printable)));
            json.WriteBoolean("enabled", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("gradient");
        json.WriteStartArray("colors");
        json.WriteStringValue("#ffe8d9");
        json.WriteStringValue("#b3261e");
        json.WriteEndArray();
        json.WriteNumber("minValue", 0);
        json.WriteNumber("maxValue", Math.Max(1, techniques.Select(technique => technique.Alerts).DefaultIfEmpty().Max()));
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
    }
}
