namespace WireDns.Sigma.Matching;

/// <summary>Collects literals shorter than a gram for <see cref="ShortPatterns"/>.</summary>
internal sealed class ShortPatternsBuilder
{
    private readonly Dictionary<uint, List<int>> _groups = [];

    public void Add(ReadOnlySpan<byte> literal, byte flags, int group)
    {
        var key = ShortPatterns.KeyOf(literal, flags);
        if (!_groups.TryGetValue(key, out var groups))
        {
            _groups.Add(key, groups = []);
        }

        if (!groups.Contains(group))
        {
            groups.Add(group);
        }
    }

    public ShortPatterns Build() => new(_groups.ToDictionary(g => g.Key, g => g.Value.ToArray()));
}
