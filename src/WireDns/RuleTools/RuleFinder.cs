using WireDns.Detection.Rules;

namespace WireDns.RuleTools;

/// <summary>Finds the rules that a person names by a file, an id, a name or a part of a title.</summary>
internal static class RuleFinder
{
    // A shorter prefix of an id may just as well be a word.
    private const int MinimumIdLength = 8;

    private const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>
    /// The rules of a file or folder of that name. Otherwise, from the catalog, those with that id; else those whose id begins with it;
    /// else those with that name (by which correlations and filters refer to them), that title, or that file name; else those whose title
    /// contains it; else those whose file name does.
    /// </summary>
    public static IReadOnlyList<CatalogEntry> Find(string name, RuleCatalog? catalog, RuleLoading loading)
    {
        if (Path.Exists(name))
        {
            return RuleCatalog.Load([name], loading).Entries;
        }

        if (catalog is null || name.Length == 0)
        {
            return [];
        }

        Func<CatalogEntry, bool>[] ways =
        [
            entry => name.Equals(entry.Id, IgnoreCase),
            entry => name.Length >= MinimumIdLength && entry.Id?.StartsWith(name, IgnoreCase) == true,
            entry => name.Equals(entry.Document?.Name, IgnoreCase),
            entry => name.Equals(entry.Title, IgnoreCase),
            entry => name.Equals(Path.GetFileName(entry.File), IgnoreCase) || name.Equals(Path.GetFileNameWithoutExtension(entry.File), IgnoreCase),
            entry => entry.Title?.Contains(name, IgnoreCase) == true,
            entry => Path.GetFileName(entry.File).Contains(name, IgnoreCase),
        ];
        foreach (var way in ways)
        {
            List<CatalogEntry> found = [.. catalog.Entries.Where(way)];
            if (found.Count > 0)
            {
                return found;
            }
        }

        return [];
    }
}
