using System.Buffers;
using System.Text.Json;
using WireDns.RuleTools.Conversion;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Queries;

/// <summary>Queries as lines of output, each with the rule that it comes from.</summary>
internal static class QueryLines
{
    /// <summary>The rule as comments, the query, and an empty line.</summary>
    public static IEnumerable<string> Text(SigmaRule rule, string query, IQueryFormat format) => [.. RuleHeader.Lines(rule, format.CommentMark), query, ""];

    /// <summary>An object of the rule and its query, or the reason why there is none. All text is printable ASCII.</summary>
    public static ReadOnlySpan<byte> Json(CatalogEntry entry, RuleQuery query, IQueryFormat format)
    {
        var line = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, entry.Id);
            json.WriteString("title"u8, entry.Title);
            json.WriteString("author"u8, entry.Document?.Author);
            json.WriteString("level"u8, entry.Level);
            json.WriteString("file"u8, entry.File);
            if (query.Text is null)
            {
                json.WriteString("refused"u8, query.Refusal);
            }
            else if (format.IsJson)
            {
                json.WritePropertyName("query"u8);
                json.WriteRawValue(query.Text);
            }
            else
            {
                json.WriteString("query"u8, query.Text);
            }

            json.WriteEndObject();
        }

        return line.WrittenSpan;
    }
}
