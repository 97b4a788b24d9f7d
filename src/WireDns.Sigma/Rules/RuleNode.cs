namespace WireDns.Sigma.Rules;

/// <summary>
/// A node of what a rule looks for: conditions over selections, and selections over fields, as one tree. Its depth is bounded by the
/// parser, so that walking it recursively is safe. Immutable.
/// </summary>
public abstract class RuleNode(SourcePosition position)
{
    /// <summary>Where it begins in the rule file.</summary>
    public SourcePosition Position { get; } = position;
}
