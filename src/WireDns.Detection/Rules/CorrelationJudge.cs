using WireDns.Sigma.Correlation;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>
/// Decides what correlations can do on the wire: as much as the rules that they refer to, provided that the fields they group by and compute with are
/// on the wire.
/// </summary>
internal sealed class CorrelationJudge(
    IReadOnlyList<RuleVerdict> rules, IReadOnlyDictionary<(string File, SourcePosition Position), string> rejected)
{
    private readonly Dictionary<(string File, SourcePosition Position), RuleVerdict> _rules =
        rules.ToDictionary(verdict => (verdict.Rule.File, verdict.Rule.Position));

    private readonly Dictionary<ResolvedCorrelation, CorrelationVerdict> _verdicts = [];

    /// <summary>The verdicts on correlations, each of which comes after the ones that it refers to.</summary>
    public IReadOnlyList<CorrelationVerdict> Judge(IReadOnlyList<ResolvedCorrelation> correlations)
    {
        foreach (var correlation in correlations)
        {
            var verdict = Judge(correlation);
            _verdicts.Add(correlation, verdict with { LeftOut = rejected.GetValueOrDefault((correlation.Rule.File, correlation.Rule.Position)) ?? verdict.LeftOut });
        }

        return [.. correlations.Select(correlation => _verdicts[correlation])];
    }

    private CorrelationVerdict Judge(ResolvedCorrelation correlation)
    {
        var sources = correlation.Sources.Select(Of).ToList();
        var stopped = sources.Find(source => !source.Runs);
        var requiresAll = correlation.Rule.Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered
            && !correlation.Rule.Condition.IsTrueFor(sources.Count(source => source.Runs));
        if (stopped is not null && (requiresAll || !sources.Exists(source => source.Runs)))
        {
            // A rule that was left out could run: the user's selection stops the correlation, not the rule's coverage.
            var reason = $"'{stopped.Title}' does not run: {stopped.Reason}";
            return new CorrelationVerdict(correlation, stopped.Coverage, reason)
            {
                LeftOut = stopped.Coverage is RuleCoverage.Full or RuleCoverage.Degraded ? reason : null,
            };
        }

        var missing = correlation.BaseRules
            .SelectMany(rule => correlation.FieldsOf(rule).Where(field => !DnsFields.IsOnTheWire(field, rule.LogSource)))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (missing.Count > 0)
        {
            return new CorrelationVerdict(
                correlation, RuleCoverage.Inert, $"it groups by, or computes with, {AbsentFields.Explain(missing)}");
        }

        var caveat = stopped ?? sources.Find(source => source.Coverage == RuleCoverage.Degraded);
        return caveat is null
            ? new CorrelationVerdict(correlation, RuleCoverage.Full, null)
            : new CorrelationVerdict(
                correlation, RuleCoverage.Degraded, $"'{caveat.Title}' {(caveat.Runs ? "runs with a caveat" : "does not run")}: {caveat.Reason}");
    }

    private Source Of(CorrelationSource source)
    {
        if (source.Correlation is { } correlation)
        {
            var inner = _verdicts[correlation];
            return new Source(correlation.Rule.Title, inner.Coverage, inner.Runs, inner.LeftOut ?? inner.Reason);
        }

        var verdict = _rules[(source.Rule!.File, source.Rule.Position)];
        return new Source(verdict.Rule.Title, verdict.Coverage, verdict.Runs, verdict.LeftOut ?? verdict.Reason);
    }

    private sealed record Source(string Title, RuleCoverage Coverage, bool Runs, string? Reason);
}
