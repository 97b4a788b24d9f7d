using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WireDns.Alerts.Formats;

/// <summary>
/// Writes JSON properties, and leaves out those without a value: an empty field in an index looks like knowledge.
/// </summary>
internal readonly struct MemberWriter(Utf8JsonWriter writer)
{
    // Characters that the default encoder escapes only for HTML. With the escapes, grep would not find a Community ID or a URL.
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

    /// <summary>A time in nanoseconds since the Unix epoch.</summary>
    public void Time(ReadOnlySpan<byte> name, long nanoseconds)
    {
        Span<byte> text = stackalloc byte[Timestamp.MaximumLength];
        writer.WriteString(name, text[..Timestamp.Format(text, nanoseconds, decimals: 9)]);
    }

    /// <summary>A flag that is written only if it is set.</summary>
    public void Flag(ReadOnlySpan<byte> name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, true);
        }
    }

    /// <summary>A time in milliseconds since the Unix epoch, cut and not rounded.</summary>
    public void Milliseconds(ReadOnlySpan<byte> name, long nanoseconds) =>
        writer.WriteNumber(name, (nanoseconds / 1_000_000) - (nanoseconds % 1_000_000 < 0 ? 1 : 0));

    /// <summary>Printable ASCII is written as it is; in other text, everything else is escaped.</summary>
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

/// <summary>A message that is one JSON object on one line, in ASCII.</summary>
internal static class JsonLine
{
    // Escapes everything but ASCII; MemberWriter writes plainly what it escapes beyond that.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default, SkipValidation = true };

    /// <summary>Begins the object.</summary>
    public static Utf8JsonWriter Begin(IBufferWriter<byte> output)
    {
        var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        return writer;
    }

    /// <summary>Ends the object. Returns true: something was written.</summary>
    public static bool End(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.Flush();
        return true;
    }
}
