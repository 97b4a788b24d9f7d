using System.Text.RegularExpressions;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>
/// All rules of some files and folders, and how much of each runs on the wire: those that load, with their lints, and those that do not. Immutable.
/// </summary>
internal sealed partial class RuleCatalog
{
    private RuleCatalog(IReadOnlyList<CatalogEntry> entries, IReadOnlyList<SigmaDiagnostic> diagnostics, int filterCount, bool isNarrowed)
    {
        IsNarrowed = isNarrowed;
        Entries = entries;
        Diagnostics = diagnostics;
        FilterCount = filterCount;
    }

    /// <summary>The rules and correlations, by file in ordinal order and by line.</summary>
    public IReadOnlyList<CatalogEntry> Entries { get; }

    /// <summary>Whether there are rules that the selection leaves out.</summary>
    public bool IsNarrowed { get; }

    /// <summary>Everything that is wrong or odd, lints included, by file and place.</summary>
    public IReadOnlyList<SigmaDiagnostic> Diagnostics { get; }

    /// <summary>How many filters were applied to a rule.</summary>
    public int FilterCount { get; }

    /// <summary>Number of errors among the diagnostics.</summary>
    public int Errors => Diagnostics.Count(IsError);

    /// <summary>Loads files and folders.</summary>
    /// <param name="paths">The files and folders.</param>
    /// <param name="loading">What they are loaded with; rules that its selection leaves out are not in the catalog.</param>
    /// <param name="disabledLints">Ids of lints that are not reported; none unless given.</param>
    public static RuleCatalog Load(IReadOnlyList<string> paths, RuleLoading? loading = null, IReadOnlySet<string>? disabledLints = null)
    {
        loading ??= new RuleLoading();
        return Of(LoadedRules.Load(paths, loading), loading, disabledLints);
    }

    /// <summary>The catalog of rules that are loaded already.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="loading">What they were loaded with.</param>
    /// <param name="disabledLints">Ids of lints that are not reported; none unless given.</param>
    public static RuleCatalog Of(LoadedRules rules, RuleLoading loading, IReadOnlySet<string>? disabledLints = null)
    {
        var texts = new Dictionary<string, RuleFileText>(StringComparer.Ordinal);
        var lints = rules.Lint(disabledLints)
            .Select(finding => finding.SourceLine is null ? finding with { SourceLine = Text(finding.File).Line(finding.Line) } : finding);
        var diagnostics = Sort(rules.Diagnostics.Concat(lints).DistinctBy(d => (d.File, d.Line, d.Column, d.Id, d.Message)));
        var byDocument = diagnostics.ToLookup(d => (d.File, Text(d.File).DocumentAt(d.Line)));
        var filesWithDiagnostics = texts.Keys.ToHashSet(StringComparer.Ordinal);
        var aside = rules.Aside.Select(document => (document.File, document.Position.Line)).ToHashSet();
        List<CatalogEntry> entries =
        [
            .. rules.Verdicts.Select(Describe).Concat(rules.CorrelationVerdicts.Select(Describe)).Where(entry => !aside.Contains((entry.File, entry.Line))).Select(entry => entry with
            {
                Diagnostics = filesWithDiagnostics.Contains(entry.File) ? [.. byDocument[(entry.File, Text(entry.File).DocumentAt(entry.Line))]] : [],
            }),
        ];
        foreach (var document in byDocument.Where(group => group.Any(IsError)))
        {
            entries.Add(DescribeRejected(document.Key.File, document.Key.Item2, Text(document.Key.File), [.. document], loading));
        }

        // What is odd about a document that is not wanted is not asked for.
        if (aside.Count > 0)
        {
            var places = aside.Select(place => (place.File, Text(place.File).DocumentAt(place.Line))).ToHashSet();
            diagnostics = [.. diagnostics.Where(d => !places.Contains((d.File, Text(d.File).DocumentAt(d.Line))))];
        }

        entries.Sort((left, right) =>
            string.CompareOrdinal(left.File, right.File) is var order && order != 0 ? order : left.Line.CompareTo(right.Line));
        return new RuleCatalog(entries, diagnostics, rules.Filters.Count, isNarrowed: aside.Count > 0);

        RuleFileText Text(string file) => texts.TryGetValue(file, out var text) ? text : texts[file] = new RuleFileText(file);
    }

    private static SigmaDiagnostic[] Sort(IEnumerable<SigmaDiagnostic> diagnostics) =>
    [
        .. diagnostics.OrderBy(d => d.File, StringComparer.Ordinal).ThenBy(d => d.Line).ThenBy(d => d.Column),
    ];

    private static CatalogEntry Describe(RuleVerdict verdict) => Describe(verdict.Rule, verdict.Coverage, verdict.Reason) with { Rule = verdict.Rule };

    private static CatalogEntry Describe(CorrelationVerdict verdict) =>
        Describe(verdict.Correlation.Rule, verdict.Coverage, verdict.Reason) with { Correlation = verdict.Correlation };

    private static CatalogEntry Describe(SigmaDocument document, RuleCoverage coverage, string? reason) => new()
    {
        File = document.File,
        Line = document.Position.Line,
        Coverage = coverage switch
        {
            RuleCoverage.Full => CatalogCoverage.Full,
            RuleCoverage.Degraded => CatalogCoverage.Degraded,
            RuleCoverage.Inert => CatalogCoverage.Inert,
            _ => CatalogCoverage.NotDns,
        },
        Reason = reason,
        Title = document.Title,
        Id = document.Id,
        Level = document.Level,
        Status = document.Status,
        Tags = document.Tags,
    };

    private static CatalogEntry DescribeRejected(string file, int document, RuleFileText text, IReadOnlyList<SigmaDiagnostic> diagnostics, RuleLoading loading)
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
            && ClassifyWithPlaceholders(file, entry, text, loading.Mapping) is { Runs: false } verdict
            ? entry with { Coverage = Describe(verdict).Coverage, Reason = $"{verdict.Reason}; and {first.Message}" }
            : entry;
    }

    // Whatever values a placeholder had, a rule that requires what no wire carries stays inert: that is the more useful thing to say.
    private static RuleVerdict? ClassifyWithPlaceholders(string file, CatalogEntry entry, RuleFileText text, RuleMapping mapping)
    {
        var placeholders = new SigmaPlaceholders();
        var content = File.ReadAllText(file);
        foreach (var name in Placeholder().Matches(content).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal))
        {
            placeholders.Add(name, ["value"]);
        }

        var parsed = new SigmaRuleParser(new SigmaParserOptions { Placeholders = placeholders }).Parse(file, content);
        var document = text.DocumentAt(entry.Line);
        return parsed.Rules.FirstOrDefault(rule => text.DocumentAt(rule.Position.Line) == document) is { } found ? LoadedRules.Classify(mapping.Apply(found)) : null;
    }

    private static bool IsError(SigmaDiagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error;

    [GeneratedRegex("%([A-Za-z0-9_]+)%")]
    private static partial Regex Placeholder();
}
