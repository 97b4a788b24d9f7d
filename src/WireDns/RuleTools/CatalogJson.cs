using System.Text.Json;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>Rules and their diagnostics as JSON; docs/rules.md lists every member. All text is printable ASCII, with escapes.</summary>
internal static class CatalogJson
{
    /// <summary>The result of a check: <c>{"diagnostics": […], "errors": N, "warnings": N, "rules": {…}}</c>.</summary>
    public static void WriteCheck(Utf8JsonWriter json, RuleCatalog catalog)
    {
        json.WriteStartObject();
        json.WriteStartArray("diagnostics"u8);
        foreach (var diagnostic in catalog.Diagnostics)
        {
            Write(json, diagnostic);
        }

        json.WriteEndArray();
        json.WriteNumber("errors"u8, catalog.Errors);
        json.WriteNumber("warnings"u8, catalog.Diagnostics.Count - catalog.Errors);
        json.WriteStartObject("rules"u8);
        WriteCounts(json, catalog.Entries);
        json.WriteEndObject();
        json.WriteNumber("correlations"u8, catalog.Entries.Count(entry => entry.Correlation is not null));
        json.WriteNumber("filters"u8, catalog.FilterCount);
        json.WriteEndObject();
    }

    /// <summary>How many of the rules end in each coverage, as members of the open object.</summary>
    public static void WriteCounts(Utf8JsonWriter json, IReadOnlyCollection<CatalogEntry> entries)
    {
        foreach (var coverage in CoverageName.All)
        {
            json.WriteNumber(CoverageName.Json(coverage), entries.Count(entry => entry.Coverage == coverage));
        }

        json.WriteNumber("total"u8, entries.Count);
    }

    /// <summary>One rule.</summary>
    public static void Write(Utf8JsonWriter json, CatalogEntry entry)
    {
        json.WriteStartObject();
        WriteText(json, "id"u8, entry.Id);
        WriteText(json, "title"u8, entry.Title);
        WriteText(json, "level"u8, entry.Level);
        WriteText(json, "status"u8, entry.Status);
        json.WriteString("coverage"u8, CoverageName.Json(entry.Coverage));
        WriteText(json, "reason"u8, entry.Reason);
        json.WriteString("file"u8, entry.File);
        json.WriteNumber("line"u8, entry.Line);
        json.WriteStartArray("tags"u8);
        foreach (var tag in entry.Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteStartArray("diagnostics"u8);
        foreach (var id in entry.Diagnostics.Select(diagnostic => diagnostic.Id).Distinct(StringComparer.Ordinal))
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SigmaDiagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("severity"u8, diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning");
        json.WriteString("id"u8, diagnostic.Id);
        json.WriteString("file"u8, diagnostic.File);
        json.WriteNumber("line"u8, diagnostic.Line);
        json.WriteNumber("column"u8, diagnostic.Column);
        json.WriteString("message"u8, diagnostic.Message);
        WriteText(json, "suggestion"u8, diagnostic.Suggestion);
        WriteText(json, "source"u8, diagnostic.SourceLine);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, text);
        }
    }
}
