using WireDns.Sigma.Correlation;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>What a loaded rule can do on the wire.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Coverage">Whether and how it runs.</param>
/// <param name="Reason">Why it does not run in full; null where it does.</param>
public sealed record RuleVerdict(SigmaRule Rule, RuleCoverage Coverage, string? Reason)
{
    /// <summary>Why it is not wanted, with the option that says so; null where it is.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Whether it is run.</summary>
    public bool Runs => Coverage is RuleCoverage.Full or RuleCoverage.Degraded && LeftOut is null;
}

/// <summary>What a loaded correlation can do on the wire.</summary>
/// <param name="Correlation">The correlation.</param>
/// <param name="Coverage">Whether and how it runs.</param>
/// <param name="Reason">Why it does not run in full; null where it does.</param>
public sealed record CorrelationVerdict(ResolvedCorrelation Correlation, RuleCoverage Coverage, string? Reason)
{
    /// <summary>Why it is not wanted, with the option that says so; null where it is.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Whether it is run.</summary>
    public bool Runs => Coverage is RuleCoverage.Full or RuleCoverage.Degraded && LeftOut is null;
}

/// <summary>How much of a rule the wire can serve.</summary>
public enum RuleCoverage
{
    /// <summary>Every field that it names is on the wire.</summary>
    Full,

    /// <summary>It can fire, but names a field that no wire carries: it may alert where the endpoint rule would not.</summary>
    Degraded,

    /// <summary>It cannot fire here: it requires a field that is never on the wire.</summary>
    Inert,

    /// <summary>Its log source is not about DNS.</summary>
    NotDns,
}
