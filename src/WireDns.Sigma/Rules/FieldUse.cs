namespace WireDns.Sigma.Rules;

/// <summary>A place where a rule's detection names a field.</summary>
/// <param name="Name">The field's name as written.</param>
/// <param name="Position">Where it stands.</param>
public readonly record struct FieldUse(string Name, SourcePosition Position);
