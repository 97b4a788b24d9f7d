using WireDns.Alerts;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>A rule or correlation that runs, and what its alerts say of it.</summary>
public sealed class CompiledRule(int index, int number, SigmaDocument rule, string? caveat)
{
    /// <summary>The rule's place among all that run, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>
    /// What counters and lookups know the rule by, from 0: it keeps this number while rules are loaded again
    /// (<see cref="LoadedRules.Load(IReadOnlyList{string}, RuleLoading?, LoadedRules?)"/>), and no other rule has it.
    /// </summary>
    public int Number { get; } = number;

    /// <summary>Whether it only serves correlations, and raises no alert by itself.</summary>
    public bool IsSilent { get; } = rule.IsSilent;

    /// <summary>What alerts say of the rule; shared by them.</summary>
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
