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
}
