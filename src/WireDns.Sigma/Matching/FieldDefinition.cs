namespace WireDns.Sigma.Matching;

/// <summary>What a schema knows about a field.</summary>
/// <param name="Id">What <see cref="ISigmaEvent"/> is asked for; several names may have the same.</param>
/// <param name="Kind">What its values are.</param>
public readonly record struct FieldDefinition(int Id, FieldKind Kind);
