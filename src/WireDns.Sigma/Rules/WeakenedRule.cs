namespace WireDns.Sigma.Rules;

/// <summary>What a rule says when only some of its leaves can be told: conditions that are true at least, or at most, where the rule is.</summary>
internal static class WeakenedRule
{
    /// <summary>A condition that is true wherever the node is, whatever the leaves that are left out say; null if it would be true of everything.</summary>
    /// <param name="node">The node. The parser bounds its depth.</param>
    /// <param name="keeps">Whether a leaf is kept.</param>
    public static RuleNode? WhereItMayBeTrue(RuleNode node, Func<FieldMatch, bool> keeps) => node switch
    {
        SelectionUse use => WhereItMayBeTrue(use.Selection.Node, keeps),
        Not not => WhereItIsTrue(not.Node, keeps) is { } inner ? new Not(not.Position, inner) : null,
        AllOf all => SomeOf(all.Nodes, child => WhereItMayBeTrue(child, keeps)) is { Count: > 0 } nodes ? new AllOf(all.Position, nodes) : null,
        AnyOf any => SomeOf(any.Nodes, child => WhereItMayBeTrue(child, keeps)) is var nodes && nodes.Count == any.Nodes.Count ? new AnyOf(any.Position, nodes) : null,
        _ => keeps((FieldMatch)node) ? node : null,
    };

    // A condition that is true only where the node is; null if it would be true of nothing.
    private static RuleNode? WhereItIsTrue(RuleNode node, Func<FieldMatch, bool> keeps) => node switch
    {
        SelectionUse use => WhereItIsTrue(use.Selection.Node, keeps),
        Not not => WhereItMayBeTrue(not.Node, keeps) is { } inner ? new Not(not.Position, inner) : null,
        AllOf all => SomeOf(all.Nodes, child => WhereItIsTrue(child, keeps)) is var nodes && nodes.Count == all.Nodes.Count ? new AllOf(all.Position, nodes) : null,
        AnyOf any => SomeOf(any.Nodes, child => WhereItIsTrue(child, keeps)) is { Count: > 0 } nodes ? new AnyOf(any.Position, nodes) : null,
        _ => keeps((FieldMatch)node) ? node : null,
    };

    private static List<RuleNode> SomeOf(IReadOnlyList<RuleNode> nodes, Func<RuleNode, RuleNode?> weaken) => [.. nodes.Select(weaken).OfType<RuleNode>()];
}
