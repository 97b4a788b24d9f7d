namespace WireDns.Alerts.Formats;

/// <summary>
/// Cells of a CSV file (RFC 4180) that a spreadsheet takes for what they are. A text that begins as a formula does, or with a <c>'</c>, gets a <c>'</c> before
/// it: who takes one <c>'</c> away from the start of a cell has the text as it was.
/// </summary>
public static class CsvText
{
    // What spreadsheets take for the start of a formula, and the mark that a cell gets for it.
    private const string FormulaStarts = "=+-@\t\r'";

    /// <summary>A text as a cell.</summary>
    public static string Cell(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Quote(text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text);
    }

    /// <summary>A number, a time or a word of the product as a cell: nothing that could be a formula.</summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
