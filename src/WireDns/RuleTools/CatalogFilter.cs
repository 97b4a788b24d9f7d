namespace WireDns.RuleTools;

/// <summary>Which rules of a catalog are shown: those that meet every given condition.</summary>
/// <param name="Levels">One of these levels; none for any.</param>
/// <param name="Tags">One of these tags, or any tag that continues one after a dot; none for any.</param>
/// <param name="Coverages">One of these coverages, by their names on a command line; none for any.</param>
internal sealed record CatalogFilter(IReadOnlyList<string> Levels, IReadOnlyList<string> Tags, IReadOnlyList<string> Coverages)
{
    private const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>Whether a rule is shown.</summary>
    public bool Accepts(CatalogEntry entry) =>
        (Levels.Count == 0 || Levels.Any(level => level.Equals(entry.Level, IgnoreCase)))
        && (Tags.Count == 0 || entry.Tags.Any(tag => Tags.Any(wanted => Covers(wanted, tag))))
        && (Coverages.Count == 0 || Coverages.Any(coverage => coverage.Equals(CoverageName.Option(entry.Coverage), IgnoreCase)));

    // t1071 also selects attack.t1071, which includes attack.t1071.004; the two spellings of tactics are equal.
    private static bool Covers(string wanted, string tag)
    {
        var name = wanted.Replace('_', '-');
        var found = tag.Replace('_', '-');
        return Begins(found, name) || Begins(found, "attack." + name);
    }

    private static bool Begins(string text, string start) =>
        text.StartsWith(start, IgnoreCase) && (text.Length == start.Length || text[start.Length] == '.');
}
