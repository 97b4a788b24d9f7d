using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>One rule of a catalog, loaded or not.</summary>
internal sealed record CatalogEntry
{
    /// <summary>The file, as the user named it or its folder.</summary>
    public required string File { get; init; }

    /// <summary>Line where the document begins, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>What becomes of it.</summary>
    public required CatalogCoverage Coverage { get; init; }

    /// <summary>Why it does not run in full, or at all; null where it does.</summary>
    public string? Reason { get; init; }

    /// <summary>The rule; null where it did not load.</summary>
    public SigmaRule? Rule { get; init; }

    /// <summary>Its title; of a rule that did not load as far as its text tells, otherwise null.</summary>
    public string? Title { get; init; }

    /// <summary>Its id, likewise.</summary>
    public string? Id { get; init; }

    /// <summary>Its level, likewise.</summary>
    public string? Level { get; init; }

    /// <summary>Its status, likewise.</summary>
    public string? Status { get; init; }

    /// <summary>Its tags, likewise.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What is wrong or odd about it, lints included, in the order of the file.</summary>
    public IReadOnlyList<SigmaDiagnostic> Diagnostics { get; init; } = [];

    /// <summary>Whether its author has set it aside (status unsupported or deprecated), so that nobody expects it to run.</summary>
    public bool IsSetAside => Status is "unsupported" or "deprecated";

    /// <summary>What to call it: its title, or its file where it has none.</summary>
    public string Name => Title ?? File;
}
