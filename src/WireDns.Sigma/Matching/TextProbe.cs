using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// A pattern of a rule as alerts look for it in a text that it matched. Made when a leaf raises its first alert: one literal, with stars at its ends or
/// without, is found without building anything. Immutable.
/// </summary>
internal sealed class TextProbe
{
    private readonly TextPattern _pattern;
    private readonly string? _literal;
    private readonly bool _startsAtStart;
    private readonly bool _endsAtEnd;
    private readonly bool _isCased;

    private TextProbe(string asWritten, TextPattern pattern, bool isCased)
    {
        AsWritten = asWritten;
        _pattern = pattern;
        _isCased = isCased;
        _literal = ReasonFinder.TryGetLiteral(pattern, out var literal, out _startsAtStart, out _endsAtEnd) ? literal : null;
    }

    /// <summary>The value that the pattern belongs to.</summary>
    public string AsWritten { get; }

    /// <summary>The probes of a rule's own values, in their order.</summary>
    public static TextProbe[] Of(LeafOrigin origin)
    {
        var probes = new List<TextProbe>();
        foreach (var value in origin.Value is null ? origin.Match.Values : [origin.Value])
        {
            if (value is BooleanValue boolean)
            {
                probes.Add(new TextProbe(value.AsWritten, new TextPattern([PatternToken.Literal(boolean.Value ? "true" : "false")]), isCased: false));
            }
            else if (value is TextValue text)
            {
                foreach (var pattern in text.Patterns)
                {
                    probes.Add(new TextProbe(value.AsWritten, pattern, text.IsCased));
                    if (InternationalName.TryConvert(pattern, out var converted))
                    {
                        probes.Add(new TextProbe(value.AsWritten, converted, text.IsCased));
                    }
                }
            }
        }

        return [.. probes];
    }

    /// <summary>Finds what the pattern without the stars at its ends matches.</summary>
    public bool TryFind(string text, bool isAscii, out int start, out int length)
    {
        if (!isAscii || _literal is null)
        {
            return ReasonFinder.TryFind(_pattern, _isCased, text, out start, out length);
        }

        start = 0;
        length = _literal.Length;
        if (length > text.Length || (length > 0 && ((_endsAtEnd && Differ(text[^1], _literal[^1])) || (_startsAtStart && Differ(text[0], _literal[0])))))
        {
            return false;
        }

        return ReasonFinder.TryFindLiteral(_literal, _startsAtStart, _endsAtEnd, _isCased, text, out start);
    }

    // A quick look: whether two letters differ whatever their case.
    private static bool Differ(char inText, char inPattern) => char.IsAscii(inPattern) && ((inText ^ inPattern) & ~0x20) != 0;
}
