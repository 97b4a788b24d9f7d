namespace WireDns.Alerts.Formats;

/// <summary>
/// The part of a matched value that is worth showing: all of a short one, and of a long one (a TXT record has up to 64 KiB) a window around
/// the match. Indexes count characters of the value, and are always inside it, whatever the reason says.
/// </summary>
internal readonly record struct MatchWindow
{
    private MatchWindow(int start, int end, int matchStart, int matchEnd)
    {
        Start = start;
        End = end;
        MatchStart = matchStart;
        MatchEnd = matchEnd;
    }

    /// <summary>First character shown.</summary>
    public int Start { get; }

    /// <summary>Index after the last character shown.</summary>
    public int End { get; }

    /// <summary>First character of the match that is shown.</summary>
    public int MatchStart { get; }

    /// <summary>Index after the last character of the match that is shown.</summary>
    public int MatchEnd { get; }

    /// <summary>
    /// Places a window of at most <paramref name="maximum"/> characters (or one more, so as not to cut a surrogate pair).
    /// </summary>
    public static MatchWindow Of(AlertReason reason, int maximum)
    {
        var value = reason.Value;
        var matchStart = Math.Clamp(reason.Start, 0, value.Length);
        var matchEnd = matchStart + Math.Clamp(reason.Length, 0, value.Length - matchStart);
        if (value.Length <= maximum)
        {
            return new MatchWindow(0, value.Length, matchStart, matchEnd);
        }

        var margin = Math.Max(0, (maximum - (matchEnd - matchStart)) / 2);
        var start = Math.Clamp(matchStart - margin, 0, value.Length - maximum);
        var end = start + maximum;
        start += start > 0 && char.IsLowSurrogate(value[start]) ? 1 : 0;
        end += end < value.Length && char.IsLowSurrogate(value[end]) ? 1 : 0;
        return new MatchWindow(start, end, Math.Clamp(matchStart, start, end), Math.Clamp(matchEnd, start, end));
    }
}
