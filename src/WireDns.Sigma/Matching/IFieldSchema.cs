using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>The fields that a kind of event can have. Asked while rules are compiled, never while events are matched.</summary>
public interface IFieldSchema
{
    /// <summary>Finds the field that a rule names. False means that no event ever has it, so it counts as missing.</summary>
    public bool TryResolve(string name, out FieldDefinition field);

    /// <summary>
    /// Finds the field that a rule for a certain log names: one name may mean different fields in different logs. By default the log makes
    /// no difference.
    /// </summary>
    public bool TryResolve(string name, LogSource source, out FieldDefinition field) => TryResolve(name, out field);

    /// <summary>
    /// What to tell the author of a rule that names a field which no event has, or null where there is nothing to tell: the field is one of the log,
    /// and known not to be there.
    /// </summary>
    public string? DescribeUnknown(string name, LogSource source) => null;

    /// <summary>The fields that keywords search.</summary>
    public IReadOnlyList<FieldDefinition> KeywordFields { get; }
}

/// <summary>What a schema knows about a field.</summary>
/// <param name="Id">What <see cref="ISigmaEvent"/> is asked for; several names may have the same.</param>
/// <param name="Kind">What its values are.</param>
public readonly record struct FieldDefinition(int Id, FieldKind Kind)
{
    private readonly FieldFacts? _facts;

    /// <summary>
    /// The field that has further spellings of the same values, as a certain log writes them: its values count as those of this one. Null for none.
    /// </summary>
    public int? SpellingsId { get; init; }

    /// <summary>What else is known of the values.</summary>
    public FieldFacts Facts
    {
        get => _facts ?? FieldFacts.None;
        init => _facts = value;
    }

    /// <summary>The field itself, and the one with further spellings where there is one; only what matching needs.</summary>
    internal IReadOnlyList<FieldDefinition> Places =>
        SpellingsId is { } other ? [new FieldDefinition(Id, Kind), new FieldDefinition(other, Kind)] : [new FieldDefinition(Id, Kind)];
}

/// <summary>What the values of a field are, as far as matching and linting need to know.</summary>
public enum FieldKind
{
    /// <summary>Any text: upper and lower case are equal by Unicode's simple case folding.</summary>
    Text,

    /// <summary>
    /// A domain name as text, without a trailing dot: case is folded in ASCII only, and a rule's value with other letters is matched in its
    /// xn-- form too.
    /// </summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>An IPv4 or IPv6 address as text.</summary>
    Address,

    /// <summary>One of a closed set of words (<see cref="FieldFacts.Words"/>).</summary>
    Word,

    /// <summary>True or false.</summary>
    Boolean,
}
