namespace WireDns.Sigma.Matching;

/// <summary>The fields that a kind of event can have. Asked while rules are compiled, never while events are matched.</summary>
public interface IFieldSchema
{
    /// <summary>Finds the field that a rule names. False: no event ever has it, so that it counts as missing.</summary>
    public bool TryResolve(string name, out FieldDefinition field);

    /// <summary>The fields that keywords search.</summary>
    public IReadOnlyList<FieldDefinition> KeywordFields { get; }
}
