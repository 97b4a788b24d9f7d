namespace WireDns.Sigma.Rules;

/// <summary>What one piece of a <see cref="TextPattern"/> matches.</summary>
public enum PatternTokenKind
{
    /// <summary>Its text.</summary>
    Literal,

    /// <summary>Any text, the empty one too (<c>*</c>).</summary>
    AnyText,

    /// <summary>Exactly one character (<c>?</c>).</summary>
    AnyCharacter,
}
