using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>The techniques of a set of rules as a layer: the score of a technique is the number of rules that run on the wire.</summary>
internal static class CoverageLayer
{
    // More would not fit a tooltip.
    private const int MaximumRules = 20;

    /// <summary>The layer. Rules that their authors have retired are left out.</summary>
    public static NavigatorLayer Of(CoverageReport report) => new(
        "WireDns rules",
        $"Rules that run on network DNS, by technique: {report.Live.Count(entry => entry.Runs)} of {report.Live.Count} (WireDns {ProductVersion.Text}). "
            + "A technique without a score has rules, but none that runs on the wire.",
        "#deebf7",
        "#08519c",
        [
            .. report.Techniques
                .Select(technique => technique with { Entries = [.. technique.Entries.Where(entry => !entry.IsSetAside)] })
                .Where(technique => technique.Entries.Count > 0)
                .Select(Technique),
        ]);

    private static LayerTechnique Technique(TechniqueCoverage technique)
    {
        var running = technique.Entries.Count(entry => entry.Runs);
        return new LayerTechnique(technique.Id, running > 0 ? running : null, $"{running} of {technique.Entries.Count} rules run")
        {
            Metadata = [.. technique.Entries.Take(MaximumRules).Select(entry => (CoverageName.Words(entry.Coverage), Printable.Text(entry.Name)))],
        };
    }
}
