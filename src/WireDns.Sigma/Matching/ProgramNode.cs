namespace WireDns.Sigma.Matching;

/// <summary>
/// A node of a compiled condition. <paramref name="First"/>: a leaf's number, a child's node, or the first of <paramref name="Count"/>
/// children in the program's list.
/// </summary>
internal readonly record struct ProgramNode(ProgramNodeKind Kind, int First, int Count);
