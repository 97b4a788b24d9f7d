using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WireDns.Alerts.Formats;

/// <summary>
/// Writes JSON properties so that an absent value leaves its property out: an empty field in an index looks like knowledge.
/// </summary>
internal readonly struct EcsWriter(Utf8JsonWriter writer)
{
    // What the default encoder escapes for the sake of HTML only: a Community ID or a URL that is spelt otherwise is not found by
    // grep.
    private static readonly SearchValues<char> EscapedForHtml = SearchValues.Create("\"&'+<>`");

    public Utf8JsonWriter Writer => writer;

    public void Text(ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.WritePropertyName(name);
            Value(value);
        }
    }

    public void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            writer.WriteStartArray(name);
            for (var index = 0; index < values.Count; index++)
            {
                Value(values[index]);
            }

            writer.WriteEndArray();
        }
    }

    public void Number(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    /// <summary>A flag that is only written where it is set.</summary>
    public void Flag(ReadOnlySpan<byte> name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, true);
        }
    }

    /// <summary>Text that is printable ASCII is spelt plainly; of any other, everything that is not is escaped.</summary>
    public void Value(string value)
    {
        if (value.AsSpan().ContainsAny(EscapedForHtml) && !value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            writer.WriteStringValue(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping));
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }
}
