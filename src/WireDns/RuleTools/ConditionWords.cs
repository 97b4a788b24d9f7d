using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>A condition over selections, in words: <c>selection and none of (filter_a, filter_b)</c>.</summary>
internal static class ConditionWords
{
    /// <summary>The whole condition.</summary>
    public static string Describe(RuleNode root) => Describe(root, isInside: false);

    // The parser bounds the depth.
    private static string Describe(RuleNode node, bool isInside)
    {
        switch (node)
        {
            case SelectionUse use:
                return use.Selection.Name;
            case Not { Node: AnyOf any } when Names(any) is { } names:
                return $"none of ({names})";
            case Not { Node: AllOf all } when Names(all) is { } names:
                return $"not all of ({names})";
            case Not not:
                return $"not {Describe(not.Node, isInside: true)}";
            case AllOf { Nodes: [var only] }:
                return Describe(only, isInside);
            case AnyOf { Nodes: [var only] }:
                return Describe(only, isInside);
            case AnyOf any when any.Nodes.Count > 2 && Names(any) is { } names:
                return $"any of ({names})";
            case AllOf all when all.Nodes.Count > 2 && Names(all) is { } names:
                return $"all of ({names})";
            case AllOf all:
                return Join(all.Nodes, " and ", isInside);
            case AnyOf any:
                return Join(any.Nodes, " or ", isInside);
            default:
                return "…";
        }
    }

    private static string? Names(RuleNode node)
    {
        var nodes = node is AnyOf any ? any.Nodes : ((AllOf)node).Nodes;
        return nodes.All(child => child is SelectionUse)
            ? string.Join(", ", nodes.Select(child => ((SelectionUse)child).Selection.Name))
            : null;
    }

    private static string Join(IReadOnlyList<RuleNode> nodes, string word, bool isInside)
    {
        var text = string.Join(word, nodes.Select(child => Describe(child, isInside: true)));
        return isInside ? $"({text})" : text;
    }
}
