namespace WireDns.Output;

/// <summary>A cell of a CSV file (RFC 4180) that no spreadsheet takes for a formula.</summary>
internal static class CsvCell
{
    private const string FormulaStarts = "=+-@\t\r'";

    /// <summary>
    /// The text as a cell. A text that begins as a formula does gets a ' before it, and so does one that begins with ': without it the text is as it was.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="isText">Whether it is text; a number is written as it is.</param>
    public static string Of(string text, bool isText = true)
    {
        var cell = isText && text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }
}
