using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>How levels and coverages look on a terminal.</summary>
internal static class LevelStyle
{
    /// <summary>The style of a rule's level.</summary>
    public static Style Of(string? level) => level?.ToLowerInvariant() switch
    {
        "critical" or "high" => Style.Fault,
        "medium" => Style.Pointer,
        "low" => Style.Octets,
        _ => Style.Faint,
    };

    /// <summary>The style of a coverage.</summary>
    public static Style Of(CatalogCoverage coverage) => coverage switch
    {
        CatalogCoverage.Full => Style.Good,
        CatalogCoverage.Degraded => Style.Pointer,
        CatalogCoverage.Rejected => Style.Fault,
        _ => Style.Faint,
    };
}
