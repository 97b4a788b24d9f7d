namespace WireDns.Sigma.Rules;

/// <summary>True where its node is not.</summary>
public sealed class Not : RuleNode
{
    internal Not(SourcePosition position, RuleNode node)
        : base(position)
    {
        Node = node;
    }

    /// <summary>The negated node.</summary>
    public RuleNode Node { get; }
}
