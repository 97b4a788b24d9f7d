namespace WireDns.Sigma.Matching;

/// <summary>
/// The fields of events given as JSON: any name that a rule uses. Names get numbers as rules are compiled; load events into a
/// <see cref="JsonEvent"/> only after that. Not thread-safe while rules are compiled.
/// </summary>
public sealed class JsonEventSchema : IFieldSchema
{
    internal const int EverythingId = 0;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    /// <summary>A single field with every value of the event, at any depth.</summary>
    public IReadOnlyList<FieldDefinition> KeywordFields { get; } = [new FieldDefinition(EverythingId, FieldKind.Text)];

    internal int FieldCount => _ids.Count + 1;

    /// <summary>Always true: a new name gets the next number.</summary>
    public bool TryResolve(string name, out FieldDefinition field)
    {
        if (!_ids.TryGetValue(name, out var id))
        {
            id = FieldCount;
            _ids.Add(name, id);
        }

        field = new FieldDefinition(id, FieldKind.Text);
        return true;
    }

    internal bool TryFind(ReadOnlySpan<char> path, out int id) =>
        _ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out id);
}
