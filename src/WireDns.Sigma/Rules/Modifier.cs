namespace WireDns.Sigma.Rules;

/// <summary>One modifier of a <see cref="FieldMatch"/>.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Name">Its name as written.</param>
/// <param name="Position">Where it stands in the file.</param>
public readonly record struct Modifier(ModifierKind Kind, string Name, SourcePosition Position)
{
    /// <summary>The name as written.</summary>
    public override string ToString() => Name;
}
