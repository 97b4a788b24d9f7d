namespace WireDns.Sigma.Rules;

/// <summary>
/// Finds the rules that filters apply to. A filter for a rule that is not loaded, or whose log source does not fit, is only a warning: one
/// file of filters serves many selections of rules.
/// </summary>
internal sealed class FilterTargets(IReadOnlyList<FilterRule> filters, DocumentIndex index, List<SigmaDiagnostic> diagnostics)
{
    /// <summary>The filters of each rule, in the order in which they were loaded; null for none.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="applied">Receives the filters that apply to at least one rule.</param>
    public List<FilterRule>?[] Find(IReadOnlyList<SigmaRule> rules, HashSet<FilterRule> applied)
    {
        var found = new List<FilterRule>?[rules.Count];
        var places = new Dictionary<(string, SourcePosition), int>();
        for (var i = 0; i < rules.Count; i++)
        {
            places[rules[i].Place] = i;
        }

        foreach (var filter in filters)
        {
            var targets = filter.AppliesToAny
                ? Enumerable.Range(0, rules.Count).Where(i => filter.Fits(rules[i].LogSource))
                : filter.Rules.Select(reference => Find(filter, reference, places)).Where(i => i >= 0).Distinct();
            foreach (var i in targets)
            {
                (found[i] ??= []).Add(filter);
                applied.Add(filter);
            }
        }

        return found;
    }

    private int Find(FilterRule filter, RuleReference reference, Dictionary<(string File, SourcePosition Position), int> places)
    {
        if (index.Check(reference, DiagnosticSeverity.Warning) is { } problem)
        {
            diagnostics.Add(problem with { Id = problem.Id == "unknown-rule" ? "filter-without-rule" : problem.Id });
            return -1;
        }

        if (index.Find(reference)[0] is not SigmaRule rule)
        {
            Warn("filter-without-rule", $"expected a rule, found the correlation '{YamlScalar.Shorten(reference.Text)}'", "filter the rules that it refers to");
            return -1;
        }

        if (!filter.Fits(rule.LogSource))
        {
            Warn(
                "filter-logsource",
                $"the log source of '{YamlScalar.Shorten(rule.Title)}' ({rule.LogSource}) is not one that the filter is for ({filter.LogSource}): the filter is not applied",
                "leave out the parts of the filter's log source that the rule does not have");
            return -1;
        }

        return places[rule.Place];

        void Warn(string id, string message, string suggestion) =>
            diagnostics.Add(DocumentIndex.Diagnose(reference, DiagnosticSeverity.Warning, id, message, suggestion));
    }
}
