namespace WireDns.Sigma.Rules;

/// <summary>What a document of a rule file says of itself, whether or not it is a sound rule. Immutable.</summary>
/// <param name="File">The file as the caller named it.</param>
/// <param name="FirstLine">The first line of the file that belongs to it; the lines up to the next document do too.</param>
/// <param name="Position">Where its content begins.</param>
public sealed record RuleDocument(string File, int FirstLine, SourcePosition Position)
{
    /// <summary>Its id; null if it has none.</summary>
    public string? Id { get; private init; }

    /// <summary>Its status; null if it has none.</summary>
    public string? Status { get; private init; }

    /// <summary>Its level; null if it has none.</summary>
    public string? Level { get; private init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags { get; private init; } = [];

    /// <summary>Whether it is a filter.</summary>
    public bool IsFilter { get; private init; }

    /// <summary>Reads what can be read of the documents of a file.</summary>
    internal static IReadOnlyList<RuleDocument> Describe(string file, IReadOnlyList<YamlNode> roots) =>
    [
        .. roots.Select((root, index) =>
        {
            var map = root as YamlMap;
            return new RuleDocument(file, index == 0 ? 1 : root.Position.Line, root.Position)
            {
                Id = TextOf(map, "id"),
                Status = TextOf(map, "status"),
                Level = TextOf(map, "level"),
                Tags = map?.Find("tags") is YamlList list ? [.. list.Items.OfType<YamlScalar>().Select(item => item.Text)] : [],
                IsFilter = map?.FindKey("filter") is not null,
            };
        }),
    ];

    private static string? TextOf(YamlMap? map, string key) => map?.Find(key) is YamlScalar { IsNull: false } scalar ? scalar.Text : null;
}
