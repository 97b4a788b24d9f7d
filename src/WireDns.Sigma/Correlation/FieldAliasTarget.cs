using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>What an alias stands for in the events of one rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Field">The field's name there.</param>
public sealed record FieldAliasTarget(RuleReference Rule, string Field);
