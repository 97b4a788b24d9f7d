using System.Text.RegularExpressions;

namespace WireDns.Sigma.Rules;

/// <summary>A regular expression (modifier re): true where it matches somewhere in the event's value, as text.</summary>
public sealed class RegexValue : MatchValue
{
    internal RegexValue(string asWritten, SourcePosition position, Regex regex)
        : base(asWritten, position)
    {
        Regex = regex;
    }

    /// <summary>The expression, compiled so that it never backtracks; safe to share between threads.</summary>
    public Regex Regex { get; }
}
