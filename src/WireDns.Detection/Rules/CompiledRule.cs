using WireDns.Alerts;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>A rule or correlation that runs, with what its alerts say about it. Immutable.</summary>
public sealed class CompiledRule(int index, int number, SigmaDocument rule, string? caveat)
{
    /// <summary>The rule's index among all rules that run, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>
    /// The number that counters and lookups know the rule by, 0 to 262,143. The rule keeps it when rules are reloaded
    /// (<see cref="LoadedRules.Load(IReadOnlyList{string}, RuleLoading?, LoadedRules?)"/>), and no other rule has it.
    /// </summary>
    public int Number { get; } = number;

    /// <summary>Whether the rule takes values from lists of indicators, which may have expired.</summary>
    internal bool UsesIndicators { get; init; }

    /// <summary>Whether the rule only feeds correlations and raises no alerts itself.</summary>
    public bool IsSilent { get; } = rule.IsSilent;

    /// <summary>What alerts say about the rule; one object that all its alerts share.</summary>
    public AlertRule Alert { get; } = new()
    {
        Id = rule.Id,
        Title = rule.Title,
        Description = rule.Description,
        Level = rule.Level?.ToLowerInvariant() switch
        {
            "informational" => AlertLevel.Informational,
            "low" => AlertLevel.Low,
            "high" => AlertLevel.High,
            "critical" => AlertLevel.Critical,
            _ => AlertLevel.Medium,
        },
        Status = rule.Status,
        Author = rule.Author,
        License = rule.License,
        Modified = rule.Modified ?? rule.Date,
        File = rule.File,
        Tags = rule.Tags,
        AttackTactics = rule.AttackTactics,
        AttackTechniques = rule.AttackTechniques,
        References = rule.References,
        FalsePositives = rule.FalsePositives,
        Caveat = caveat,
    };
}
