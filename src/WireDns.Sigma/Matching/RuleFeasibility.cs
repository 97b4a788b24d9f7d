using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>Says whether a rule can match where some fields are never there, and which ones it misses. Immutable.</summary>
public sealed class RuleFeasibility
{
    private RuleFeasibility(Feasibility verdict, IReadOnlyList<string> missingFields)
    {
        Verdict = verdict;
        MissingFields = missingFields;
    }

    /// <summary>What the rule can do.</summary>
    public Feasibility Verdict { get; }

    /// <summary>The fields that it names and that are never there, each once, in the order of the file; none for a full rule.</summary>
    public IReadOnlyList<string> MissingFields { get; }

    /// <summary>Classifies a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="isAvailable">Whether any event can have the field.</param>
    public static RuleFeasibility Classify(SigmaRule rule, Func<string, bool> isAvailable)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(isAvailable);
        var missing = rule.FieldNames.Where(f => !isAvailable(f)).ToList();
        if (missing.Count == 0)
        {
            return new RuleFeasibility(Feasibility.Full, missing);
        }

        var (canBeTrue, _) = Evaluate(rule.Detection.Root, isAvailable);
        return new RuleFeasibility(canBeTrue ? Feasibility.Degraded : Feasibility.Inert, missing);
    }

    // Each leaf is taken for independent of the others: what is called possible may be a contradiction, but what is called
    // impossible is so. The depth is bounded by the parser.
    private static (bool CanBeTrue, bool CanBeFalse) Evaluate(RuleNode node, Func<string, bool> isAvailable)
    {
        switch (node)
        {
            case SelectionUse use:
                return Evaluate(use.Selection.Node, isAvailable);

            case Not not:
                var (canBeTrue, canBeFalse) = Evaluate(not.Node, isAvailable);
                return (canBeFalse, canBeTrue);

            case AllOf all:
                var allOf = all.Nodes.Select(n => Evaluate(n, isAvailable)).ToList();
                return (allOf.TrueForAll(n => n.CanBeTrue), allOf.Exists(n => n.CanBeFalse));

            case AnyOf any:
                var anyOf = any.Nodes.Select(n => Evaluate(n, isAvailable)).ToList();
                return (anyOf.Exists(n => n.CanBeTrue), anyOf.TrueForAll(n => n.CanBeFalse));

            default:
                return EvaluateMatch((FieldMatch)node, isAvailable);
        }
    }

    private static (bool CanBeTrue, bool CanBeFalse) EvaluateMatch(FieldMatch match, Func<string, bool> isAvailable)
    {
        if (match.Field is null || isAvailable(match.Field))
        {
            // A reference to a missing field is false, whatever this field holds.
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

/// <summary>What a rule can do where some of its fields are never there.</summary>
public enum Feasibility
{
    /// <summary>Every field that it names can be there.</summary>
    Full,

    /// <summary>It can match, but a part that names a missing field is fixed: it may match where the whole rule would not.</summary>
    Degraded,

    /// <summary>It can never match: what it requires names a missing field.</summary>
    Inert,
}
