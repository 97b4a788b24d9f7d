using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Conversion;

/// <summary>One requirement of a rule on the question name.</summary>
/// <param name="Kind">How the name is compared.</param>
/// <param name="Text">The text; empty for <see cref="NameTermKind.Pattern"/>.</param>
/// <param name="Pattern">The whole pattern.</param>
/// <param name="IsCased">Whether upper and lower case differ.</param>
internal sealed record NameTerm(NameTermKind Kind, string Text, TextPattern Pattern, bool IsCased)
{
    /// <summary>The term of a pattern; false if it distinguishes no names, or has a wildcard for one character.</summary>
    public static bool TryCreate(TextPattern pattern, bool isCased, out NameTerm term)
    {
        var (kind, text) = pattern.Tokens switch
        {
            [{ Kind: PatternTokenKind.Literal } only] => (NameTermKind.Exact, only.Text),
            [{ Kind: PatternTokenKind.AnyText }, { Kind: PatternTokenKind.Literal } only] => (NameTermKind.Suffix, only.Text),
            [{ Kind: PatternTokenKind.Literal } only, { Kind: PatternTokenKind.AnyText }] => (NameTermKind.Prefix, only.Text),
            [{ Kind: PatternTokenKind.AnyText }, { Kind: PatternTokenKind.Literal } only, { Kind: PatternTokenKind.AnyText }] =>
                (NameTermKind.Substring, only.Text),
            _ => (NameTermKind.Pattern, ""),
        };
        term = new NameTerm(kind, text, pattern, isCased);
        return pattern.Tokens.Any(token => token.Kind == PatternTokenKind.Literal)
            && pattern.Tokens.All(token => token.Kind != PatternTokenKind.AnyCharacter);
    }
}

/// <summary>How a name is compared with a text.</summary>
internal enum NameTermKind
{
    /// <summary>The whole name.</summary>
    Exact,

    /// <summary>The end of the name.</summary>
    Suffix,

    /// <summary>The beginning of the name.</summary>
    Prefix,

    /// <summary>Anywhere in the name.</summary>
    Substring,

    /// <summary>A pattern of several texts.</summary>
    Pattern,
}
