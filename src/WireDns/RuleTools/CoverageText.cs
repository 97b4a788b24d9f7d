using System.Globalization;
using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>The coverage of rules as text for a terminal.</summary>
internal sealed class CoverageText(ReportWriter writer)
{
    /// <summary>Writes the report.</summary>
    public void Write(CoverageReport report)
    {
        writer.Line(new Part("Rules".PadRight(14) + "live".PadLeft(8) + "set aside".PadLeft(12), Style.Title));
        foreach (var coverage in CoverageName.All)
        {
            writer.Line(
                new Part(CoverageName.Words(coverage).PadRight(14), LevelStyle.Of(coverage)),
                Number(Count(report.Live, coverage), 8), Number(Count(report.SetAside, coverage), 12));
        }

        writer.Line("total".PadRight(14) + Number(report.Live.Count, 8) + Number(report.SetAside.Count, 12));
        writer.Line(new Part("set aside: status unsupported or deprecated", Style.Faint));
        foreach (var coverage in CoverageName.All.Where(coverage => coverage != CatalogCoverage.Full))
        {
            WriteReasons(report, coverage);
        }

        WriteLints(report);
        WriteTechniques(report);
    }

    private void WriteReasons(CoverageReport report, CatalogCoverage coverage)
    {
        var entries = report.Entries.Where(entry => entry.Coverage == coverage).ToList();
        if (entries.Count == 0)
        {
            return;
        }

        var words = CoverageName.Words(coverage);
        writer.Title($"{char.ToUpperInvariant(words[0])}{words[1..]}");
        foreach (var entry in entries)
        {
            writer.Line("  ", entry.Name, new Part(entry.IsSetAside ? $"  ({entry.Status})" : "", Style.Faint));
            writer.Line("    ", entry.Reason ?? "");
            writer.Line("    ", new Part($"{entry.File}:{entry.Line}", Style.Faint));
        }
    }

    // For a rule that loads, only what makes it differ from its author's intent, above all that it never fires. The check shows the rest.
    private void WriteLints(CoverageReport report)
    {
        var counts = report.Entries
            .Where(entry => entry.Document is not null)
            .SelectMany(entry => entry.Diagnostics.Select(diagnostic => (diagnostic.Id, Entry: entry)))
            .GroupBy(pair => pair.Id, pair => pair.Entry)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        if (counts.Count == 0)
        {
            return;
        }

        writer.Title("Warnings about rules that load (rules check shows their places)");
        foreach (var group in counts)
        {
            var entries = group.Distinct().ToList();
            writer.Line("  ", group.Key.PadRight(28), Number(group.Count(), 5),
                new Part(entries.Count <= 3 ? "  in " + string.Join(", ", entries.Select(entry => entry.Name)) : Words($"  in {entries.Count} rules"), Style.Faint));
        }
    }

    private void WriteTechniques(CoverageReport report)
    {
        if (report.Techniques.Count == 0)
        {
            return;
        }

        writer.Title("ATT&CK techniques");
        writer.Line(new Part("  id".PadRight(13) + "full".PadLeft(6) + "degraded".PadLeft(10) + "inert".PadLeft(7) + "not DNS".PadLeft(9)
            + "rejected".PadLeft(10) + "  name", Style.Faint));
        foreach (var technique in report.Techniques)
        {
            var doesRun = technique.Count(CatalogCoverage.Full) + technique.Count(CatalogCoverage.Degraded) > 0;
            writer.Line(
                "  ", new Part(technique.Id.PadRight(11), doesRun ? Style.Value : Style.Plain), Number(technique.Count(CatalogCoverage.Full), 6),
                Number(technique.Count(CatalogCoverage.Degraded), 10), Number(technique.Count(CatalogCoverage.Inert), 7),
                Number(technique.Count(CatalogCoverage.NotDns), 9), Number(technique.Count(CatalogCoverage.Rejected), 10),
                "  ", technique.Name ?? "");
        }
    }

    private static int Count(IReadOnlyList<CatalogEntry> entries, CatalogCoverage coverage) => entries.Count(entry => entry.Coverage == coverage);

    private static string Number(int number, int width) => Words($"{number:N0}").PadLeft(width);

    private static string Words(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
