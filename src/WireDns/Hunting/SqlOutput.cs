using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Alerts.Formats;
using WireDns.Terminal;

namespace WireDns.Hunting;

/// <summary>Writes the rows of a query to standard output, so that neither a terminal nor a spreadsheet takes a text for more than a text.</summary>
internal static partial class SqlOutput
{
    /// <summary>The forms.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["table", "csv", "json"];

    // By the first rows; longer texts of later rows move what follows them.
    private const int RowsForWidths = 1000;
    private const int MostColumns = 80;
    private const string Gap = "  ";

    /// <summary>Writes them.</summary>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="rows">The rows; they are taken as long as there is a reader.</param>
    /// <returns>How many rows were taken.</returns>
    /// <exception cref="CommandFailure">Standard output accepts no more.</exception>
    public static long Write(string format, IReadOnlyList<SqlColumn> columns, IEnumerable<string?[]> rows)
    {
        var count = 0L;
        var counted = rows.Select(row =>
        {
            count++;
            return row;
        });
        switch (format)
        {
            case "json":
                StandardOutput.JsonLines(counted, (json, row) => WriteObject(json, columns, row));
                break;
            case "csv":
                StandardOutput.Report(isColoured: false, writer =>
                {
                    writer.Line(string.Join(',', columns.Select(column => CsvText.Cell(column.Name))));
                    foreach (var row in counted.TakeWhile(_ => writer.IsOpen))
                    {
                        writer.Line(string.Join(',', row.Select((cell, index) => cell is null ? "" : columns[index].Kind is "number" or "boolean" ? CsvText.Quote(cell) : CsvText.Cell(cell))));
                    }
                });
                break;
            default:
                StandardOutput.Report(isColoured: false, writer => WriteTable(writer, columns, counted));
                break;
        }

        return count;
    }

    private static void WriteTable(ReportWriter writer, IReadOnlyList<SqlColumn> columns, IEnumerable<string?[]> rows)
    {
        var first = new List<string[]>();
        using var all = rows.Select(row => row.Select(cell => Short(cell ?? "")).ToArray()).GetEnumerator();
        while (first.Count < RowsForWidths && all.MoveNext())
        {
            first.Add(all.Current);
        }

        string[] names = [.. columns.Select(column => Short(column.Name))];
        var widths = names.Select((name, index) => first.Select(row => Printable.ColumnsOf(row[index])).Append(Printable.ColumnsOf(name)).Max()).ToArray();
        Line(names);
        Line([.. widths.Select(width => new string('-', width))]);
        foreach (var row in first)
        {
            Line(row);
        }

        while (writer.IsOpen && all.MoveNext())
        {
            Line(all.Current);
        }

        void Line(string[] cells) => writer.Line(string.Join(Gap, cells.Select((cell, index) => Pad(cell, widths[index], columns[index].Kind == "number"))));
    }

    private static void WriteObject(Utf8JsonWriter json, IReadOnlyList<SqlColumn> columns, string?[] row)
    {
        json.WriteStartObject();
        for (var index = 0; index < columns.Count; index++)
        {
            json.WritePropertyName(columns[index].Name);
            switch (columns[index].Kind)
            {
                case "number" when row[index] is { } number && Number().IsMatch(number):
                    json.WriteRawValue(number, skipInputValidation: true);
                    break;
                case "boolean" when row[index] is { } word:
                    json.WriteBooleanValue(word == "true");
                    break;
                case "json" when row[index] is { } nested:
                    // Written again, in ASCII.
                    using (var value = JsonDocument.Parse(nested))
                    {
                        value.RootElement.WriteTo(json);
                    }

                    break;
                default:
                    json.WriteStringValue(row[index]);
                    break;
            }
        }

        json.WriteEndObject();
    }

    private static string Short(string text)
    {
        var printable = Printable.Text(text);
        return printable.Length <= MostColumns ? printable : string.Concat(printable.AsSpan(0, MostColumns - 1), "…");
    }

    private static string Pad(string text, int width, bool isNumber)
    {
        var space = new string(' ', Math.Max(0, width - Printable.ColumnsOf(text)));
        return isNumber ? space + text : text + space;
    }

    [GeneratedRegex("^-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?$")]
    private static partial Regex Number();
}
