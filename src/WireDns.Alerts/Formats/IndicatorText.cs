using System.Globalization;
using System.Text;

namespace WireDns.Alerts.Formats;

/// <summary>An indicator of threat intelligence in one line, and as members of JSON.</summary>
internal static class IndicatorText
{
    /// <summary>evil.example (list urlhaus, urlhaus.txt:12, id indicator--…, confidence 80, until 2026-01-01T00:00:00Z).</summary>
    public static string Of(AlertIndicator indicator)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{indicator.Name} (list {indicator.List}, {indicator.File}:{indicator.Line}");
        Append(text, "id", indicator.Id);
        Append(text, "title", indicator.Title);
        Append(text, "confidence", indicator.Confidence?.ToString(CultureInfo.InvariantCulture));
        Append(text, "until", indicator.ValidUntil is { } until ? Time(until) : null);
        return text.Append(')').ToString();
    }

    /// <summary>All that is known of each indicator, as an array: a member of the product's own object.</summary>
    public static void Write(MemberWriter json, IReadOnlyList<AlertIndicator> indicators)
    {
        if (indicators.Count == 0)
        {
            return;
        }

        json.Writer.WriteStartArray("indicators"u8);
        for (var index = 0; index < indicators.Count; index++)
        {
            var indicator = indicators[index];
            json.Writer.WriteStartObject();
            json.Text("name"u8, indicator.Name);
            json.Text("list"u8, indicator.List);
            json.Text("file"u8, indicator.File);
            json.Number("line"u8, indicator.Line);
            json.Text("id"u8, indicator.Id);
            json.Text("title"u8, indicator.Title);
            json.Texts("labels"u8, indicator.Labels);
            json.Number("confidence"u8, indicator.Confidence);
            json.Text("valid_from"u8, indicator.ValidFrom is { } from ? Time(from) : null);
            json.Text("valid_until"u8, indicator.ValidUntil is { } until ? Time(until) : null);
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndArray();
    }

    /// <summary>A time in whole seconds since the Unix epoch (RFC 3339); what is outside the calendar is left out.</summary>
    private static string? Time(long seconds) =>
        seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? null
        : DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder text, string label, string? value)
    {
        if (value is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $", {label} {value}");
        }
    }
}
