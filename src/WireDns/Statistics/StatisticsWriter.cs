using System.Globalization;
using System.Text.Json;
using WireDns.Alerts.Formats;
using WireDns.Terminal;

namespace WireDns.Statistics;

/// <summary>Writes tables for people, as JSON and as CSV.</summary>
internal static class StatisticsWriter
{
    private const string Gap = "  ";
    private const int MaximumWidth = 80;

    /// <summary>Writes a table in columns: names at the left, numbers at the right.</summary>
    public static void Write(ReportWriter writer, StatisticsTable table)
    {
        writer.Title(table.Title);
        if (table.Rows.Count == 0)
        {
            writer.Line(new Part(Gap + "none", Style.Faint));
        }
        else
        {
            var widths = table.Columns.Select((column, index) => table.Rows.Max(row => Short(row[index]).Length) is var width && width > column.Length
                ? width : column.Length).ToArray();
            writer.Line(new Part(Gap + string.Join(Gap, table.Columns.Select((column, index) => Pad(column, widths[index], table.Rows[0][index].IsNumber))), Style.Faint));
            foreach (var row in table.Rows)
            {
                writer.Line(Gap + string.Join(Gap, row.Select((cell, index) => Pad(Short(cell), widths[index], cell.IsNumber))));
            }
        }

        if (table.Note.Length > 0)
        {
            writer.Line(new Part($"{Gap}! {table.Note}", Style.Faint));
        }
    }

    /// <summary>Writes all tables as one JSON object: an array of objects for each.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<StatisticsTable> tables)
    {
        json.WriteStartObject();
        foreach (var table in tables)
        {
            json.WriteStartArray(table.Name);
            foreach (var row in table.Rows)
            {
                json.WriteStartObject();
                foreach (var (column, cell) in table.Columns.Zip(row))
                {
                    json.WritePropertyName(column);
                    Write(json, cell.Value);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>A table as the lines of a CSV file (RFC 4180), with a header.</summary>
    public static IEnumerable<string> Csv(StatisticsTable table) =>
        table.Rows.Select(row => string.Join(',', row.Select(cell => cell.Value is string text
                ? CsvText.Cell(text)
                : CsvText.Quote(Convert.ToString(cell.Value, CultureInfo.InvariantCulture) ?? ""))))
            .Prepend(string.Join(',', table.Columns));

    private static string Short(Cell cell)
    {
        var text = Printable.Text(cell.Text);
        return text.Length <= MaximumWidth ? text : string.Concat(text.AsSpan(0, MaximumWidth - 1), "…");
    }

    private static string Pad(string text, int width, bool isNumber) => isNumber ? text.PadLeft(width) : text.PadRight(width);

    /// <summary>A cell's value as JSON: a number, a text, or null.</summary>
    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
