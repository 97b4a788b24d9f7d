namespace WireDns.Sigma.Rules;

/// <summary>
/// One field with its modifiers and values, or keywords without a field: the leaf of a selection. It is true if any value matches (all of
/// them under the modifier all), and the other way round under neq. A field with several values in an event matches if any of them does; a
/// missing field matches only null and exists: false. Immutable.
/// </summary>
public sealed class FieldMatch : RuleNode
{
    internal FieldMatch(
        string? field, SourcePosition position, IReadOnlyList<Modifier> modifiers, IReadOnlyList<MatchValue> written, IEnumerable<MatchValue>? expanded)
        : base(position)
    {
        Field = field;
        Modifiers = modifiers;
        Values = expanded is null ? written : written.Concat(expanded);
        WrittenCount = written.Count;
        HasPlaceholders = expanded is not null;
        RequiresAll = modifiers.Any(m => m.Kind == ModifierKind.All);
        IsNegated = modifiers.Any(m => m.Kind == ModifierKind.NotEqual);
        ModifierNames = modifiers.Count == 0 ? [] : [.. modifiers.Select(m => m.Name)];
    }

    /// <summary>The field's name as written, or null for keywords: texts that occur in any of the event's keyword fields.</summary>
    public string? Field { get; }

    /// <summary>The modifiers, as written and in order.</summary>
    public IReadOnlyList<Modifier> Modifiers { get; }

    /// <summary>The names of the modifiers.</summary>
    internal IReadOnlyList<string> ModifierNames { get; }

    /// <summary>
    /// The values after their modifiers; at least one. If <see cref="HasPlaceholders"/> is set, they are created anew by each enumeration,
    /// so that a list of a million is never held as objects.
    /// </summary>
    public IEnumerable<MatchValue> Values { get; }

    /// <summary>Whether the values come from lists given by the caller (modifier expand).</summary>
    public bool HasPlaceholders { get; }

    /// <summary>The names of the placeholders whose lists the values come from, without percent signs; none without placeholders.</summary>
    public IReadOnlyList<string> Placeholders { get; internal init; } = [];

    /// <summary>How many of the values are written in the rule; they come first, and those after them are all of one type.</summary>
    internal int WrittenCount { get; }

    /// <summary>About how many values the placeholders stand for; 0 without placeholders.</summary>
    internal int ExpandedCount { get; init; }

    /// <summary>About how long these values are together, in characters.</summary>
    internal int ExpandedLength { get; init; }

    /// <summary>Whether all values must match (modifier all).</summary>
    public bool RequiresAll { get; }

    /// <summary>Whether the match is negated (modifier neq).</summary>
    public bool IsNegated { get; }

    /// <summary>Whether a value names another field (modifier fieldref).</summary>
    internal bool RefersToFields => !HasPlaceholders && Values.Any(value => value is FieldReferenceValue);

    /// <summary>The same match on a field of another name, with the fields that it refers to renamed.</summary>
    internal FieldMatch Rename(string field, Func<string, IReadOnlyList<string>> rename) =>
        new(field, Position, Modifiers, [.. Values.Take(WrittenCount).SelectMany(value => value is FieldReferenceValue reference ? reference.Rename(rename) : [value])],
            HasPlaceholders ? Values.Skip(WrittenCount) : null)
        {
            ExpandedCount = ExpandedCount,
            ExpandedLength = ExpandedLength,
            Placeholders = Placeholders,
        };
}
