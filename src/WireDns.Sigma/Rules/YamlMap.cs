namespace WireDns.Sigma.Rules;

/// <summary>A YAML mapping with scalar keys, in the order of the file. Its keys are unique: a second one is reported and left out.</summary>
internal sealed class YamlMap(SourcePosition position) : YamlNode(position)
{
    private readonly List<KeyValuePair<YamlScalar, YamlNode>> _entries = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries => _entries;

    public override string Description => "a map";

    public YamlNode? Find(string key) => _index.TryGetValue(key, out var i) ? _entries[i].Value : null;

    public YamlScalar? FindKey(string key) => _index.TryGetValue(key, out var i) ? _entries[i].Key : null;

    public bool TryAdd(YamlScalar key, YamlNode value)
    {
        Size = Math.Min(Size + value.Size + 1, int.MaxValue);
        if (!_index.TryAdd(key.Text, _entries.Count))
        {
            return false;
        }

        _entries.Add(new(key, value));
        return true;
    }
}
