using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>One of the rules that a correlation refers to, looked up. Immutable.</summary>
public sealed class CorrelationSource
{
    internal CorrelationSource(RuleReference reference, SigmaRule? rule, ResolvedCorrelation? correlation)
    {
        Reference = reference;
        Rule = rule;
        Correlation = correlation;
    }

    /// <summary>Where the correlation refers to it.</summary>
    public RuleReference Reference { get; }

    /// <summary>The rule; null where it is a correlation.</summary>
    public SigmaRule? Rule { get; }

    /// <summary>The correlation; null where it is a rule.</summary>
    public ResolvedCorrelation? Correlation { get; }

    /// <summary>The rule's or correlation's own document.</summary>
    public SigmaDocument Document => (SigmaDocument?)Rule ?? Correlation!.Rule;
}
