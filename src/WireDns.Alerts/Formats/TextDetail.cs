using System.Globalization;

namespace WireDns.Alerts.Formats;

/// <summary>
/// The indented lines of the verbose text format: labels in a column of their own, one thing per line, and nothing that is absent.
/// </summary>
internal static class TextDetail
{
    private const int Indent = 2;
    private const int LabelWidth = 16;
    private const int MaximumDescription = 400;
    private const int MaximumPattern = 400;
    private const int MaximumColumns = 80 - Indent - LabelWidth - 1;
    private const int LongestEscape = 10;
    private const int MaximumAnswers = 20;
    private const int MaximumAnswerData = 200;

    private static ReadOnlySpan<byte> Ellipsis => "..."u8;

    public static void Write(LineWriter line, Alert alert)
    {
        if (alert.Anomaly is { } anomaly)
        {
            WriteAnomaly(line, anomaly);
        }
        else
        {
            WriteRule(line, alert.Rule);
            WriteReasons(line, alert.Reasons);
            for (var index = 0; index < alert.Indicators.Count; index++)
            {
                Text(line, "indicator"u8, IndicatorText.Of(alert.Indicators[index]));
            }

            CorrelationDetail.Write(line, alert.Correlation);
        }

        if (!ReferenceEquals(alert.Message, AlertMessage.None))
        {
            WriteMessage(line, alert.Message);
        }

        WritePlace(line, alert);
    }

    private static void WriteAnomaly(LineWriter line, AlertAnomaly anomaly)
    {
        if (anomaly.Packets > 1)
        {
            Label(line, "packets"u8);
            line.Number(anomaly.Packets);
        }
    }

    private static void WriteRule(LineWriter line, AlertRule rule)
    {
        Label(line, "rule"u8);
        line.Token(rule.Id);
        if (rule.Status is not null)
        {
            line.Literal(" ("u8);
            line.Rest(rule.Status);
            line.Literal(")"u8);
        }

        line.Literal(" "u8);
        line.Rest(rule.File);
        Text(line, "author"u8, rule.Author);
        Text(line, "description"u8, rule.Description, MaximumDescription);
        List(line, "tags"u8, rule.Tags);
        List(line, "attack tactic"u8, rule.AttackTactics);
        List(line, "attack technique"u8, rule.AttackTechniques);
        for (var index = 0; index < rule.References.Count; index++)
        {
            Text(line, "reference"u8, rule.References[index]);
        }

        for (var index = 0; index < rule.FalsePositives.Count; index++)
        {
            Text(line, "false positive"u8, rule.FalsePositives[index]);
        }

        Text(line, "caveat"u8, rule.Caveat);
    }

    private static void WriteReasons(LineWriter line, IReadOnlyList<AlertReason> reasons)
    {
        if (reasons.Count == 0)
        {
            Label(line, "matched"u8);
            line.Literal("no value: the condition holds by what is absent"u8);
        }

        for (var index = 0; index < reasons.Count; index++)
        {
            Label(line, "matched"u8);
            line.Token(reasons[index].Selection);
            line.Literal(" "u8);
            line.Reason(reasons[index], MaximumPattern);
            WriteUnderlined(line, reasons[index]);
        }
    }

    /// <summary>
    /// The value, and below it carets under the match. ASCII only: the width of other characters is the terminal's secret. The line fits the narrowest
    /// terminal in use: one that is broken has its carets elsewhere.
    /// </summary>
    private static void WriteUnderlined(LineWriter line, AlertReason reason)
    {
        Label(line, default);
        if (reason.IsAbsent)
        {
            line.Literal("absent: the message has no such field"u8);
            return;
        }

        var maximum = MaximumColumns;
        var window = MatchWindow.Of(reason, maximum);
        while (maximum > 1 && Width(reason.Value, window) is var width && width > MaximumColumns)
        {
            // What cannot be printed is written as several characters.
            maximum -= Math.Max(1, (width - MaximumColumns) / LongestEscape);
            window = MatchWindow.Of(reason, maximum);
        }

        line.Literal(window.Start == 0 ? default : Ellipsis);
        var before = Part(line, reason.Value.AsSpan(window.Start..window.MatchStart)) + (window.Start == 0 ? 0 : Ellipsis.Length);
        var matched = Part(line, reason.Value.AsSpan(window.MatchStart..window.MatchEnd));
        Part(line, reason.Value.AsSpan(window.MatchEnd..window.End));
        line.Literal(window.End == reason.Value.Length ? default : Ellipsis);
        if (matched > 0)
        {
            Label(line, default);
            line.Spaces(before);
            line.Output.GetSpan(matched)[..matched].Fill((byte)'^');
            line.Output.Advance(matched);
        }
    }

    /// <summary>How many columns the window takes: what is not printable ASCII is written as <c>\u{hex}</c>.</summary>
    private static int Width(string value, MatchWindow window)
    {
        var width = (window.Start == 0 ? 0 : Ellipsis.Length) + (window.End == value.Length ? 0 : Ellipsis.Length);
        foreach (var rune in value.AsSpan(window.Start..window.End).EnumerateRunes())
        {
            width += rune.Value is >= ' ' and <= '~' ? 1 : @"\u{}".Length + Math.Max(1, (35 - int.LeadingZeroCount(rune.Value)) / 4);
        }

        return width;
    }

    private static int Part(LineWriter line, ReadOnlySpan<char> text) =>
        SafeText.Write(line.Output, text, SafeTextMode.Line, asciiOnly: true);

    private static void WriteMessage(LineWriter line, AlertMessage message)
    {
        Label(line, "message"u8);
        line.Literal("id "u8);
        line.Number(message.Id);
        line.Literal(" "u8);
        line.Token(message.Opcode);
        for (var index = 0; index < message.HeaderFlags.Count; index++)
        {
            line.Literal(" "u8);
            line.Token(message.HeaderFlags[index]);
        }

        Text(line, "domain"u8, message.RegisteredDomain);
        for (var index = 0; index < Math.Min(message.Answers.Count, MaximumAnswers); index++)
        {
            WriteAnswer(line, message.Answers[index]);
        }

        if (message.Answers.Count > MaximumAnswers)
        {
            Label(line, "answers"u8);
            line.Number(message.Answers.Count - MaximumAnswers);
            line.Literal(" more"u8);
        }

        Text(line, "malformed"u8, message.Malformed);
        Flag(line, message.IsTruncated, "truncated"u8, "the capture's snap length cut the message"u8);
        Flag(line, message.HasOverlap, "overlap"u8, "fragments or segments overlapped with different bytes: the host may have read another message"u8);
    }

    /// <summary>In the order of a zone file (RFC 1035 §5.1).</summary>
    private static void WriteAnswer(LineWriter line, AlertAnswer answer)
    {
        Label(line, "answer"u8);
        line.Token(answer.Name);
        line.Literal(" "u8);
        line.Number(answer.TimeToLive);
        line.Literal(" "u8);
        line.Token(answer.Class);
        line.Literal(" "u8);
        line.Token(answer.Type);
        line.Literal(" "u8);
        Clipped(line, answer.Data, MaximumAnswerData);
    }

    private static void WritePlace(LineWriter line, Alert alert)
    {
        Text(line, "interface"u8, alert.Interface);
        if (alert.VlanIds.Count > 0)
        {
            Label(line, "vlan"u8);
            for (var index = 0; index < alert.VlanIds.Count; index++)
            {
                line.Literal(index == 0 ? default : ", "u8);
                line.Number(alert.VlanIds[index]);
            }
        }

        List(line, "tunnel"u8, alert.Tunnels);
        Text(line, "community id"u8, alert.CommunityId);
        if (alert.RelatedPacketNumber is { } related)
        {
            Label(line, alert.Message.IsResponse ? "query"u8 : "response"u8);
            line.Literal("packet "u8);
            line.Number(related);
        }

        Flag(line, alert.IsForwarded, "forwarded"u8, "the client is a resolver that asked for a client of its own"u8);
        Text(line, "alert"u8, alert.Id);
    }

    private static void Text(LineWriter line, ReadOnlySpan<byte> label, string? text, int maximum = int.MaxValue)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            Label(line, label);
            Clipped(line, text, maximum);
        }
    }

    private static void List(LineWriter line, ReadOnlySpan<byte> label, IReadOnlyList<string> texts)
    {
        if (texts.Count > 0)
        {
            Label(line, label);
            for (var index = 0; index < texts.Count; index++)
            {
                line.Literal(index == 0 ? default : ", "u8);
                line.Rest(texts[index]);
            }
        }
    }

    private static void Flag(LineWriter line, bool holds, ReadOnlySpan<byte> label, ReadOnlySpan<byte> meaning)
    {
        if (holds)
        {
            Label(line, label);
            line.Literal(meaning);
        }
    }

    /// <summary>
    /// At most this many characters. A description is often a YAML block of several lines, whose breaks are only layout: they become spaces.
    /// </summary>
    private static void Clipped(LineWriter line, string text, int maximum)
    {
        var isCut = text.Length > maximum;
        var isFirst = true;
        foreach (var part in (isCut ? text.AsSpan(0, maximum) : text).Trim().EnumerateLines())
        {
            line.Literal(isFirst ? default : " "u8);
            line.Rest(part.Trim());
            isFirst = false;
        }

        line.Literal(isCut ? "..."u8 : default);
    }

    internal static void Label(LineWriter line, ReadOnlySpan<byte> label)
    {
        line.Literal("\n"u8);
        line.Spaces(Indent);
        line.Literal(label);
        line.Spaces(LabelWidth - label.Length + 1);
    }
}

/// <summary>The lines of the verbose text format about a correlation: what it counted, for whom, and its events.</summary>
internal static class CorrelationDetail
{
    // The packet's number leads to the whole name.
    private const int MaximumName = 100;

    public static void Write(LineWriter line, AlertCorrelation? correlation)
    {
        if (correlation is null)
        {
            return;
        }

        TextDetail.Label(line, "correlation"u8);
        line.Rest(string.Create(
            CultureInfo.InvariantCulture, $"{correlation.Type} {correlation.Condition} within {correlation.Timespan}: {correlation.Value}"));
        for (var index = 0; index < correlation.Group.Count; index++)
        {
            TextDetail.Label(line, "group"u8);
            line.Token(correlation.Group[index].Field);
            line.Literal(" "u8);
            line.Token(correlation.Group[index].Value);
        }

        for (var index = 0; index < correlation.Events.Count; index++)
        {
            WriteEvent(line, correlation.Events[index]);
        }
    }

    private static void WriteEvent(LineWriter line, CorrelatedEvent correlated)
    {
        TextDetail.Label(line, "event"u8);
        Timestamp.Write(line.Output, correlated.UnixTimeNanoseconds, decimals: 6);
        line.Literal(" "u8);
        line.Endpoint(correlated.Client);
        line.Literal(" "u8);
        var isCut = correlated.QuestionName?.Length > MaximumName;
        line.Token(isCut ? correlated.QuestionName![..MaximumName] : correlated.QuestionName);
        line.Literal(isCut ? "... "u8 : " "u8);
        if (correlated.File is not null)
        {
            line.Rest(correlated.File);
        }

        line.Literal("#"u8);
        line.Number(correlated.PacketNumber);
    }
}
