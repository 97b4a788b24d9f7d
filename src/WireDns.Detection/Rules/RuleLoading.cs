using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>What rules are loaded with. Immutable.</summary>
public sealed record RuleLoading
{
    /// <summary>The values of placeholders. Default: none.</summary>
    public SigmaPlaceholders Placeholders { get; init; } = new();

    /// <summary>Whether rules that run with a caveat are left out. Default: false.</summary>
    public bool DropsDegraded { get; init; }

    /// <summary>The verdict on a rule, as it stands under these options.</summary>
    public RuleVerdict Judge(RuleVerdict verdict) => verdict with
    {
        IsLeftOut = DropsDegraded && verdict.Coverage == RuleCoverage.Degraded,
    };
}
