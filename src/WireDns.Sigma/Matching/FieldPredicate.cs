using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>A test of one field's values other than a search for texts; run only if a rule's verdict depends on it. Immutable.</summary>
internal sealed class FieldPredicate(PredicateKind kind, int[] fieldIds, bool foldsAsciiOnly)
{
    public PredicateKind Kind => kind;

    /// <summary>The field; several for keywords.</summary>
    public int[] FieldIds => fieldIds;

    public bool FoldsAsciiOnly => foldsAsciiOnly;

    public SigmaNumber[] Numbers { get; init; } = [];

    /// <summary>The texts of <see cref="Numbers"/>.</summary>
    public byte[][] NumberTexts { get; init; } = [];

    public ComparisonValue? Comparison { get; init; }

    public NetworkSet? Networks { get; init; }

    public RegexValue? Regex { get; init; }

    public FieldReferenceValue? Reference { get; init; }

    /// <summary>The field that <see cref="Reference"/> names; −1 if no event has it.</summary>
    public int ReferencedFieldId { get; init; } = -1;

    /// <summary>The cost of running it, for the order of tests; highest for a regular expression.</summary>
    public int Cost => 2 + (int)kind;
}

/// <summary>What a <see cref="FieldPredicate"/> tests.</summary>
internal enum PredicateKind
{
    /// <summary>The field is missing, or a value is null.</summary>
    IsNull,

    /// <summary>The field is there.</summary>
    Exists,

    /// <summary>A value is not null.</summary>
    HasValue,

    /// <summary>A value is one of some numbers.</summary>
    Numbers,

    /// <summary>A value compares with a number.</summary>
    Comparison,

    /// <summary>A value is an address of one of some networks.</summary>
    Networks,

    /// <summary>A value equals, or surrounds, one of another field.</summary>
    FieldReference,

    /// <summary>A regular expression matches a value.</summary>
    Regex,
}
