using System.Globalization;
using WireDns.Alerts;
using WireDns.Detection.Health;
using WireDns.RuleTools;
using WireDns.Statistics;
using WireDns.Terminal;

namespace WireDns.Reporting;

/// <summary>A report as Markdown, for a ticket or a wiki: the findings and the tables, without packets.</summary>
internal sealed class ReportMarkdown(ReportWriter writer, ReportContent content)
{
    // More rows than this nobody reads in a ticket; the page and JSON have all.
    private const int MaximumRows = 200;

    /// <summary>Writes the report.</summary>
    public void Write()
    {
        writer.Line($"# {Markdown.Escape(content.Title)}");
        writer.Line();
        WriteTotals();
        WriteAlerts();
        WriteTechniques();
        WriteTables(content.AlertTables());
        WriteTables(content.LookupTables());
        WriteFiles();
        WriteHealth();
    }

    private void WriteTotals()
    {
        var (files, alerts, counters) = (content.Files, content.Alerts, content.Counters);
        if (content.IsPartial)
        {
            writer.Line("**Interrupted: only a part of the input was read.**");
            writer.Line();
        }

        Row("what", "value");
        Row("---", "---:");
        Row("files", Number(files.Count) + (files.Failed == 0 ? "" : $" ({Number(files.Failed)} not to their end)"));
        Row("from", ReportText.Time(files.Span?.First) ?? "-");
        Row("until", ReportText.Time(files.Span?.Last) ?? "-");
        Row("packets", Number(counters.Packets));
        Row("DNS messages", Number(counters.Messages));
        Row("lookups", Number(content.Lookups.Lookups));
        Row("alerts", Number(alerts.Alerts));
        foreach (var level in Enum.GetValues<AlertLevel>().Reverse().Where(level => alerts.ByLevel[(int)level] > 0))
        {
            Row(level.Name(), Number(alerts.ByLevel[(int)level]));
        }

        Row("rules that raised alerts", $"{Number(alerts.ByRule.Count)} of {Number(content.Catalog.Entries.Count(entry => entry.Runs))} that run");
        Row("made by", $"WireDns {ProductVersion.Text}, {content.Created.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC");
        Row("command line", string.Join(' ', content.CommandLine));
        writer.Line();
    }

    private void WriteAlerts()
    {
        Heading("Alerts");
        var groups = content.Alerts.Sorted();
        if (groups.Count == 0)
        {
            writer.Line("No rule matched.");
            writer.Line();
            return;
        }

        Row("level", "rule", "client", "domain", "alerts", "first", "last", "first name", "packet");
        Row("---", "---", "---", "---", "---:", "---", "---", "---", "---");
        foreach (var group in groups.Take(MaximumRows))
        {
            Row(
                group.Rule.Level.Name(), group.Rule.Title, group.Client, group.Domain, Number(group.Count), ReportText.Time(group.First) ?? "-",
                ReportText.Time(group.Last) ?? "-", group.Names.FirstOrDefault() ?? "-", group.FirstPlace ?? "-");
        }

        writer.Line();
        More(groups.Count - MaximumRows, "groups of alerts");
        More(content.Alerts.NotGrouped, "alerts that there was no room for");
    }

    private void WriteTechniques()
    {
        var techniques = content.Techniques();
        if (techniques.Count == 0)
        {
            return;
        }

        Heading("ATT&CK techniques");
        Row("technique", "name", "alerts", "rules that run");
        Row("---", "---", "---:", "---:");
        foreach (var technique in techniques.Take(MaximumRows))
        {
            Row(technique.Id, technique.Name ?? "", Number(technique.Alerts), Number(technique.RunningRules));
        }

        writer.Line();
    }

    private void WriteTables(IEnumerable<StatisticsTable> tables)
    {
        foreach (var table in tables.Where(table => table.Rows.Count > 0))
        {
            Heading(char.ToUpperInvariant(table.Title[0]) + table.Title[1..]);
            Row([.. table.Columns]);
            Row([.. table.Rows[0].Select(cell => cell.IsNumber ? "---:" : "---")]);
            foreach (var row in table.Rows)
            {
                Row([.. row.Select(cell => cell.Text)]);
            }

            writer.Line();
        }
    }

    private void WriteFiles()
    {
        Heading("What was read");
        Row("file", "SHA-256", "format", "first", "last", "packets", "DNS messages", "alerts", "loss", "failure");
        Row("---", "---", "---", "---", "---", "---:", "---:", "---:", "---", "---");
        foreach (var file in content.Files.Listed)
        {
            Row(
                file.Path, file.Digest?.Sha256 ?? "-", file.File?.Format ?? "-", ReportText.Time(file.File?.Span?.First) ?? "-",
                ReportText.Time(file.File?.Span?.Last) ?? "-", Number(file.Packets), Number(file.Messages), Number(file.AlertsByLevel.Sum()),
                SummaryTables.Loss(file) ?? "-", file.Failure ?? "-");
        }

        writer.Line();
        More(content.Files.Count - content.Files.Listed.Count, "files");
    }

    private void WriteHealth()
    {
        Heading("Health of the mirror");
        var findings = MirrorHealth.Of(content.Counters).Findings;
        foreach (var finding in findings)
        {
            writer.Line($"- {Markdown.Escape(finding.Advice)}");
        }

        if (findings.Count == 0)
        {
            writer.Line("No fault found.");
        }

        writer.Line();
        Heading("Coverage of the rules");
        Row("coverage", "rules");
        Row("---", "---:");
        foreach (var coverage in CoverageName.All)
        {
            Row(CoverageName.Words(coverage), Number(content.Catalog.Entries.Count(entry => entry.Coverage == coverage)));
        }
    }

    private void Heading(string title)
    {
        writer.Line($"## {Markdown.Escape(title)}");
        writer.Line();
    }

    private void More(long count, string what)
    {
        if (count > 0)
        {
            writer.Line($"{Number(count)} more {what} are not listed.");
            writer.Line();
        }
    }

    private void Row(params ReadOnlySpan<string> cells) => Markdown.Row(writer, cells);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
