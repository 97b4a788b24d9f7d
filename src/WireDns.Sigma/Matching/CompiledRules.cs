using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>The compiled form of a list of rules, which <see cref="RuleSet"/> runs.</summary>
internal sealed class CompiledRules
{
    private TextProbe[]?[]? _probes;

    public required ProgramNode[] Nodes { get; init; }

    /// <summary>The children of nodes with several.</summary>
    public required int[] Children { get; init; }

    /// <summary>The node of each rule.</summary>
    public required int[] Roots { get; init; }

    /// <summary>The rules that can be true even if no trigger is hit.</summary>
    public required int[] AlwaysRun { get; init; }

    /// <summary>By text leaf: the rules to evaluate once it is hit.</summary>
    public required int[][] RulesOfLeaf { get; init; }

    /// <summary>By text leaf: the scans that may hit it.</summary>
    public required int[][] ScansOfLeaf { get; init; }

    /// <summary>By text leaf: the fields that it is about.</summary>
    public required int[][] FieldsOfLeaf { get; init; }

    /// <summary>This many scans, the first ones, run on each event; the others only if a verdict depends on them.</summary>
    public required int EagerScanCount { get; init; }

    public required TextScan[] Scans { get; init; }

    public required FieldPredicate[] Predicates { get; init; }

    /// <summary>By leaf: the text leaves first, then the predicates.</summary>
    public required LeafOrigin[] Origins { get; init; }

    public int TextLeafCount => RulesOfLeaf.Length;

    /// <summary>The patterns of a text leaf as alerts look for them, made when they are first asked for.</summary>
    public TextProbe[] ProbesOf(int leaf)
    {
        // Threads may do it twice; the results are alike.
        var probes = _probes ?? (_probes = new TextProbe[]?[TextLeafCount]);
        return probes[leaf] ??= TextProbe.Of(Origins[leaf]);
    }
}

/// <summary>
/// A node of a compiled condition. <paramref name="First"/>: a leaf's number, a child's node, or the first of <paramref name="Count"/>
/// children in the program's list.
/// </summary>
internal readonly record struct ProgramNode(ProgramNodeKind Kind, int First, int Count);

/// <summary>What a <see cref="ProgramNode"/> computes.</summary>
internal enum ProgramNodeKind : byte
{
    /// <summary>Never true: a text on a field that no event has.</summary>
    False,

    /// <summary>Always true: null on a field that no event has.</summary>
    True,

    /// <summary>A group of patterns was hit.</summary>
    TextLeaf,

    /// <summary>A predicate is true.</summary>
    PredicateLeaf,

    /// <summary>The child is not true.</summary>
    Not,

    /// <summary>All children are true.</summary>
    All,

    /// <summary>A child is true.</summary>
    Any,
}

/// <summary>
/// Where in a rule a leaf comes from. <paramref name="Value"/> is null if the leaf stands for all values of its kind in the match.
/// </summary>
internal sealed record LeafOrigin(Selection Selection, FieldMatch Match, MatchValue? Value);

/// <summary>The patterns of one field that are looked for together.</summary>
internal sealed record TextScan(int FieldId, MultiPatternMatcher Matcher);
