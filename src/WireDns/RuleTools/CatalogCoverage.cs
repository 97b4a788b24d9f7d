namespace WireDns.RuleTools;

/// <summary>How much of a rule file's document runs on the wire.</summary>
internal enum CatalogCoverage
{
    /// <summary>It runs, and every field that it names is on the wire.</summary>
    Full,

    /// <summary>It runs, but a part of it names a field that no wire carries.</summary>
    Degraded,

    /// <summary>It can never fire here: it requires a field that no wire carries.</summary>
    Inert,

    /// <summary>Its log source is not about DNS.</summary>
    NotDns,

    /// <summary>It did not load.</summary>
    Rejected,
}

/// <summary>The names of a <see cref="CatalogCoverage"/> for people and programs.</summary>
internal static class CoverageName
{
    /// <summary>Every coverage, best first.</summary>
    public static IReadOnlyList<CatalogCoverage> All { get; } = Enum.GetValues<CatalogCoverage>();

    /// <summary>For people.</summary>
    public static string Words(CatalogCoverage coverage) => coverage == CatalogCoverage.NotDns ? "not DNS" : Option(coverage);

    /// <summary>On a command line.</summary>
    public static string Option(CatalogCoverage coverage) => coverage switch
    {
        CatalogCoverage.Full => "full",
        CatalogCoverage.Degraded => "degraded",
        CatalogCoverage.Inert => "inert",
        CatalogCoverage.NotDns => "not-dns",
        _ => "rejected",
    };

    /// <summary>In JSON.</summary>
    public static string Json(CatalogCoverage coverage) => coverage == CatalogCoverage.NotDns ? "not_dns" : Option(coverage);
}
