namespace WireDns.Alerts.Formats;

/// <summary>The names of MITRE ATT&amp;CK's tactics and of the techniques that rules about DNS point to (Data/attack-names.txt). Immutable.</summary>
public sealed class AttackNames
{
    private readonly Dictionary<string, string> _techniques = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Id, string Name)> _tactics = new(StringComparer.OrdinalIgnoreCase);

    private AttackNames()
    {
    }

    /// <summary>The ids of all techniques and sub-techniques that have a name.</summary>
    public IEnumerable<string> TechniqueIds => _techniques.Keys;

    /// <summary>The names, read on first use.</summary>
    public static AttackNames Shipped => LazyNames.Value;

    private static Lazy<AttackNames> LazyNames { get; } = new(Load);

    /// <summary>Reads the names.</summary>
    private static AttackNames Load()
    {
        var names = new AttackNames();
        using var stream = typeof(AttackNames).Assembly.GetManifestResourceStream("attack-names.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (id, name) = (line[..space], line[(space + 1)..]);
            if (id.StartsWith("TA", StringComparison.Ordinal))
            {
                names._tactics.TryAdd(name.ToLowerInvariant().Replace(' ', '-'), (id, name));
            }
            else
            {
                names._techniques.Add(id, name);
            }
        }

        return names;
    }

    /// <summary>The name of a technique; a sub-technique's after its parent's, as ATT&amp;CK writes it. Null if it is not known.</summary>
    /// <param name="id">The id (T1071.004).</param>
    public string? Technique(string id)
    {
        if (!_techniques.TryGetValue(id, out var name))
        {
            return null;
        }

        var dot = id.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _techniques.TryGetValue(id[..dot], out var parent) ? $"{parent}: {name}" : name;
    }

    /// <summary>Id and name of a tactic by its tag's name with hyphens (command-and-control), or null if it is not known.</summary>
    public (string Id, string Name)? Tactic(string tagName) => _tactics.TryGetValue(tagName, out var tactic) ? tactic : null;

    /// <summary>The page of a technique.</summary>
    public static string Page(string id) => $"https://attack.mitre.org/techniques/{id.Replace('.', '/')}/";
}
