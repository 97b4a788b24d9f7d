using System.Globalization;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>The line of a rule file that a diagnostic points into, with a caret under the place, in at most 80 columns.</summary>
internal static class MarkedLine
{
    // What the narrowest terminal in use shows. A line that the terminal breaks would have its caret elsewhere.
    private const int MaximumColumns = 80;
    private const string Ellipsis = "...";

    /// <summary>The two lines; none if the diagnostic has no line, or points behind what is kept of a very long one.</summary>
    public static IReadOnlyList<string> Of(SigmaDiagnostic diagnostic)
    {
        if (diagnostic.SourceLine is not { } line || diagnostic.Column > line.Length + 1)
        {
            return [];
        }

        // What looks like one character stays together: a letter and its marks.
        var starts = StringInfo.ParseCombiningCharacters(line);
        var cells = starts.Select((start, index) => CellOf(line[start..(index + 1 < starts.Length ? starts[index + 1] : line.Length)])).ToList();
        var mark = starts.Count(start => start <= diagnostic.Column - 1) - (diagnostic.Column > line.Length ? 0 : 1);
        mark = Math.Max(0, mark);
        var first = 0;
        var before = cells.Take(mark).Sum(cell => cell.Columns);
        var marked = mark < cells.Count ? cells[mark].Columns : 1;
        if (cells.Sum(cell => cell.Columns) > MaximumColumns && before + marked + Ellipsis.Length > MaximumColumns)
        {
            while (before + Ellipsis.Length > MaximumColumns / 2)
            {
                before -= cells[first++].Columns;
            }

            before += Ellipsis.Length;
        }

        var room = MaximumColumns - (first > 0 ? Ellipsis.Length : 0);
        var end = cells.Count;
        if (cells.Skip(first).Sum(cell => cell.Columns) > room)
        {
            room -= Ellipsis.Length;
            end = first;
            while (cells[end].Columns <= room)
            {
                room -= cells[end++].Columns;
            }
        }

        var text = string.Concat(cells.Skip(first).Take(end - first).Select(cell => cell.Text));
        return [(first > 0 ? Ellipsis : "") + text + (end < cells.Count ? Ellipsis : ""), new string(' ', before) + "^"];
    }

    private static (string Text, int Columns) CellOf(string character)
    {
        // How wide a terminal draws a tab depends on where it stands.
        var text = character == "\t" ? " " : Printable.Text(character);
        return (text, Printable.ColumnsOf(text));
    }
}
