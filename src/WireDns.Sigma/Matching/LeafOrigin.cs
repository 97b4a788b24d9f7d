using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Where in a rule a leaf comes from. <paramref name="Value"/> is null where the leaf stands for all values of the match that are of its
/// kind.
/// </summary>
internal sealed record LeafOrigin(Selection Selection, FieldMatch Match, MatchValue? Value);
