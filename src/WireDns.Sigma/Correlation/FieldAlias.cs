namespace WireDns.Sigma.Correlation;

/// <summary>A name for fields that are called otherwise in the events of each rule (specification: Field Name Aliases).</summary>
/// <param name="Name">The alias.</param>
/// <param name="Targets">What it stands for, rule by rule.</param>
public sealed record FieldAlias(string Name, IReadOnlyList<FieldAliasTarget> Targets);
