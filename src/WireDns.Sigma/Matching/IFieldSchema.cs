using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>The fields that a kind of event can have. Asked while rules are compiled, never while events are matched.</summary>
public interface IFieldSchema
{
    /// <summary>Finds the field that a rule names. False: no event ever has it, so that it counts as missing.</summary>
    public bool TryResolve(string name, out FieldDefinition field);

    /// <summary>
    /// Finds the field that a rule for a certain log names: one name may stand for different things in different logs. The same as
    /// without the log unless a schema says otherwise.
    /// </summary>
    public bool TryResolve(string name, LogSource source, out FieldDefinition field) => TryResolve(name, out field);

    /// <summary>The fields that keywords search.</summary>
    public IReadOnlyList<FieldDefinition> KeywordFields { get; }
}
