namespace WireDns.RuleTools;

/// <summary>What people and programs call a <see cref="CatalogCoverage"/>.</summary>
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
