using WireDns.Sigma.Correlation;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>One rule or correlation of a catalog, loaded or not.</summary>
internal sealed record CatalogEntry
{
    /// <summary>The file, as the user named it or the folder above it.</summary>
    public required string File { get; init; }

    /// <summary>Line where the document begins, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>How much of it runs.</summary>
    public required CatalogCoverage Coverage { get; init; }

    /// <summary>Why it does not run in full, or not at all; null if it runs in full.</summary>
    public string? Reason { get; init; }

    /// <summary>The rule; null if it did not load, and for a correlation.</summary>
    public SigmaRule? Rule { get; init; }

    /// <summary>The correlation; null if it did not load, and for a rule.</summary>
    public ResolvedCorrelation? Correlation { get; init; }

    /// <summary>The rule or the correlation; null if it did not load.</summary>
    public SigmaDocument? Document => (SigmaDocument?)Rule ?? Correlation?.Rule;

    /// <summary>Whether it can fire here.</summary>
    public bool Runs => Coverage is CatalogCoverage.Full or CatalogCoverage.Degraded;

    /// <summary>Its title; for a rule that did not load, as far as its text can be read; otherwise null.</summary>
    public string? Title { get; init; }

    /// <summary>Its id, or null, likewise.</summary>
    public string? Id { get; init; }

    /// <summary>Its level, or null, likewise.</summary>
    public string? Level { get; init; }

    /// <summary>Its status, or null, likewise.</summary>
    public string? Status { get; init; }

    /// <summary>Its tags, or none, likewise.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its errors and warnings, lints included, in the order of the file.</summary>
    public IReadOnlyList<SigmaDiagnostic> Diagnostics { get; init; } = [];

    /// <summary>Whether its author retired it (status unsupported or deprecated), so that nobody expects it to run.</summary>
    public bool IsSetAside => Status is "unsupported" or "deprecated";

    /// <summary>What to call it: its title, or its file if it has none.</summary>
    public string Name => Title ?? File;
}
