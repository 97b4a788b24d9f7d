namespace WireDns.RuleTools;

/// <summary>What becomes of a rule file's document on the wire.</summary>
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
