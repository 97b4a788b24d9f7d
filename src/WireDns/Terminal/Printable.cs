using System.Buffers;
using System.Text;
using Wcwidth;
using WireDns.Alerts.Formats;

namespace WireDns.Terminal;

/// <summary>Makes text that may come from a capture, a file name or a rule safe for a terminal and a log.</summary>
internal static class Printable
{
    /// <summary>The text as one line of printable characters; anything else is escaped (<see cref="SafeText"/>).</summary>
    public static string Text(string text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 16);
        SafeText.Write(output, text, SafeTextMode.Line);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>How many columns of a terminal a printable text takes: two for a wide character, none for a combining mark.</summary>
    public static int ColumnsOf(string printable)
    {
        var columns = 0;
        foreach (var rune in printable.EnumerateRunes())
        {
            columns += Math.Max(0, UnicodeCalculator.GetWidth(rune));
        }

        return columns;
    }
}
