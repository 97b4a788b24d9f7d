using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Tells of which rules the verdict depends on some fields alone, and not on the case of their letters. What looks at other fields does not, nor
/// what minds case: patterns under <c>cased</c>, regular expressions, comparisons of two fields.
/// </summary>
/// <param name="compiled">The rules.</param>
/// <param name="fieldIds">The fields.</param>
internal sealed class DecidedRules(CompiledRules compiled, IReadOnlyCollection<int> fieldIds)
{
    /// <summary>Whether the node of a rule is so.</summary>
    public bool Includes(int node)
    {
        var (kind, first, count) = compiled.Nodes[node];
        return kind switch
        {
            ProgramNodeKind.TextLeaf => AreAmongThem(compiled.FieldsOfLeaf[first])
                && !compiled.Origins[first].Match.Modifiers.Any(modifier => modifier.Kind == ModifierKind.Cased),
            ProgramNodeKind.PredicateLeaf => AreAmongThem(compiled.Predicates[first].FieldIds)
                && compiled.Predicates[first].Kind is not (PredicateKind.Regex or PredicateKind.FieldReference),
            ProgramNodeKind.Not => Includes(first),
            ProgramNodeKind.All or ProgramNodeKind.Any => Enumerable.Range(first, count).All(child => Includes(compiled.Children[child])),
            _ => true,
        };
    }

    private bool AreAmongThem(int[] ids) => Array.TrueForAll(ids, fieldIds.Contains);
}
