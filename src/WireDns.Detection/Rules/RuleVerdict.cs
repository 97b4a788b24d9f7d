using WireDns.Sigma.Correlation;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>What a loaded rule can do on the wire.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Coverage">Whether and how well it runs.</param>
/// <param name="Reason">Why it does not run fully; null if it does.</param>
public sealed record RuleVerdict(SigmaRule Rule, RuleCoverage Coverage, string? Reason)
{
    /// <summary>Why the rule is left out, with the option that caused it; null if it is wanted.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Whether the rule runs.</summary>
    public bool Runs => Coverage is RuleCoverage.Full or RuleCoverage.Degraded && LeftOut is null;
}

/// <summary>What a loaded correlation can do on the wire.</summary>
/// <param name="Correlation">The correlation.</param>
/// <param name="Coverage">Whether and how well it runs.</param>
/// <param name="Reason">Why it does not run fully; null if it does.</param>
public sealed record CorrelationVerdict(ResolvedCorrelation Correlation, RuleCoverage Coverage, string? Reason)
{
    /// <summary>Why the correlation is left out, with the option that caused it; null if it is wanted.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Whether the correlation runs.</summary>
    public bool Runs => Coverage is RuleCoverage.Full or RuleCoverage.Degraded && LeftOut is null;
}

/// <summary>How well a rule can run on network traffic.</summary>
public enum RuleCoverage
{
    /// <summary>Every field that the rule names is on the wire.</summary>
    Full,

    /// <summary>The rule can fire, but names a field that is never on the wire: it may alert where the endpoint rule would not.</summary>
    Degraded,

    /// <summary>The rule cannot fire: it requires a field that is never on the wire, or a value that a field never has.</summary>
    Inert,

    /// <summary>The rule's log source is not about DNS.</summary>
    NotDns,
}
