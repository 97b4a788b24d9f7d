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

    /// <summary>The fields that keywords search.</summary>
    public IReadOnlyList<FieldDefinition> KeywordFields { get; }
}

/// <summary>What a schema knows about a field.</summary>
/// <param name="Id">What <see cref="ISigmaEvent"/> is asked for; several names may have the same.</param>
/// <param name="Kind">What its values are.</param>
public readonly record struct FieldDefinition(int Id, FieldKind Kind);

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
}
