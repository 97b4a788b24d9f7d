using WireDns.Sigma.Matching;

namespace WireDns.Benchmarks.Micro;

/// <summary>The fields of <see cref="NameEvent"/>: whatever a rule asks for is the name.</summary>
internal sealed class NameSchema : IFieldSchema
{
    /// <inheritdoc/>
    public IReadOnlyList<FieldDefinition> KeywordFields { get; } = [];

    /// <inheritdoc/>
    public bool TryResolve(string name, out FieldDefinition field)
    {
        field = new FieldDefinition(0, FieldKind.Text);
        return true;
    }
}
