namespace WireDns.RuleTools;

/// <summary>The rules that name a technique of ATT&amp;CK.</summary>
/// <param name="Id">The technique's id.</param>
/// <param name="Name">Its name, or null where it is not known.</param>
/// <param name="Entries">The rules.</param>
internal sealed record TechniqueCoverage(string Id, string? Name, IReadOnlyList<CatalogEntry> Entries)
{
    /// <summary>How many of its rules end so.</summary>
    public int Count(CatalogCoverage coverage) => Entries.Count(entry => entry.Coverage == coverage);
}
