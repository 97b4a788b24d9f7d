using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Transports;

/// <summary>
/// A JSON text with places for what a message says: <c>{"text": "{{rule.name|slack}}"}</c>. A place names a field of the message, which is JSON itself
/// (ECS), by its path. Whatever is put there is escaped: no value can end a string or add a member. Immutable.
/// </summary>
/// <remarks>
/// In a string a place becomes the value's text: several values have ", " between them, and none is <c>-</c>. Elsewhere it becomes the JSON value: several
/// an array, and none <c>null</c>. Two places are no fields: <c>{{alert}}</c> is the whole message, <c>{{time}}</c> its time in seconds since 1970.
/// After a bar comes for whom a text is made harmless: <see cref="Reader"/>.
/// </remarks>
public sealed class MessageTemplate
{
    private const string WholeMessage = "alert";
    private const string Seconds = "time";

    private readonly List<Part> _parts = [];

    private MessageTemplate()
    {
    }

    /// <summary>Who reads a text.</summary>
    private enum Reader
    {
        /// <summary>A program.</summary>
        Program,

        /// <summary>A person: names and addresses are no links (<c>evil[.]example</c>), and nobody is mentioned (<c>[@]</c>).</summary>
        Person,

        /// <summary>A person in Slack: also &amp;, &lt; and &gt; are escaped, as Slack's documentation asks for, so there is no <c>&lt;!channel&gt;</c>.</summary>
        Slack,

        /// <summary>A person in Teams: also &lt; and &gt; are escaped, as <c>\u{3c}</c>, so there is no <c>&lt;at&gt;</c>.</summary>
        Teams,
    }

    /// <summary>Whether it has places for fields of the message: only a format of JSON has those.</summary>
    public bool HasFields => _parts.Exists(part => part.Path is [not WholeMessage, ..]);

    /// <summary>Reads a template from a file of UTF-8.</summary>
    /// <exception cref="IOException">It cannot be read or is none; the message names the place.</exception>
    public static MessageTemplate Read(string file)
    {
        try
        {
            return Parse(File.ReadAllText(file), file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && exception is not FaultException)
        {
            throw new IOException($"cannot read the template {file}: {SystemErrors.Words(exception)}", exception);
        }
    }

    /// <summary>Reads a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="file">Its name in errors.</param>
    /// <exception cref="IOException">It is no template; the message names the place.</exception>
    public static MessageTemplate Parse(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        var template = new MessageTemplate();
        var literal = new StringBuilder();
        var isInString = false;
        for (var index = 0; index < text.Length; index++)
        {
            if (text.AsSpan(index).StartsWith("{{"))
            {
                var end = text.IndexOf("}}", index, StringComparison.Ordinal);
                if (end < 0)
                {
                    throw Fault(file, text, index, "}} is missing");
                }

                template.AddLiteral(literal);
                template._parts.Add(ReadPlace(file, text, index, text[(index + 2)..end], isInString));
                index = end + 1;
                continue;
            }

            if (isInString && text[index] == '\\' && index + 1 < text.Length)
            {
                literal.Append(text[index++]);
            }
            else if (text[index] == '"')
            {
                isInString = !isInString;
            }
            else if (!isInString && char.IsWhiteSpace(text[index]))
            {
                continue; // a message has no line feed
            }

            literal.Append(text[index]);
        }

        template.AddLiteral(literal);
        template.RequireJson(file);
        return template;
    }

    /// <summary>Appends the template with a message's values.</summary>
    public void Write(ReadOnlyMemory<byte> message, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        JsonDocument? parsed = null;
        try
        {
            parsed = JsonDocument.Parse(message);
        }
        catch (JsonException)
        {
            // A text: it has no fields.
        }

        foreach (var part in _parts)
        {
            if (part.Literal is { } literal)
            {
                output.Write(literal);
            }
            else
            {
                Write(part, message, parsed?.RootElement, output);
            }
        }

        parsed?.Dispose();
    }

    private static void Write(Part part, ReadOnlyMemory<byte> message, JsonElement? root, IBufferWriter<byte> output)
    {
        if (part.Path is [WholeMessage])
        {
            var text = Encoding.UTF8.GetString(message.Span);
            output.Write(part.IsInString ? Escape(text, part.Reader) : root is null ? [.. "\""u8, .. Escape(text, part.Reader), .. "\""u8] : message.Span);
            return;
        }

        List<string> texts = [];
        List<string> values = [];
        if (part.Path is [Seconds])
        {
            if (root is { ValueKind: JsonValueKind.Object } && root.Value.TryGetProperty("@timestamp"u8, out var time) && time.TryGetDateTimeOffset(out var moment))
            {
                var microseconds = (moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond; // cut, as in every other format
                texts.Add((microseconds / 1_000_000m).ToString("0.000000", CultureInfo.InvariantCulture));
                values.Add(texts[0]);
            }
        }
        else if (root is { } document)
        {
            Collect(document, part.Path!, texts, values);
        }

        if (part.IsInString)
        {
            output.Write(Escape(texts.Count == 0 ? "-" : string.Join(", ", texts), part.Reader));
        }
        else
        {
            output.Write(Encoding.UTF8.GetBytes(values.Count switch { 0 => "null", 1 => values[0], _ => $"[{string.Join(',', values)}]" }));
        }
    }

    /// <summary>Finds the values of a path, in each element of an array too.</summary>
    private static void Collect(JsonElement element, ReadOnlySpan<string> path, List<string> texts, List<string> values)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Collect(item, path, texts, values);
            }
        }
        else if (path.IsEmpty)
        {
            texts.Add(element.ToString());
            values.Add(element.GetRawText());
        }
        else if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(path[0], out var member))
        {
            Collect(member, path[1..], texts, values);
        }
    }

    private static byte[] Escape(string text, Reader reader) =>
        JsonEncodedText.Encode(reader == Reader.Program ? text : Harmless(text, reader), JavaScriptEncoder.Default).EncodedUtf8Bytes.ToArray();

    private static string Harmless(string text, Reader reader)
    {
        var visible = new ArrayBufferWriter<byte>(text.Length + 16);
        SafeText.Write(visible, text, SafeTextMode.Line);
        var safe = Encoding.UTF8.GetString(visible.WrittenSpan);
        var harmless = new StringBuilder(safe.Length + 16);
        for (var index = 0; index < safe.Length; index++)
        {
            harmless.Append((safe[index], reader) switch
            {
                ('.', _) when index > 0 && safe[index - 1] != ' ' && index + 1 < safe.Length && safe[index + 1] != ' ' => "[.]",
                (':', _) when safe.AsSpan(index).StartsWith("://") => "[:]",
                ('@', _) => "[@]",
                ('&', Reader.Slack) => "&amp;",
                ('<', Reader.Slack) => "&lt;",
                ('>', Reader.Slack) => "&gt;",
                ('<', Reader.Teams) => "\\u{3c}",
                ('>', Reader.Teams) => "\\u{3e}",
                var (other, _) => other.ToString(),
            });
        }

        return harmless.ToString();
    }

    private static Part ReadPlace(string file, string text, int index, string place, bool isInString)
    {
        var bar = place.IndexOf('|', StringComparison.Ordinal);
        var path = (bar < 0 ? place : place[..bar]).Trim();
        if (path.Length == 0 || path.Split('.').Any(name => name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '@')))
        {
            throw Fault(file, text, index, "a field is expected, as {{rule.name}}");
        }

        var reader = bar < 0 ? "program" : place[(bar + 1)..].Trim();
        return (reader switch
        {
            "program" => Reader.Program,
            "person" => Reader.Person,
            "slack" => Reader.Slack,
            "teams" => Reader.Teams,
            _ => (Reader?)null,
        }) is not { } known
            ? throw Fault(file, text, index, "person, slack or teams is expected after the bar")
            : known != Reader.Program && !isInString
            ? throw Fault(file, text, index, "a text for a person stands in quotes")
            : new Part(null, path.Split('.'), isInString, known);
    }

    private void AddLiteral(StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            _parts.Add(new Part(Encoding.UTF8.GetBytes(literal.ToString()), null, IsInString: false, Reader.Program));
            literal.Clear();
        }
    }

    /// <summary>With any message that has no field, it has to be JSON.</summary>
    private void RequireJson(string file)
    {
        var sample = new ArrayBufferWriter<byte>();
        Write("{}"u8.ToArray(), sample);
        try
        {
            JsonDocument.Parse(sample.WrittenMemory).Dispose();
        }
        catch (JsonException)
        {
            throw new FaultException($"{file}: the template is no JSON");
        }
    }

    private static FaultException Fault(string file, string text, int index, string what)
    {
        var line = text.AsSpan(0, index).Count('\n') + 1;
        var column = index - text.LastIndexOf('\n', Math.Max(index - 1, 0));
        return new FaultException(string.Create(CultureInfo.InvariantCulture, $"{file}:{line}:{column}: {what}"));
    }

    private readonly record struct Part(byte[]? Literal, string[]? Path, bool IsInString, Reader Reader);

    private sealed class FaultException(string message) : IOException(message);
}
