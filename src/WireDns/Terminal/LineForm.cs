using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace WireDns.Terminal;

/// <summary>How lines on stderr look, and which are written. Immutable.</summary>
/// <param name="least">The least level that is written.</param>
/// <param name="isJson">Whether each line is a JSON object.</param>
/// <param name="isJournal">Whether a line starts with its priority, as systemd's journal reads it: <c>&lt;4&gt;</c>.</param>
/// <param name="time">The clock, for JSON.</param>
internal sealed class LineForm(LogLevel least, bool isJson, bool isJournal, TimeProvider time)
{
    /// <summary>The event of a line that has no event of its own.</summary>
    public const string Note = "note";

    /// <summary>What lines of this program start with, in text.</summary>
    public const string Sender = "wiredns: ";

    // What journald splits at is longer; a rule's title may be any length.
    private const int LongestText = 16 * 1024;

    /// <summary>Every line, as plain text.</summary>
    public static LineForm Plain { get; } = new(LogLevel.Trace, isJson: false, isJournal: false, TimeProvider.System);

    /// <summary>Whether each line is a JSON object.</summary>
    public bool IsJson => isJson;

    /// <summary>
    /// Whether stderr is the journal of systemd, which then takes a priority at the start of a line (sd-daemon(3)). JOURNAL_STREAM has the device and inode that
    /// stderr was when the service started; something else may have redirected it since.
    /// </summary>
    public static bool IsStandardErrorTheJournal() =>
        OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("JOURNAL_STREAM")?.Split(':') is [_, { Length: > 0 } inode]
        && new FileInfo("/proc/self/fd/2").LinkTarget?.EndsWith($":[{inode}]", StringComparison.Ordinal) == true;

    /// <summary>Whether lines of a level are written.</summary>
    public bool Shows(LogLevel level) => level >= least;

    /// <summary>The line: one, of printable characters.</summary>
    /// <param name="level">Its level.</param>
    /// <param name="name">The event that it tells of: a constant of this program.</param>
    /// <param name="fields">What is known about it; names are constants of this program.</param>
    /// <param name="text">What a person reads. May hold anything.</param>
    public string Of(LogLevel level, string name, IReadOnlyList<KeyValuePair<string, object?>> fields, string text)
    {
        text = text.Length > LongestText ? text[..LongestText] + "..." : text;
        return Priority(level) + (isJson ? Json(level, name, fields, text) : Printable.Text(text));
    }

    private string Priority(LogLevel level) => (isJournal, level) switch
    {
        (false, _) => "",
        (_, LogLevel.Critical) => "<2>",
        (_, LogLevel.Error) => "<3>",
        (_, LogLevel.Warning) => "<4>",
        (_, LogLevel.Information) => "<6>",
        _ => "<7>",
    };

    private string Json(LogLevel level, string name, IReadOnlyList<KeyValuePair<string, object?>> fields, string text)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", Word(level));
            json.WriteString("event", name);
            foreach (var (key, value) in fields)
            {
                Write(json, key, value);
            }

            json.WriteString("message", text.StartsWith(Sender, StringComparison.Ordinal) ? text[Sender.Length..] : text);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string key, object? value)
    {
        // The template of a message, which says nothing that its text does not.
        if (value is null || key == "{OriginalFormat}")
        {
            return;
        }

        key = JsonNamingPolicy.SnakeCaseLower.ConvertName(key.TrimStart('@')); // a parameter that is named as a keyword is
        switch (value)
        {
            case int number:
                json.WriteNumber(key, number);
                break;
            case long number:
                json.WriteNumber(key, number);
                break;
            default:
                json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "info",
        _ => "debug",
    };
}
