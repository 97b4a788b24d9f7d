using System.Globalization;
using System.Text;
using WireDns.Terminal;
using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>
/// The fields of a message as rows: offset in hexadecimal and decimal, the octets, the field's name and its value. Lines below a value are
/// beside the remaining octets.
/// </summary>
internal sealed class FieldTable(ReportWriter writer, byte[] message)
{
    private const int OctetsPerRow = 8;
    private const int MaximumOctetRows = 4;
    private const int NameWidth = 18;
    private const int MaximumValueLength = 1200;
    private const string Indent = "    ";

    /// <summary>The message.</summary>
    public byte[] Message => message;

    /// <summary>Writes a field.</summary>
    /// <param name="offset">Where it starts in the message.</param>
    /// <param name="length">How many octets it has; only those that fit into a few rows are shown.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="below">Lines that explain the value.</param>
    public void Row(int offset, int length, string name, Part[] value, IReadOnlyList<Part[]>? below = null)
    {
        length = Math.Clamp(length, 0, message.Length - offset);
        var octetRows = Math.Min((length + OctetsPerRow - 1) / OctetsPerRow, MaximumOctetRows);
        var rows = Math.Max(octetRows, 1 + (below?.Count ?? 0));
        for (var row = 0; row < rows; row++)
        {
            var first = row * OctetsPerRow;
            var count = row < octetRows ? Math.Min(length - first, OctetsPerRow) : 0;
            writer.Line([
                new Part(Indent + Place(row == 0 || count > 0 ? offset + first : -1), Style.Faint),
                new Part(Octets(offset + first, count), Style.Octets),
                new Part(row == octetRows - 1 && first + count < length ? "... " : "    "),
                new Part((row == 0 ? name : "").PadRight(NameWidth) + " ", Style.Faint),
                .. row == 0 ? value.Select(Clip) : row <= (below?.Count ?? 0) ? below![row - 1].Select(Clip) : []]);
        }
    }

    /// <summary>Writes a line below a field, without octets.</summary>
    public void Below(string name, params Part[] value) => writer.Line([
        new Part(Indent + Place(-1) + Octets(0, 0) + "    " + name.PadRight(NameWidth) + " ", Style.Faint), .. value.Select(Clip)]);

    /// <summary>Writes the title of a group of fields.</summary>
    public void Title(string title, params Part[] rest) => writer.Line([new Part("  " + title, Style.Title), .. rest.Select(Clip)]);

    /// <summary>An offset as the report writes it.</summary>
    public static string Hex(int offset) => Invariant($"0x{offset:x4}");

    private static Part Clip(Part part) => part.Text.Length <= MaximumValueLength ? part : part with
    {
        Text = string.Create(CultureInfo.InvariantCulture, $"{part.Text.AsSpan(0, MaximumValueLength)}… ({part.Text.Length:N0} characters)"),
    };

    private static string Place(int offset) =>
        offset < 0 ? new string(' ', 14) : Invariant($"{Hex(offset)} {offset,5}  ");

    private string Octets(int offset, int count)
    {
        var text = new StringBuilder(3 * OctetsPerRow);
        for (var i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? " " : "")}{message[offset + i]:x2}");
        }

        return text.ToString().PadRight((3 * OctetsPerRow) - 1);
    }
}
