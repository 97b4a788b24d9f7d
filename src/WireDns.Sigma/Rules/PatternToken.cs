namespace WireDns.Sigma.Rules;

/// <summary>One piece of a <see cref="TextPattern"/>.</summary>
/// <param name="Kind">What it matches.</param>
/// <param name="Text">The literal text; empty for wildcards.</param>
public readonly record struct PatternToken(PatternTokenKind Kind, string Text)
{
    /// <summary>The wildcard <c>*</c>.</summary>
    public static PatternToken AnyText => new(PatternTokenKind.AnyText, string.Empty);

    /// <summary>The wildcard <c>?</c>.</summary>
    public static PatternToken AnyCharacter => new(PatternTokenKind.AnyCharacter, string.Empty);

    /// <summary>A literal text.</summary>
    public static PatternToken Literal(string text) => new(PatternTokenKind.Literal, text);
}
