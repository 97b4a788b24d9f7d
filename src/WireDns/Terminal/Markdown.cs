namespace WireDns.Terminal;

/// <summary>Markdown with GitHub's tables, of texts that may be hostile: none becomes markup, a link or HTML.</summary>
internal static class Markdown
{
    /// <summary>Writes a row of a table. The second row of a table is its rule: <c>---</c>, or <c>---:</c> for numbers.</summary>
    public static void Row(ReportWriter writer, params ReadOnlySpan<string> cells)
    {
        var row = "|";
        foreach (var cell in cells)
        {
            row += $" {Escape(cell)} |";
        }

        writer.Line(row);
    }

    /// <summary>A text without the characters that would end a cell, or that a renderer would read as markup or HTML.</summary>
    public static string Escape(string text)
    {
        foreach (var character in "\\|<*_`[")
        {
            text = text.Replace(character.ToString(), $"\\{character}", StringComparison.Ordinal);
        }

        return text;
    }
}
