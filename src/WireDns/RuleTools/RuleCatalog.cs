using System.Text.RegularExpressions;
using WireDns.Detection;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>
/// All rules of some files and folders with what becomes of each on the wire: those that load, with their lints, and those that do not.
/// Immutable.
/// </summary>
internal sealed partial class RuleCatalog
{
    private RuleCatalog(IReadOnlyList<CatalogEntry> entries, IReadOnlyList<SigmaDiagnostic> diagnostics)
    {
        Entries = entries;
        Diagnostics = diagnostics;
    }

    /// <summary>The rules, by file in ordinal order and by line.</summary>
    public IReadOnlyList<CatalogEntry> Entries { get; }

    /// <summary>Everything that is wrong or odd, lints included, by file and place.</summary>
    public IReadOnlyList<SigmaDiagnostic> Diagnostics { get; }

    /// <summary>Number of errors among the diagnostics.</summary>
    public int Errors => Diagnostics.Count(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    /// <summary>Number of rules that end so.</summary>
    public int Count(CatalogCoverage coverage) => Entries.Count(entry => entry.Coverage == coverage);

    /// <summary>Loads files and folders.</summary>
    /// <param name="paths">Rule files, and folders of them.</param>
    /// <param name="loading">What the rules are given besides; nothing unless set.</param>
    /// <param name="disabledLints">Findings that are not reported.</param>
    public static RuleCatalog Load(IReadOnlyList<string> paths, RuleLoading? loading = null, IReadOnlySet<string>? disabledLints = null)
    {
        var rules = LoadedRules.Load(paths, loading);
        var texts = new Dictionary<string, RuleFileText>(StringComparer.Ordinal);
        var diagnostics = Sort(rules.Diagnostics.Concat(Lint(rules, disabledLints, Text)).DistinctBy(d => (d.File, d.Line, d.Column, d.Id, d.Message)));
        var byDocument = diagnostics.ToLookup(d => (d.File, Text(d.File).DocumentAt(d.Line)));
        var entries = new List<CatalogEntry>();
        var filesWithDiagnostics = texts.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var verdict in rules.Verdicts)
        {
            var file = verdict.Rule.File;
            entries.Add(Describe(verdict) with
            {
                Diagnostics = filesWithDiagnostics.Contains(file)
                    ? [.. byDocument[(file, Text(file).DocumentAt(verdict.Rule.Position.Line))]]
                    : [],
            });
        }

        foreach (var document in byDocument.Where(group => group.Any(IsError)))
        {
            entries.Add(DescribeRejected(document.Key.File, document.Key.Item2, Text(document.Key.File), [.. document]));
        }

        entries.Sort((left, right) =>
            string.CompareOrdinal(left.File, right.File) is var order && order != 0 ? order : left.Line.CompareTo(right.Line));
        return new RuleCatalog(entries, diagnostics);

        RuleFileText Text(string file) => texts.TryGetValue(file, out var text) ? text : texts[file] = new RuleFileText(file);
    }

    private static IEnumerable<SigmaDiagnostic> Lint(
        LoadedRules rules, IReadOnlySet<string>? disabledLints, Func<string, RuleFileText> text) => rules.Lint(disabledLints)
        .Select(finding => finding.SourceLine is null ? finding with { SourceLine = text(finding.File).Line(finding.Line) } : finding);

    private static SigmaDiagnostic[] Sort(IEnumerable<SigmaDiagnostic> diagnostics) =>
    [
        .. diagnostics.OrderBy(d => d.File, StringComparer.Ordinal).ThenBy(d => d.Line).ThenBy(d => d.Column),
    ];

    private static CatalogEntry Describe(RuleVerdict verdict) => new()
    {
        File = verdict.Rule.File,
        Line = verdict.Rule.Position.Line,
        Coverage = verdict.Coverage switch
        {
            RuleCoverage.Full => CatalogCoverage.Full,
            RuleCoverage.Degraded => CatalogCoverage.Degraded,
            RuleCoverage.Inert => CatalogCoverage.Inert,
            _ => CatalogCoverage.NotDns,
        },
        Reason = verdict.Reason,
        Rule = verdict.Rule,
        Title = verdict.Rule.Title,
        Id = verdict.Rule.Id,
        Level = verdict.Rule.Level,
        Status = verdict.Rule.Status,
        Tags = verdict.Rule.Tags,
    };

    private static CatalogEntry DescribeRejected(string file, int document, RuleFileText text, IReadOnlyList<SigmaDiagnostic> diagnostics)
    {
        var first = diagnostics.First(IsError);
        var others = diagnostics.Count(IsError) - 1;
        var entry = new CatalogEntry
        {
            File = file,
            Line = text.FirstLine(document),
            Coverage = CatalogCoverage.Rejected,
            Reason = first.Message + (first.Suggestion is null ? "" : $"; {first.Suggestion}")
                + (others == 0 ? "" : $" (and {others} more error{(others == 1 ? "" : "s")})"),
            Title = text.Find(document, "title"),
            Id = text.Find(document, "id"),
            Level = text.Find(document, "level"),
            Status = text.Find(document, "status"),
            Tags = text.FindList(document, "tags"),
            Diagnostics = diagnostics,
        };
        return diagnostics.Where(IsError).All(d => d.Id == "unresolved-placeholder")
            && ClassifyWithPlaceholders(file, entry, text) is { Runs: false } verdict
            ? entry with { Coverage = Describe(verdict).Coverage, Reason = $"{verdict.Reason}; and {first.Message}" }
            : entry;
    }

    // Whatever values a placeholder had, a rule that requires what no wire carries stays inert: that is the more useful thing to say.
    private static RuleVerdict? ClassifyWithPlaceholders(string file, CatalogEntry entry, RuleFileText text)
    {
        var placeholders = new SigmaPlaceholders();
        var content = File.ReadAllText(file);
        foreach (var name in Placeholder().Matches(content).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal))
        {
            placeholders.Add(name, ["value"]);
        }

        var parsed = new SigmaRuleParser(new SigmaParserOptions { Placeholders = placeholders }).Parse(file, content);
        var document = text.DocumentAt(entry.Line);
        return parsed.Rules.FirstOrDefault(rule => text.DocumentAt(rule.Position.Line) == document) is { } found ? LoadedRules.Classify(found) : null;
    }

    private static bool IsError(SigmaDiagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error;

    [GeneratedRegex("%([A-Za-z0-9_]+)%")]
    private static partial Regex Placeholder();
}
