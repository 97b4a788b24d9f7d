using System.Globalization;
using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>The coverage of rules as Markdown (GitHub's tables), for a wiki or a report.</summary>
internal sealed class CoverageMarkdown(ReportWriter writer)
{
    /// <summary>Writes the report.</summary>
    public void Write(CoverageReport report)
    {
        writer.Line("# Rule coverage");
        writer.Line();
        Row("coverage", "live", "set aside");
        Row("---", "---:", "---:");
        foreach (var coverage in CoverageName.All)
        {
            Row(CoverageName.Words(coverage), Count(report.Live, coverage), Count(report.SetAside, coverage));
        }

        Row("total", Number(report.Live.Count), Number(report.SetAside.Count));
        writer.Line();
        writer.Line("## Rules");
        writer.Line();
        Row("coverage", "level", "status", "rule", "why", "file");
        Row("---", "---", "---", "---", "---", "---");
        foreach (var entry in report.Entries.OrderBy(entry => entry.Coverage))
        {
            Row(CoverageName.Words(entry.Coverage), entry.Level ?? "", entry.Status ?? "", entry.Name, entry.Reason ?? "", entry.File);
        }

        writer.Line();
        writer.Line("## ATT&CK techniques");
        writer.Line();
        Row("technique", "name", "full", "degraded", "inert", "not DNS", "rejected");
        Row("---", "---", "---:", "---:", "---:", "---:", "---:");
        foreach (var technique in report.Techniques)
        {
            string[] counts = [.. CoverageName.All.Select(coverage => Count(technique.Entries, coverage))];
            Row([technique.Id, technique.Name ?? "", .. counts]);
        }
    }

    private void Row(params ReadOnlySpan<string> cells) => Markdown.Row(writer, cells);

    private static string Count(IReadOnlyList<CatalogEntry> entries, CatalogCoverage coverage) =>
        Number(entries.Count(entry => entry.Coverage == coverage));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
