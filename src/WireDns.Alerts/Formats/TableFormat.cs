using System.Buffers;
using System.Globalization;
using System.Text;
using Wcwidth;

namespace WireDns.Alerts.Formats;

/// <summary>
/// A row per alert for a person at a terminal, in columns that fit its width: <see cref="Header"/> first. A row is never wrapped: what is too long is cut, and the
/// cut marked with …; of a name the part that matched is kept. Rows do not wait for one another, so the columns depend on the width alone.
/// </summary>
public sealed class TableFormat : IAlertFormat
{
    /// <summary>The least width that is used; a narrower terminal wraps.</summary>
    public const int LeastWidth = 80;

    // A terminal from this width on has room for the date too.
    private const int WidthWithDate = 110;
    private const int LevelWidth = 8;
    private const int AddressWidth = 15;
    private const int TypeWidth = 5;
    private const string Cut = "…";

    private readonly bool _isColoured;
    private readonly string _gap;
    private readonly int _timeWidth;
    private readonly int _nameWidth;
    private readonly int _ruleWidth;
    private readonly int _placeWidth;

    /// <param name="width">Columns of the terminal.</param>
    /// <param name="isColoured">Whether to colour the level, and to underline what matched.</param>
    public TableFormat(int width, bool isColoured)
    {
        _isColoured = isColoured;
        width = Math.Max(width, LeastWidth);
        (_timeWidth, _gap) = width < WidthWithDate ? (8, " ") : (19, "  ");
        var left = width - _timeWidth - LevelWidth - AddressWidth - TypeWidth - (6 * _gap.Length);
        _nameWidth = left * 45 / 100;
        _ruleWidth = left * 27 / 100;
        _placeWidth = left - _nameWidth - _ruleWidth;
    }

    /// <summary>The first line: what the columns are.</summary>
    public string Header => string.Join(_gap, [
        Fit(_timeWidth < 10 ? "TIME" : "TIME (UTC)", _timeWidth), Fit("LEVEL", LevelWidth), Fit("CLIENT", AddressWidth), Fit("TYPE", TypeWidth),
        Fit("NAME", _nameWidth), Fit("RULE", _ruleWidth), "FILE#N"]);

    /// <inheritdoc/>
    public bool Write(Alert alert, IBufferWriter<byte> output)
    {
        var rule = alert.Anomaly is { } anomaly ? $"{anomaly.Kind} {anomaly.Reason}" : alert.Rule.Title;
        Write(
            output, alert.UnixTimeNanoseconds, alert.Rule.Level, alert.Anomaly is null ? null : "ANOMALY", alert.Client.Address, alert.Message.QuestionType, Name(alert),
            alert.Repeats is { } repeats ? $"{repeats.Words}: {rule}" : alert.Correlation?.Extent is null ? rule : $"ended: {rule}",
            string.Create(CultureInfo.InvariantCulture, $"{alert.File ?? alert.Interface ?? "-"}#{alert.PacketNumber}"));
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>Its part, state and reason stand where an alert has its name and rule.</remarks>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output)
    {
        Write(
            output, sensorEvent.UnixTimeNanoseconds, sensorEvent.Level, "SENSOR", "", "", Fit(Safe($"{sensorEvent.Part} {sensorEvent.State}"), _nameWidth),
            sensorEvent.Reason ?? $"was {sensorEvent.PreviousState}", sensorEvent.Interface ?? "-");
        return true;
    }

    private void Write(
        IBufferWriter<byte> output, long? time, AlertLevel level, string? word, string address, string? type, string name, string rule, string place)
    {
        var text = new StringBuilder(256).Append(Fit(Time(time), _timeWidth)).Append(_gap);
        var levelWord = word ?? (level == AlertLevel.Informational ? "INFO" : level.Name().ToUpperInvariant());
        text.Append(_isColoured ? Encoding.ASCII.GetString(Colour.Of(level)) : "").Append(levelWord).Append(_isColoured ? "\e[0m" : "")
            .Append(' ', LevelWidth - levelWord.Length).Append(_gap)
            .Append(Fit(Safe(address), AddressWidth)).Append(_gap).Append(Fit(Safe(type ?? "-"), TypeWidth)).Append(_gap)
            .Append(name).Append(_gap).Append(Fit(Safe(rule), _ruleWidth)).Append(_gap);
        Encoding.UTF8.GetBytes(text.Append(ShortenStart(Safe(place), _placeWidth)).ToString(), output);
    }

    private string Time(long? time)
    {
        if (time is not { } nanoseconds)
        {
            return "-";
        }

        Span<byte> text = stackalloc byte[Timestamp.MaximumLength];
        Timestamp.Format(text, nanoseconds, decimals: 6);
        text[10] = (byte)' ';
        return Encoding.ASCII.GetString(_timeWidth == 8 ? text[11..19] : text[..19]);
    }

    /// <summary>The name in its column, with what matched underlined, if colours are wanted. If it is too long, the part with the match is kept.</summary>
    private string Name(Alert alert)
    {
        var name = alert.Message.QuestionName ?? alert.Repeats?.Domain ?? "-";
        var reason = alert.Reasons.FirstOrDefault(reason => reason.Length > 0 && string.Equals(reason.Value, name, StringComparison.OrdinalIgnoreCase));
        if (reason is null)
        {
            return Fit(Safe(name), _nameWidth);
        }

        var window = MatchWindow.Of(reason, _nameWidth);
        var (before, match, after) = (
            (window.Start > 0 ? Cut : "") + Safe(name[(window.Start + (window.Start > 0 && window.MatchStart > window.Start ? 1 : 0))..window.MatchStart]),
            Safe(name[window.MatchStart..window.MatchEnd]),
            Safe(name[window.MatchEnd..window.End]) + (window.End < name.Length ? Cut : ""));

        // The marks of the cuts and the escapes take room too: the end gives way first, then the start, then the match.
        after = Shorten(after, Math.Max(0, _nameWidth - Columns(before) - Columns(match)));
        before = ShortenStart(before, Math.Max(0, _nameWidth - Columns(match) - Columns(after)));
        match = Shorten(match, _nameWidth - Columns(before) - Columns(after));
        var width = Columns(before) + Columns(match) + Columns(after);
        return (_isColoured ? $"{before}\e[1;4m{match}\e[0m{after}" : before + match + after) + new string(' ', Math.Max(0, _nameWidth - width));
    }

    private static string Safe(string text) => SafeText.Escape(text);

    private static string Fit(string text, int width)
    {
        var shown = Shorten(text, width);
        return shown + new string(' ', Math.Max(0, width - Columns(shown)));
    }

    /// <summary>The start of a text that fits, with a mark if it is not all of it.</summary>
    private static string Shorten(string text, int width)
    {
        if (Columns(text) <= width)
        {
            return text;
        }

        var (length, columns) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            columns += Columns(rune);
            if (columns > width - 1)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return width < 1 ? "" : text[..length] + Cut;
    }

    /// <summary>The end of a text that fits, with a mark if it is not all of it.</summary>
    private static string ShortenStart(string text, int width)
    {
        var columns = Columns(text);
        var start = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (columns <= (start == 0 ? width : width - 1))
            {
                break;
            }

            columns -= Columns(rune);
            start += rune.Utf16SequenceLength;
        }

        return start == 0 ? text : width < 1 ? "" : Cut + text[start..];
    }

    private static int Columns(string text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            columns += Columns(rune);
        }

        return columns;
    }

    private static int Columns(Rune rune) => Math.Max(0, UnicodeCalculator.GetWidth(rune));
}
