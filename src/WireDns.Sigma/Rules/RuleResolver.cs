
namespace WireDns.Sigma.Rules;

/// <summary>
/// Resolves references between documents once all are loaded: applies filters, finds what correlations refer to, and marks rules that only
/// serve a correlation as silent.
/// </summary>
public static class RuleResolver
{
    /// <summary>Resolves the content of all files together.</summary>
    public static ResolvedRules Resolve(IEnumerable<SigmaParseResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        SigmaParseResult[] all = [.. results];
        return Resolve(
            [.. all.SelectMany(result => result.Rules)],
            [.. all.SelectMany(result => result.Correlations)],
            [.. all.SelectMany(result => result.Filters)],
            [.. all.SelectMany(result => result.RejectedReferences)]);
    }

    /// <summary>Resolves documents.</summary>
    /// <param name="rules">Rules.</param>
    /// <param name="correlations">Correlations.</param>
    /// <param name="filters">Filters.</param>
    /// <param name="rejected">What rejected correlations refer to: such rules are silent all the same.</param>
    internal static ResolvedRules Resolve(
        IReadOnlyList<SigmaRule> rules, IReadOnlyList<CorrelationRule> correlations, IReadOnlyList<FilterRule> filters, IReadOnlyList<RuleReference> rejected)
    {
        var diagnostics = new List<SigmaDiagnostic>();
        var index = new DocumentIndex([.. rules, .. correlations]);
        var silent = rejected.Concat(correlations.Where(correlation => !correlation.Generate).SelectMany(correlation => correlation.Rules))
            .SelectMany(index.Find)
            .Select(document => document.Place)
            .ToHashSet();
        var applied = new HashSet<FilterRule>(ReferenceEqualityComparer.Instance);
        var filtersOf = new FilterTargets(filters, index, diagnostics).Find(rules, applied);
        SigmaRule[] filtered = [.. rules.Select((rule, i) => Conjoin(rule, filtersOf[i]) with { IsSilent = silent.Contains(rule.Place) })];
        var resolved = new CorrelationResolver(
            [.. filtered, .. correlations.Select(correlation => correlation with { IsSilent = silent.Contains(correlation.Place) })], diagnostics).Resolve();
        return new ResolvedRules(filtered, resolved, [.. filters.Where(applied.Contains)], diagnostics);
    }

    private static SigmaRule Conjoin(SigmaRule rule, List<FilterRule>? filters)
    {
        if (filters is null)
        {
            return rule;
        }

        var detection = rule.Detection;
        var root = new AllOf(detection.Root.Position, [detection.Root, .. filters.Select(filter => filter.Detection.Root)]);
        return rule with
        {
            // The selections stay the rule's own, whose places in the file are known.
            Detection = new Detection(detection.Selections, detection.Conditions, root),
            FieldUses = [.. rule.FieldUses, .. filters.SelectMany(filter => FieldUseFinder.Find(filter.Detection))],
            Filters = filters,
        };
    }
}

/// <summary>Rules with their filters applied, and correlations with what they refer to.</summary>
/// <param name="Rules">The rules, in the order in which they were given.</param>
/// <param name="Correlations">The correlations, each after those that it refers to, otherwise in the given order.</param>
/// <param name="Filters">The filters that apply to a rule.</param>
/// <param name="Diagnostics">Errors and warnings between the documents.</param>
public sealed record ResolvedRules(
    IReadOnlyList<SigmaRule> Rules,
    IReadOnlyList<ResolvedCorrelation> Correlations,
    IReadOnlyList<FilterRule> Filters,
    IReadOnlyList<SigmaDiagnostic> Diagnostics);
