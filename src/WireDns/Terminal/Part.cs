namespace WireDns.Terminal;

/// <summary>A part of a line of the report: any text, even hostile, and its style.</summary>
internal readonly record struct Part(string Text, Style Style = Style.Plain)
{
    /// <summary>A text without a style.</summary>
    public static implicit operator Part(string text) => new(text);
}

/// <summary>How a part of the report looks on a terminal. Without colours all look alike, so no style says more than its text.</summary>
internal enum Style
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>The title of a part of the report.</summary>
    Title,

    /// <summary>Secondary text: labels, offsets.</summary>
    Faint,

    /// <summary>The octets of the message.</summary>
    Octets,

    /// <summary>A decoded value that an analyst looks for first: a name, an address.</summary>
    Value,

    /// <summary>A compression pointer.</summary>
    Pointer,

    /// <summary>A fault.</summary>
    Fault,

    /// <summary>Something that is true: a rule that matches.</summary>
    Good,

    /// <summary>The part of a value that matched.</summary>
    Match,

    /// <summary>An alert's level: critical.</summary>
    Critical,

    /// <summary>An alert's level: medium, and what an operator should look at.</summary>
    Notable,

    /// <summary>The line that a person has chosen, and the first and last line of a screen.</summary>
    Chosen,
}

/// <summary>The sequences of the styles: the sixteen colours that a terminal's theme sets (ECMA-48 §8.3.117).</summary>
internal static class StyleSequence
{
    /// <summary>What begins the style; <c>ESC [ 0 m</c> ends it. Empty for the plain one.</summary>
    public static ReadOnlySpan<byte> Of(Style style) => style switch
    {
        Style.Title => "\x1b[1m"u8,
        Style.Faint => "\x1b[2m"u8,
        Style.Octets => "\x1b[36m"u8,
        Style.Value => "\x1b[1m"u8,
        Style.Pointer => "\x1b[35m"u8,
        Style.Fault => "\x1b[1;31m"u8,
        Style.Good => "\x1b[1;32m"u8,
        Style.Match => "\x1b[1;4m"u8,
        Style.Critical => "\x1b[1;37;41m"u8,
        Style.Notable => "\x1b[33m"u8,
        Style.Chosen => "\x1b[7m"u8,
        _ => default,
    };
}
