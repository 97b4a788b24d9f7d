using WireDns.Alerts.Formats;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>Everything there is to know about a rule, for people.</summary>
/// <param name="writer">Where it goes.</param>
/// <param name="catalog">Where related rules are looked up; null if no rules were given.</param>
/// <param name="isVerbose">Whether lists are shown in full.</param>
internal sealed class RuleCard(ReportWriter writer, RuleCatalog? catalog, bool isVerbose)
{
    private const int Width = 100;
    private const int ShownValues = 40;

    private readonly AttackNames _names = AttackNames.Shipped;

    /// <summary>Writes the card of a rule or a correlation that loaded.</summary>
    public void Write(CatalogEntry entry)
    {
        var rule = entry.Document!;
        writer.Line(new Part((rule.Level ?? "no level").ToUpperInvariant(), LevelStyle.Of(rule.Level)), "  ", new Part(rule.Title, Style.Title));
        if (rule.Description is { } description)
        {
            writer.Line();
            Wrap(description);
        }

        writer.Line();
        Label("id", rule.Id);
        Label("status", rule.Status);
        Label("kind", Kind(rule.Tags));
        Label("author", rule.Author);
        Label("created", rule.Date);
        Label("modified", rule.Modified);
        Label("license", rule.License);
        Label("file", entry.File);
        Label("alerts", rule.IsSilent ? "none by itself: it serves correlations" : null);
        if (entry.Correlation is { } correlation)
        {
            WriteCoverage(entry);
            writer.Title("Correlation");
            new CorrelationText(writer).Write(correlation);
        }
        else
        {
            WriteLogSource(entry, entry.Rule!);
            writer.Title("Detection");
            new DetectionText(writer, isVerbose ? int.MaxValue : ShownValues).Write(entry.Rule!);
        }

        WriteFalsePositives(rule);
        WriteAttack(rule);
        WriteRelated(rule);
        WriteList("References", rule.References);
        WriteList("Fields to look at", rule.Fields);
        WriteDiagnostics(entry);
    }

    /// <summary>Writes what is known about a rule that did not load.</summary>
    public void WriteRejected(CatalogEntry entry)
    {
        writer.Line(new Part("NOT LOADED", Style.Fault), "  ", new Part(entry.Name, Style.Title));
        writer.Line();
        Label("id", entry.Id);
        Label("status", entry.Status);
        Label("file", entry.File);
        Label("coverage", $"{CoverageName.Words(entry.Coverage)}: {entry.Reason}");
        WriteDiagnostics(entry);
    }

    private void WriteLogSource(CatalogEntry entry, SigmaRule rule)
    {
        writer.Title("Log source");
        Label("product", rule.LogSource.Product);
        Label("category", rule.LogSource.Category);
        Label("service", rule.LogSource.Service);
        Label("needs", rule.LogSource.Definition?.ReplaceLineEndings(" "));
        writer.Label("read as", LogSources.Describe(rule.LogSource) ?? "nothing that is on the wire");
        WriteCoverage(entry);
        if (entry.Coverage is CatalogCoverage.Full or CatalogCoverage.Degraded)
        {
            var waits = rule.FieldNames.Where(DnsFields.NeedsResponse).ToList();
            writer.Label("asked", waits.Count == 0
                ? "of the query; of the response where the query was not seen"
                : $"of the response, for {string.Join(", ", waits)}; where none comes, of the query after ten seconds");
        }
    }

    private void WriteCoverage(CatalogEntry entry) => writer.Label(
        "coverage", new Part(CoverageName.Words(entry.Coverage), LevelStyle.Of(entry.Coverage)), entry.Reason is null ? "" : $": {entry.Reason}");

    private void WriteFalsePositives(SigmaDocument rule)
    {
        writer.Title("False positives");
        foreach (var text in rule.FalsePositives)
        {
            Wrap("– " + text);
        }

        if (rule.FalsePositives.Count == 0)
        {
            writer.Line("  the rule names none");
        }
    }

    private void WriteAttack(SigmaDocument rule)
    {
        if (rule.Tags.Count == 0)
        {
            return;
        }

        writer.Title("MITRE ATT&CK");
        foreach (var tactic in rule.AttackTactics.Distinct(StringComparer.Ordinal))
        {
            writer.Line("  ", _names.Tactic(tactic) is { } known ? known.Id.PadRight(11) + known.Name : tactic, new Part("  (tactic)", Style.Faint));
        }

        foreach (var technique in rule.AttackTechniques.Distinct(StringComparer.Ordinal))
        {
            writer.Line("  ", technique.PadRight(11), _names.Technique(technique) ?? "", new Part("  " + AttackNames.Page(technique), Style.Faint));
        }

        var techniques = rule.AttackTechniques.Select(id => "attack." + id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var others = rule.Tags.Where(tag => !techniques.Contains(tag) && !IsTactic(tag)).ToList();
        if (others.Count > 0)
        {
            writer.Label("other tags", string.Join(", ", others));
        }
    }

    private void WriteRelated(SigmaDocument rule)
    {
        if (rule.Related.Count == 0)
        {
            return;
        }

        writer.Title("Related rules");
        foreach (var related in rule.Related)
        {
            var found = catalog?.Entries.FirstOrDefault(other => related.Id.Equals(other.Id, StringComparison.OrdinalIgnoreCase));
            if (found is null)
            {
                writer.Line("  ", related.Type.PadRight(10), related.Id, new Part(catalog is null ? "" : "  not among the rules given", Style.Faint));
                continue;
            }

            writer.Line("  ", related.Type.PadRight(10), new Part(found.Name, Style.Value), "  ", new Part(found.Level ?? "", LevelStyle.Of(found.Level)));
            writer.Line(
                new string(' ', 12), new Part(CoverageName.Words(found.Coverage), LevelStyle.Of(found.Coverage)),
                new Part($"  {related.Id}  {found.File}", Style.Faint));
        }

        if (catalog is null)
        {
            writer.Line(new Part("  (-r RULES says what they are, and whether they run)", Style.Faint));
        }
    }

    private void WriteDiagnostics(CatalogEntry entry)
    {
        if (entry.Diagnostics.Count == 0)
        {
            return;
        }

        writer.Title("Diagnostics");
        foreach (var group in entry.Diagnostics.GroupBy(diagnostic => diagnostic.Id, StringComparer.Ordinal))
        {
            var shown = isVerbose || entry.Document is null ? group : group.Take(1);
            foreach (var diagnostic in shown)
            {
                writer.Line("  ", (diagnostic with { File = "line" }).ToString()["line:".Length..]);
            }

            if (shown.Count() < group.Count())
            {
                writer.Line(new Part($"  and {group.Count() - 1} more of {group.Key} (-v shows all)", Style.Faint));
            }
        }
    }

    private void WriteList(string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        writer.Title(title);
        foreach (var line in lines)
        {
            writer.Line("  ", line.ReplaceLineEndings(" "));
        }
    }

    private void Label(string label, string? value)
    {
        if (value is not null)
        {
            writer.Label(label, value);
        }
    }

    private void Wrap(string text)
    {
        foreach (var line in text.TrimEnd().ReplaceLineEndings("\n").Split('\n').SelectMany(paragraph => WrappedText.Lines(paragraph, Width - 2)))
        {
            writer.Line("  ", line);
        }
    }

    // The specification's appendix on tags, namespace detection.
    private static string? Kind(IReadOnlyList<string> tags) =>
        tags.Contains("detection.emerging-threats", StringComparer.OrdinalIgnoreCase)
            ? "emerging threat: written for one campaign or flaw; an alert deserves a look first, and the rule ages"
            : tags.Contains("detection.threat-hunting", StringComparer.OrdinalIgnoreCase)
                ? "threat hunting: a starting point for an analyst, and often harmless"
                : tags.Contains("detection.dfir", StringComparer.OrdinalIgnoreCase) ? "forensics: for the work after an incident" : null;

    private static bool IsTactic(string tag) => AttackTags.FindTactics([tag]).Count > 0;
}
