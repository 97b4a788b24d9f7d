namespace WireDns.Sigma.Rules;

/// <summary>
/// A document of a rule file: a rule, a correlation of rules or a filter, and what it says about itself. Metadata is kept as written:
/// anything odd about it was reported as a warning. Immutable and safe to share between threads.
/// </summary>
public abstract record SigmaDocument
{
    /// <summary>The file that it was read from, as the caller named it.</summary>
    public required string File { get; init; }

    /// <summary>Where its document begins in the file.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>What it detects, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The rule's UUID, or null.</summary>
    public string? Id { get; init; }

    /// <summary>A unique name for correlations to refer to, or null.</summary>
    public string? Name { get; init; }

    /// <summary>The taxonomy of its field names, or null for sigma's.</summary>
    public string? Taxonomy { get; init; }

    /// <summary>stable, test, experimental, deprecated or unsupported; or null.</summary>
    public string? Status { get; init; }

    /// <summary>What it detects, in full; or null.</summary>
    public string? Description { get; init; }

    /// <summary>The licence's SPDX id, or null.</summary>
    public string? License { get; init; }

    /// <summary>Who wrote it, or null.</summary>
    public string? Author { get; init; }

    /// <summary>The date of its creation, as written; or null.</summary>
    public string? Date { get; init; }

    /// <summary>The date of its last change, as written; or null.</summary>
    public string? Modified { get; init; }

    /// <summary>informational, low, medium, high or critical; or null.</summary>
    public string? Level { get; init; }

    /// <summary>References as written, usually URLs.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>All tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Known false positives, as written.</summary>
    public IReadOnlyList<string> FalsePositives { get; init; } = [];

    /// <summary>Fields that an analyst should look at.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>What the rule is meant for (server, desktop …), as written.</summary>
    public IReadOnlyList<string> Scope { get; init; } = [];

    /// <summary>Rules that it replaces, derives from or resembles.</summary>
    public IReadOnlyList<RelatedRule> Related { get; init; } = [];

    /// <summary>The ATT&amp;CK tactics among the tags, as names with hyphens.</summary>
    public IReadOnlyList<string> AttackTactics => AttackTags.FindTactics(Tags);

    /// <summary>The ATT&amp;CK techniques among the tags, in upper case (T1071.004).</summary>
    public IReadOnlyList<string> AttackTechniques => AttackTags.FindTechniques(Tags);

    /// <summary>
    /// Whether it only serves correlations and raises nothing by itself (specification: generate). Known once the rules are resolved.
    /// </summary>
    public bool IsSilent { get; init; }

    /// <summary>Its place among the files, which no other document shares. Documents derived from it keep it.</summary>
    internal (string File, SourcePosition Position) Place => (File, Position);
}

/// <summary>Another rule that a rule refers to (specification: related).</summary>
/// <param name="Id">The other rule's id, as written.</param>
/// <param name="Type">derived, obsolete, merged, renamed or similar, as written.</param>
public sealed record RelatedRule(string Id, string Type);
