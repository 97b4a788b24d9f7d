namespace WireDns.Terminal;

/// <summary>A part of a line of the report: any text, even hostile, and its style.</summary>
internal readonly record struct Part(string Text, Style Style = Style.Plain)
{
    /// <summary>A text without a style.</summary>
    public static implicit operator Part(string text) => new(text);
}
