using WireDns.Sigma.Correlation;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>What a loaded correlation can do on the wire.</summary>
/// <param name="Correlation">The correlation.</param>
/// <param name="Coverage">Whether and how it runs.</param>
/// <param name="Reason">Why it does not run in full; null where it does.</param>
public sealed record CorrelationVerdict(ResolvedCorrelation Correlation, RuleCoverage Coverage, string? Reason)
{
    /// <summary>Whether it is run.</summary>
    public bool Runs => Coverage is RuleCoverage.Full or RuleCoverage.Degraded;
}
