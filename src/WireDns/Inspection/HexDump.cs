using System.Globalization;
using System.Text;
using WireDns.Terminal;

namespace WireDns.Inspection;

/// <summary>Octets as rows of sixteen with their offsets and printable ASCII, and a mark below one place.</summary>
internal static class HexDump
{
    private const int OctetsPerRow = 16;
    private const string Indent = "    ";

    /// <summary>Writes the rows.</summary>
    /// <param name="writer">The report.</param>
    /// <param name="octets">What to show.</param>
    /// <param name="markedOffset">The octet to mark, or the one after the last; −1 for none.</param>
    /// <param name="mark">The text of the mark.</param>
    public static void Write(ReportWriter writer, byte[] octets, int markedOffset = -1, string mark = "")
    {
        for (var row = 0; row < octets.Length && writer.IsOpen; row += OctetsPerRow)
        {
            var count = Math.Min(OctetsPerRow, octets.Length - row);
            var (hex, ascii) = (new StringBuilder(), new StringBuilder());
            for (var i = 0; i < count; i++)
            {
                hex.Append(i == 8 ? " " : "").Append(CultureInfo.InvariantCulture, $"{octets[row + i]:x2} ");
                ascii.Append(octets[row + i] is >= 0x20 and <= 0x7e ? (char)octets[row + i] : '.');
            }

            writer.Line(
                new Part($"{Indent}{FieldTable.Hex(row)}  ", Style.Faint),
                new Part(hex.ToString().PadRight((3 * OctetsPerRow) + 1), Style.Octets),
                new Part($" {ascii}"));
            WriteMark(writer, markedOffset - row, markedOffset == octets.Length ? count : OctetsPerRow - 1, mark);
        }
    }

    private static void WriteMark(ReportWriter writer, int column, int lastColumn, string mark)
    {
        if (column >= 0 && column <= lastColumn)
        {
            var indent = Indent.Length + "0x0000  ".Length + (3 * column) + (column >= 8 ? 1 : 0);
            writer.Line(new Part(new string(' ', indent) + "^^ " + mark, Style.Fault));
        }
    }
}
