using System.Buffers;

namespace WireDns.Alerts.Formats;

/// <summary>
/// One line per alert, for people, the same on a terminal and in a pipe. Its grammar is docs/formats/text.abnf and changes only with a major
/// version. Every text from the wire or from a rule goes through <see cref="SafeText"/>.
/// </summary>
/// <param name="colour">Whether to colour the level and highlight the matched part of the name (ECMA-48 sequences).</param>
/// <param name="verbose">Whether indented lines follow with the rule, why it fired and what else is known.</param>
public sealed class TextFormat(bool colour = false, bool verbose = false) : ICuttableFormat
{
    private const int LevelWidth = 9; // the longest, CRITICAL, and a space
    private const int MaximumReason = 400;
    private const int MaximumTitle = 200;
    private const int MaximumPattern = 120;
    private const int MaximumValue = 120;

    private static ReadOnlySpan<byte> CutMark => "..."u8;

    /// <inheritdoc/>
    public bool Write(Alert alert, IBufferWriter<byte> output)
    {
        var line = new LineWriter(output);
        WriteTime(line, alert);
        WriteTitle(line, alert);
        line.Literal(" "u8);
        line.Endpoint(alert.Client);
        line.Literal(" -> "u8);
        line.Endpoint(alert.Server);
        line.Literal(" "u8);
        line.Token(alert.Transport);
        line.Literal(" "u8);
        WriteQuestion(line, alert);
        WriteReason(line, alert);
        WriteNotes(line, alert);
        WritePlace(line, alert);
        if (verbose)
        {
            TextDetail.Write(line, alert);
        }

        return true;
    }

    /// <inheritdoc/>
    /// <remarks><c>SENSOR</c> stands where an alert has its level.</remarks>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output)
    {
        var line = new LineWriter(output);
        Timestamp.Write(output, sensorEvent.UnixTimeNanoseconds, decimals: 6);
        line.Literal(" "u8);
        line.Literal(colour ? Colour.Of(sensorEvent.Level) : default);
        line.Literal("SENSOR"u8);
        line.Literal(colour ? Colour.Reset : default);
        line.Spaces(LevelWidth - 6);
        line.Token(sensorEvent.Part);
        line.Literal(" "u8);
        line.Token(sensorEvent.Interface);
        line.Literal(" "u8);
        line.Token(sensorEvent.State);
        line.Literal(" "u8);
        line.Token(sensorEvent.Cause);
        line.Literal(" "u8);
        line.Quoted(sensorEvent.Reason, MaximumReason);
        line.Literal(" after "u8);
        line.Token(sensorEvent.PreviousState);
        line.Literal(" "u8);
        line.Number(sensorEvent.PreviousSeconds);
        line.Literal("s"u8);
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>What is left ends between two characters, and with three dots.</remarks>
    public int Cut(ReadOnlySpan<byte> message, int maximumLength, IBufferWriter<byte> output)
    {
        var length = Math.Clamp(maximumLength - CutMark.Length, 0, message.Length);
        while (length > 0 && length < message.Length && (message[length] & 0xC0) == 0x80) // RFC 3629 §3: a continuation octet
        {
            length--;
        }

        output.Write(message[..length]);
        output.Write(CutMark);
        return message.Length - length;
    }

    private static void WriteTime(LineWriter line, Alert alert)
    {
        if (alert.UnixTimeNanoseconds is { } time)
        {
            Timestamp.Write(line.Output, time, decimals: 6);
        }
        else
        {
            line.Literal("-"u8);
        }

        line.Literal(" "u8);
    }

    private void WriteTitle(LineWriter line, Alert alert)
    {
        if (alert.Anomaly is { } anomaly)
        {
            line.Literal("ANOMALY  \""u8);
            line.Token(anomaly.Kind);
            line.Literal(" "u8);
            line.Token(anomaly.Reason);
            line.Literal("\""u8);
            return;
        }

        WriteLevel(line, alert.Rule.Level);
        line.Quoted(alert.Rule.Title, MaximumTitle);
    }

    private void WriteLevel(LineWriter line, AlertLevel level)
    {
        var name = NameOf(level);
        if (colour)
        {
            line.Literal(Colour.Of(level));
        }

        line.Literal(name);
        if (colour)
        {
            line.Literal(Colour.Reset);
        }

        line.Spaces(LevelWidth - name.Length);
    }

    private static ReadOnlySpan<byte> NameOf(AlertLevel level) => level switch
    {
        AlertLevel.Critical => "CRITICAL"u8,
        AlertLevel.High => "HIGH"u8,
        AlertLevel.Medium => "MEDIUM"u8,
        AlertLevel.Low => "LOW"u8,
        _ => "INFO"u8,
    };

    private void WriteQuestion(LineWriter line, Alert alert)
    {
        var message = alert.Message;
        if (ReferenceEquals(message, AlertMessage.None))
        {
            line.Literal("- - "u8);
            line.Token(alert.Repeats?.Domain);
            line.Literal(" "u8);
            return;
        }

        if (!message.IsResponse)
        {
            line.Literal("query"u8);
        }
        else
        {
            line.Literal("response/"u8);
            line.Token(message.ResponseCode);
        }

        line.Literal(" "u8);
        line.Token(message.QuestionType);
        if (message.QuestionClass is not (null or "IN"))
        {
            line.Literal("/"u8);
            line.Token(message.QuestionClass);
        }

        line.Literal(" "u8);
        WriteName(line, alert);
        line.Literal(" "u8);
    }

    private void WriteName(LineWriter line, Alert alert)
    {
        var name = alert.Message.QuestionName;
        if (!colour || name is null || ReasonOfName(alert) is not { } reason)
        {
            line.Token(name);
            return;
        }

        var window = MatchWindow.Of(reason, int.MaxValue);
        SafeText.Write(line.Output, name.AsSpan(0, window.MatchStart), SafeTextMode.Token);
        line.Literal(Colour.Match);
        SafeText.Write(line.Output, name.AsSpan(window.MatchStart..window.MatchEnd), SafeTextMode.Token);
        line.Literal(Colour.Reset);
        SafeText.Write(line.Output, name.AsSpan(window.MatchEnd), SafeTextMode.Token);
    }

    /// <summary>The first reason whose value is the name itself, so that its span is also one in the name.</summary>
    private static AlertReason? ReasonOfName(Alert alert)
    {
        for (var index = 0; index < alert.Reasons.Count; index++)
        {
            if (alert.Reasons[index].Length > 0 && IsName(alert, alert.Reasons[index]))
            {
                return alert.Reasons[index];
            }
        }

        return null;
    }

    private static bool IsName(Alert alert, AlertReason reason) =>
        string.Equals(reason.Value, alert.Message.QuestionName, StringComparison.OrdinalIgnoreCase);

    private static void WriteReason(LineWriter line, Alert alert)
    {
        if (alert.Reasons.Count == 0)
        {
            line.Literal("- "u8);
            return;
        }

        var reason = alert.Reasons[0];
        line.Reason(reason, MaximumPattern);
        if (reason.IsAbsent)
        {
            line.Literal("=absent"u8);
        }
        else if (!IsName(alert, reason))
        {
            line.Literal("="u8);
            line.QuotedMatch(reason, MaximumValue);
        }

        line.Literal(" "u8);
        var others = 0;
        for (var index = 1; index < alert.Reasons.Count; index++)
        {
            others += alert.Reasons[index].IsNegated ? 0 : 1;
        }

        if (others > 0)
        {
            line.Literal("+"u8);
            line.Number(others);
            line.Literal(" "u8);
        }
    }

    private void WriteNotes(LineWriter line, Alert alert)
    {
        var message = alert.Message;
        var isMalformed = message.Malformed is not null && alert.Anomaly is null;
        if (!isMalformed && message is { IsTruncated: false, HasOverlap: false } && !alert.IsForwarded && alert.Rule.Caveat is null && alert.Indicators.Count == 0)
        {
            return;
        }

        line.Literal(colour ? Colour.Note : default);
        var separator = "["u8;
        WriteNote(line, isMalformed, "malformed"u8, ref separator);
        WriteNote(line, message.IsTruncated, "truncated"u8, ref separator);
        WriteNote(line, message.HasOverlap, "overlap"u8, ref separator);
        WriteNote(line, alert.IsForwarded, "forwarded"u8, ref separator);
        WriteNote(line, alert.Rule.Caveat is not null, "caveat"u8, ref separator);
        for (var index = 0; index < alert.Indicators.Count; index++)
        {
            WriteNote(line, true, "list:"u8, ref separator);
            line.Token(alert.Indicators[index].List);
        }

        line.Literal("]"u8);
        line.Literal(colour ? Colour.Reset : default);
        line.Literal(" "u8);
    }

    private static void WriteNote(LineWriter line, bool holds, ReadOnlySpan<byte> note, ref ReadOnlySpan<byte> separator)
    {
        if (holds)
        {
            line.Literal(separator);
            line.Literal(note);
            separator = ","u8;
        }
    }

    /// <summary>The last column, so that a file name may have spaces.</summary>
    private static void WritePlace(LineWriter line, Alert alert)
    {
        line.Rest(alert.File ?? alert.Interface ?? "-");
        line.Literal("#"u8);
        line.Number(alert.PacketNumber);
    }
}

/// <summary>
/// The terminal sequences (ECMA-48 §8.3.117, SGR) that the text format uses, all from the sixteen colours that a terminal's theme
/// sets.
/// </summary>
internal static class Colour
{
    public static ReadOnlySpan<byte> Reset => "\x1b[0m"u8;

    /// <summary>The matched part of a name: bold and underlined, so that it shows even without colours.</summary>
    public static ReadOnlySpan<byte> Match => "\x1b[1;4m"u8;

    /// <summary>A note of something wrong with the message.</summary>
    public static ReadOnlySpan<byte> Note => "\x1b[35m"u8;

    public static ReadOnlySpan<byte> Of(AlertLevel level) => level switch
    {
        AlertLevel.Critical => "\x1b[1;37;41m"u8,
        AlertLevel.High => "\x1b[1;31m"u8,
        AlertLevel.Medium => "\x1b[33m"u8,
        AlertLevel.Low => "\x1b[36m"u8,
        _ => "\x1b[2m"u8,
    };
}
