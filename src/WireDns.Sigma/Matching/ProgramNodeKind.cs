namespace WireDns.Sigma.Matching;

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
