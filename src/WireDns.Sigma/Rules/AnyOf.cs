namespace WireDns.Sigma.Rules;

/// <summary>True where one of its nodes is: <c>or</c>, <c>1 of</c>, the maps of a list, the conditions of a list.</summary>
public sealed class AnyOf : RuleNode
{
    internal AnyOf(SourcePosition position, IReadOnlyList<RuleNode> nodes)
        : base(position)
    {
        Nodes = nodes;
    }

    /// <summary>The nodes; at least one.</summary>
    public IReadOnlyList<RuleNode> Nodes { get; }
}
