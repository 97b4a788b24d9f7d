namespace WireDns.Sigma.Rules;

/// <summary>
/// A node of a rule's detection: conditions over selections, and selections over fields, as one tree. Its depth is bounded by the parser,
/// so that walking it recursively is safe. Immutable.
/// </summary>
public abstract class RuleNode(SourcePosition position)
{
    /// <summary>Where it begins in the rule file.</summary>
    public SourcePosition Position { get; } = position;
}

/// <summary>True if all of its nodes are: <c>and</c>, <c>all of</c>, the fields of a map.</summary>
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

/// <summary>True if one of its nodes is: <c>or</c>, <c>1 of</c>, the maps of a list, the conditions of a list.</summary>
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

/// <summary>True if its node is not.</summary>
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

/// <summary>A place in a condition where a selection is named, by itself or through a pattern.</summary>
public sealed class SelectionUse : RuleNode
{
    internal SelectionUse(SourcePosition position, Selection selection)
        : base(position)
    {
        Selection = selection;
    }

    /// <summary>The selection.</summary>
    public Selection Selection { get; }
}
