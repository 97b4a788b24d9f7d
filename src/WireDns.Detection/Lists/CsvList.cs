using System.Globalization;
using System.Text;

namespace WireDns.Detection.Lists;

/// <summary>
/// One column of a CSV file (RFC 4180; semicolons and tabs are read too). Lines that begin with <c>#</c> are comments; rows with an empty
/// cell in the column are skipped.
/// </summary>
/// <param name="reading">Takes the values.</param>
/// <param name="column">The column's name in the first row, or its number from 1; null if the user did not say.</param>
internal sealed class CsvList(IListValues reading, string? column)
{
    private byte _delimiter;

    /// <summary>The characters that may separate columns.</summary>
    public static ReadOnlySpan<byte> Delimiters => ",;\t"u8;

    /// <summary>Reads the values.</summary>
    /// <param name="lines">The file.</param>
    /// <param name="beginning">Its first bytes, which show the separator.</param>
    public void Read(LineReader lines, ReadOnlySpan<byte> beginning)
    {
        var rows = new CsvRows(lines, reading, beginning);
        _delimiter = rows.Delimiter;
        if (!rows.TryRead(out var row, out var number))
        {
            return;
        }

        var isNamed = !int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var index);
        index = isNamed ? FindColumn(row) : index;
        if (column is null || index < 1)
        {
            reading.Fault(number, column is null
                ? $"this looks like CSV: say which column has the values, as in NAME=FILE:csv:{FirstColumn(row)}, or NAME=FILE:list where lines are"
                    + $" values; its columns are {Columns(row)}"
                : $"expected a column {column} in the first row, whose columns are {Columns(row)}");
            return;
        }

        // By name, the first row is the names. By number, it may be the names too: a word over a column of names with dots.
        var heading = isNamed ? null : TryTake(row, index, number, out var cell) ? cell.ToArray() : null;
        var headingLine = number;
        while (!reading.IsHopeless && rows.TryRead(out row, out number))
        {
            if (!TryTake(row, index, number, out cell))
            {
                continue;
            }

            if (heading is not null)
            {
                AddFirst(headingLine, heading, cell);
                heading = null;
            }

            reading.Add(number, 1, cell);
        }

        if (heading is not null)
        {
            reading.Add(headingLine, 1, heading);
        }
    }

    private void AddFirst(int line, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (first.Contains((byte)'.') || !second.Contains((byte)'.'))
        {
            reading.Add(line, 1, first);
        }
        else
        {
            reading.Note(1, $"row is taken for the names of the columns: '{ListReading.Show(first)}' in line {line} is no value");
        }
    }

    private bool TryTake(ReadOnlySpan<byte> row, int index, int line, out ReadOnlySpan<byte> cell)
    {
        var cells = new CsvCells(row, _delimiter);
        for (var i = 0; i < index; i++)
        {
            if (!cells.TryRead())
            {
                reading.Fault(line, cells.IsBroken
                    ? $"expected a quoted cell to end before the next column, found '{ListReading.Show(row)}'"
                    : string.Create(CultureInfo.InvariantCulture, $"expected at least {index} columns, found {i}"));
                cell = default;
                return false;
            }
        }

        cell = cells.Current;
        return !cell.IsEmpty;
    }

    private int FindColumn(ReadOnlySpan<byte> row)
    {
        var cells = new CsvCells(row, _delimiter);
        for (var i = 1; cells.TryRead(); i++)
        {
            if (Encoding.UTF8.GetString(cells.Current).Equals(column, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return 0;
    }

    private string Columns(ReadOnlySpan<byte> row)
    {
        const int Maximum = 12;
        var names = new List<string>();
        var cells = new CsvCells(row, _delimiter);
        while (cells.TryRead() && names.Count < Maximum)
        {
            names.Add($"'{ListReading.Show(cells.Current)}'");
        }

        return string.Join(", ", names);
    }

    private string FirstColumn(ReadOnlySpan<byte> row)
    {
        var cells = new CsvCells(row, _delimiter);
        return cells.TryRead() && !cells.Current.IsEmpty && !cells.Current.Contains((byte)'.') ? ListReading.Show(cells.Current) : "1";
    }
}
