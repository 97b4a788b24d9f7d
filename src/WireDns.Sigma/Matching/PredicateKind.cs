namespace WireDns.Sigma.Matching;

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
