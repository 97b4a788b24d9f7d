namespace WireDns.Sigma.Rules;

/// <summary>A YAML sequence.</summary>
internal sealed class YamlList(SourcePosition position) : YamlNode(position)
{
    private readonly List<YamlNode> _items = [];

    public IReadOnlyList<YamlNode> Items => _items;

    public override string Description => "a list";

    public void Add(YamlNode item)
    {
        Size = Math.Min(Size + item.Size, int.MaxValue);
        _items.Add(item);
    }
}
