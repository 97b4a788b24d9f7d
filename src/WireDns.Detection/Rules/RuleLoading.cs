using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>What rules are loaded with. Immutable.</summary>
public sealed record RuleLoading
{
    /// <summary>The values of placeholders. Default: none.</summary>
    public SigmaPlaceholders Placeholders { get; init; } = new();

    /// <summary>Whether rules that run with a caveat are left out. Default: false.</summary>
    public bool DropsDegraded { get; init; }

    /// <summary>Which rules are wanted. Default: every one.</summary>
    public RuleSelection Selection { get; init; } = RuleSelection.Everything;

    /// <summary>The verdict on a rule, as it stands under these options.</summary>
    /// <param name="verdict">What the wire can do for the rule.</param>
    /// <param name="rejected">The rules that the selection leaves out, with the reason.</param>
    public RuleVerdict Judge(RuleVerdict verdict, IReadOnlyDictionary<(string File, SourcePosition Position), string> rejected) => verdict with
    {
        LeftOut = rejected.TryGetValue((verdict.Rule.File, verdict.Rule.Position), out var reason) ? reason
            : DropsDegraded && verdict.Coverage == RuleCoverage.Degraded ? $"{verdict.Reason} (--no-degraded)" : null,
    };
}
