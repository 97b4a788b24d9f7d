using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>What a loaded rule can do on the wire.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Coverage">Whether and how it runs.</param>
/// <param name="Reason">Why it does not run in full; null where it does.</param>
public sealed record RuleVerdict(SigmaRule Rule, RuleCoverage Coverage, string? Reason)
{
    /// <summary>Whether it could run, and is not wanted.</summary>
    public bool IsLeftOut { get; init; }

    /// <summary>Whether it is run.</summary>
    public bool Runs => Coverage is RuleCoverage.Full or RuleCoverage.Degraded && !IsLeftOut;
}
