using System.Globalization;
using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>Rules as a table for people, one per line.</summary>
internal sealed class RuleTable(ReportWriter writer)
{
    private const int MaximumTitle = 72;
    private const string Missing = "-";

    /// <summary>Writes the table, and the number of rules.</summary>
    public void Write(IReadOnlyList<CatalogEntry> entries)
    {
        var titleWidth = Math.Min(MaximumTitle, entries.Select(entry => (entry.Title ?? Missing).Length).Append("TITLE".Length).Max());
        writer.Line(new Part(Row("LEVEL", "STATUS", "COVERAGE", "ID", "TITLE".PadRight(titleWidth), "FILE"), Style.Faint));
        foreach (var entry in entries)
        {
            var title = entry.Title ?? Missing;
            title = title.Length <= titleWidth ? title.PadRight(titleWidth) : string.Concat(title.AsSpan(0, titleWidth - 1), "…");
            writer.Line(
                new Part((entry.Level ?? Missing).PadRight(14), LevelStyle.Of(entry.Level)),
                (entry.Status ?? Missing).PadRight(14),
                new Part(CoverageName.Words(entry.Coverage).PadRight(10), LevelStyle.Of(entry.Coverage)),
                new Part((entry.Id ?? Missing).PadRight(38), Style.Faint),
                title + "  ",
                new Part(entry.File, Style.Faint));
        }

        writer.Line(new Part(string.Create(CultureInfo.InvariantCulture, $"{entries.Count:N0} rules"), Style.Faint));
    }

    private static string Row(string level, string status, string coverage, string id, string title, string file) =>
        $"{level,-14}{status,-14}{coverage,-10}{id,-38}{title}  {file}";
}
