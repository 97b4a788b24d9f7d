using System.Text.Json;
using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>The fields that a rule about DNS can name, for people and for programs.</summary>
internal static class FieldListing
{
    // With more, the words are a page of docs/fields.md.
    private const int MaximumWords = 12;

    /// <summary>Whether a field belongs to a search: one of its names or its meaning has the text.</summary>
    public static bool IsAbout(FieldDescription field, string text) =>
        field.Names.Concat(field.OtherNames).Append(field.Meaning).Any(word => word.Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Writes fields for people.</summary>
    /// <param name="writer">Where they go.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="isVerbose">Whether the names of other products and all words are shown too.</param>
    public static void Write(ReportWriter writer, IReadOnlyList<FieldDescription> fields, bool isVerbose)
    {
        foreach (var field in fields)
        {
            writer.Line(new Part(string.Join("  ", field.Names.Count > 0 ? field.Names : field.OtherNames), Style.Value));
            writer.Line("    ", field.Meaning);
            writer.Line(new Part($"    {KindName(field.Kind)}, {PresenceName(field.Presence)}; for example ", Style.Faint), field.Example);
            if (field.Words.Count > 0)
            {
                var shown = isVerbose ? field.Words.Count : MaximumWords;
                var more = field.Words.Count > shown ? " and more (-v shows all)" : "";
                writer.Line(new Part("    one of ", Style.Faint), string.Join(", ", field.Words.Take(shown)), new Part(more, Style.Faint));
            }

            if (isVerbose && field.Names.Count > 0 && field.OtherNames.Count > 0)
            {
                writer.Line(new Part("    also ", Style.Faint), string.Join("  ", field.OtherNames));
            }
        }
    }

    /// <summary>Writes one field as JSON.</summary>
    public static void Write(Utf8JsonWriter json, FieldDescription field)
    {
        json.WriteStartObject();
        WriteList(json, "names"u8, field.Names);
        WriteList(json, "other_names"u8, field.OtherNames);
        json.WriteString("meaning"u8, field.Meaning);
        json.WriteString("type"u8, KindName(field.Kind));
        json.WriteString("in"u8, field.Presence switch
        {
            FieldPresence.Query => "query",
            FieldPresence.Response => "response",
            _ => "both",
        });
        if (field.Words.Count > 0)
        {
            WriteList(json, "words"u8, field.Words);
        }

        json.WriteString("example"u8, field.Example);
        json.WriteEndObject();
    }

    /// <summary>The name of a type of values.</summary>
    public static string KindName(FieldKind kind) => kind.ToString().ToLowerInvariant();

    private static string PresenceName(FieldPresence presence) => presence switch
    {
        FieldPresence.Query => "in queries and responses",
        FieldPresence.Response => "in responses only",
        _ => "in queries, and the response adds its own",
    };

    private static void WriteList(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> words)
    {
        json.WriteStartArray(name);
        foreach (var word in words)
        {
            json.WriteStringValue(word);
        }

        json.WriteEndArray();
    }
}
