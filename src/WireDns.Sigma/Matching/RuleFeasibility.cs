using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>Says whether a rule can match if some fields are never there, and which of them it uses. Immutable.</summary>
public sealed class RuleFeasibility
{
    private RuleFeasibility(Feasibility verdict, IReadOnlyList<string> missingFields, IReadOnlyList<FieldMatch> neverTrue)
    {
        Verdict = verdict;
        MissingFields = missingFields;
        NeverTrue = neverTrue;
    }

    /// <summary>What the rule can do.</summary>
    public Feasibility Verdict { get; }

    /// <summary>The fields that it names but that are never there, each once, in the order of the file; none for a full rule.</summary>
    public IReadOnlyList<string> MissingFields { get; }

    /// <summary>The leaves that the caller decided to be never true, in the order of the tree.</summary>
    public IReadOnlyList<FieldMatch> NeverTrue { get; }

    /// <summary>Classifies a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="isAvailable">Whether any event can have the field.</param>
    /// <param name="decide">
    /// What is known about a leaf on an available field: whether it can be true, and whether it can be false; null if that is not known.
    /// Null: nothing is known about any.
    /// </param>
    public static RuleFeasibility Classify(
        SigmaRule rule, Func<string, bool> isAvailable, Func<FieldMatch, (bool CanBeTrue, bool CanBeFalse)?>? decide = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(isAvailable);
        var missing = rule.FieldNames.Where(f => !isAvailable(f)).ToList();
        var neverTrue = new List<FieldMatch>();
        if (missing.Count == 0 && decide is null)
        {
            return new RuleFeasibility(Feasibility.Full, missing, neverTrue);
        }

        var (canBeTrue, _) = Evaluate(rule.Detection.Root, EvaluateLeaf);
        var verdict = !canBeTrue ? Feasibility.Inert : missing.Count == 0 ? Feasibility.Full : Feasibility.Degraded;
        return new RuleFeasibility(verdict, missing, neverTrue);

        (bool CanBeTrue, bool CanBeFalse) EvaluateLeaf(FieldMatch match)
        {
            if (match.Field is not null && isAvailable(match.Field) && decide?.Invoke(match) is { } decided)
            {
                if (!decided.CanBeTrue)
                {
                    neverTrue.Add(match);
                }

                return decided;
            }

            return EvaluateMatch(match, isAvailable);
        }
    }

    // Each leaf is taken to be independent of the others: what is called possible may be a contradiction, but what is called impossible is.
    // The depth is bounded by the parser.
    private static (bool CanBeTrue, bool CanBeFalse) Evaluate(RuleNode node, Func<FieldMatch, (bool CanBeTrue, bool CanBeFalse)> leaf)
    {
        switch (node)
        {
            case SelectionUse use:
                return Evaluate(use.Selection.Node, leaf);

            case Not not:
                var (canBeTrue, canBeFalse) = Evaluate(not.Node, leaf);
                return (canBeFalse, canBeTrue);

            case AllOf all:
                var allOf = all.Nodes.Select(n => Evaluate(n, leaf)).ToList();
                return (allOf.TrueForAll(n => n.CanBeTrue), allOf.Exists(n => n.CanBeFalse));

            case AnyOf any:
                var anyOf = any.Nodes.Select(n => Evaluate(n, leaf)).ToList();
                return (anyOf.Exists(n => n.CanBeTrue), anyOf.TrueForAll(n => n.CanBeFalse));

            default:
                return leaf((FieldMatch)node);
        }
    }

    private static (bool CanBeTrue, bool CanBeFalse) EvaluateMatch(FieldMatch match, Func<string, bool> isAvailable)
    {
        if (match.Field is null || isAvailable(match.Field))
        {
            // A reference to a missing field is false, whatever the value of this field.
            var isFixed = !match.HasPlaceholders && match.Values.All(v => v is FieldReferenceValue r && !isAvailable(r.Field));
            return isFixed ? (match.IsNegated, !match.IsNegated) : (true, true);
        }

        var verdicts = match.HasPlaceholders
            ? [false]
            : match.Values.Select(v => v is NullValue or ExistsValue { Expected: false }).ToList();
        var isTrue = match.RequiresAll ? verdicts.TrueForAll(v => v) : verdicts.Contains(true);
        return isTrue != match.IsNegated ? (true, false) : (false, true);
    }
}

/// <summary>What a rule can do if some of its fields are never there.</summary>
public enum Feasibility
{
    /// <summary>Every field that it names is available.</summary>
    Full,

    /// <summary>It can match, but a part that names a missing field has a fixed verdict: it may match when the whole rule would not.</summary>
    Degraded,

    /// <summary>It can never match: it requires a missing field, or a value that a field never has.</summary>
    Inert,
}
