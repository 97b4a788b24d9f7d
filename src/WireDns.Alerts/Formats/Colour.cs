namespace WireDns.Alerts.Formats;

/// <summary>
/// The terminal sequences (ECMA-48 §8.3.117, SGR) that the text format uses, all from the sixteen colours that a terminal's theme
/// sets.
/// </summary>
internal static class Colour
{
    public static ReadOnlySpan<byte> Reset => "\x1b[0m"u8;

    /// <summary>The matched part of a name: bold and underlined, so that it shows without colours too.</summary>
    public static ReadOnlySpan<byte> Match => "\x1b[1;4m"u8;

    /// <summary>A note of something wrong with the message.</summary>
    public static ReadOnlySpan<byte> Note => "\x1b[35m"u8;

    public static ReadOnlySpan<byte> Of(AlertLevel level) => level switch
    {
        AlertLevel.Critical => "\x1b[1;37;41m"u8,
        AlertLevel.High => "\x1b[1;31m"u8,
        AlertLevel.Medium => "\x1b[33m"u8,
        AlertLevel.Low => "\x1b[36m"u8,
        _ => "\x1b[2m"u8,
    };
}
