namespace WireDns.Sigma.Rules;

/// <summary>A text: true where the event's value, as text, matches one of the patterns from its first to its last character.</summary>
public sealed class TextValue : MatchValue
{
    internal TextValue(string asWritten, SourcePosition position, IReadOnlyList<TextPattern> patterns, bool isCased)
        : base(asWritten, position)
    {
        Patterns = patterns;
        IsCased = isCased;
    }

    /// <summary>The patterns, any of which is enough: one, or several where windash or base64offset made more.</summary>
    public IReadOnlyList<TextPattern> Patterns { get; }

    /// <summary>Whether upper and lower case differ (modifier cased).</summary>
    public bool IsCased { get; }
}
