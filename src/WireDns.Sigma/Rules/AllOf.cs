namespace WireDns.Sigma.Rules;

/// <summary>True where all of its nodes are: <c>and</c>, <c>all of</c>, the fields of a map.</summary>
public sealed class AllOf : RuleNode
{
    internal AllOf(SourcePosition position, IReadOnlyList<RuleNode> nodes)
        : base(position)
    {
        Nodes = nodes;
    }

    /// <summary>The nodes; at least one.</summary>
    public IReadOnlyList<RuleNode> Nodes { get; }
}
