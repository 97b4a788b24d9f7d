using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.Capture.Files;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary>A packet of a file, as a user names it: a file and a number, or both in one word as alerts print them (<c>FILE#N</c>).</summary>
internal sealed partial record FramePlace(string File, long Frame)
{
    /// <summary>The packet that a command line names.</summary>
    /// <param name="file">The file, or <c>FILE#N</c>.</param>
    /// <param name="frame">The number that was given by itself; null if none was.</param>
    /// <exception cref="CommandFailure">There is no number, or there are two.</exception>
    public static FramePlace Of(string file, long? frame)
    {
        // A file may have a # in its own name.
        if (Exists(file) || Read(file, "#") is not { } place)
        {
            return frame is { } given
                ? new FramePlace(file, given)
                : throw new CommandFailure(ExitStatus.Usage, $"which packet of {file}? Give its number: --frame N, or {file}#N");
        }

        return frame is null || frame == place.Frame
            ? place
            : throw new CommandFailure(ExitStatus.Usage, string.Create(CultureInfo.InvariantCulture, $"{file} names packet {place.Frame}, and --frame another one"));
    }

    /// <summary>Reads a place in one word.</summary>
    /// <param name="place">The word.</param>
    /// <param name="separators">What may stand between the file and the number, one character each.</param>
    /// <returns>Null if it is not a file, a separator and a number from 1.</returns>
    public static FramePlace? Read(string place, ReadOnlySpan<char> separators)
    {
        var end = place.AsSpan().LastIndexOfAny(separators);
        if (end <= 0 || !long.TryParse(place.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
        {
            return null;
        }

        var path = place[..end];
        return new FramePlace(path == "standard input" ? "-" : Exists(path) ? path : Unescape(path), number);
    }

    private static bool Exists(string path) => NativePath.HasEscapes(path) || Path.Exists(path);

    // Alerts print a character that could do harm on a terminal as its number.
    private static string Unescape(string path) => Escape().Replace(path, match =>
        int.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value <= 0x10ffff
            ? value is >= 0xd800 and <= 0xdfff ? ((char)value).ToString() : char.ConvertFromUtf32(value)
            : match.Value);

    [GeneratedRegex(@"\\u\{([0-9a-f]{1,6})\}")]
    private static partial Regex Escape();
}
