namespace WireDns.Sigma.Rules;

/// <summary>
/// Another field (modifier fieldref): true where a value of this field, as text, equals a value of the other one, or starts with, ends
/// with or contains it. False where either is missing or null.
/// </summary>
public sealed class FieldReferenceValue : MatchValue
{
    internal FieldReferenceValue(
        string asWritten, SourcePosition position, string field, bool allowsTextBefore, bool allowsTextBehind, bool isCased)
        : base(asWritten, position)
    {
        Field = field;
        AllowsTextBefore = allowsTextBefore;
        AllowsTextBehind = allowsTextBehind;
        IsCased = isCased;
    }

    /// <summary>The other field's name.</summary>
    public string Field { get; }

    /// <summary>Whether this field's value may have text before the other one (endswith, contains).</summary>
    public bool AllowsTextBefore { get; }

    /// <summary>Whether this field's value may have text behind the other one (startswith, contains).</summary>
    public bool AllowsTextBehind { get; }

    /// <summary>Whether upper and lower case differ.</summary>
    public bool IsCased { get; }
}
