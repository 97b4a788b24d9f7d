namespace WireDns.Sigma.Matching;

/// <summary>What a rule can do where some of its fields are never there.</summary>
public enum Feasibility
{
    /// <summary>Every field that it names can be there.</summary>
    Full,

    /// <summary>It can match, but a part that names a missing field is fixed: it may match where the whole rule would not.</summary>
    Degraded,

    /// <summary>It can never match: what it requires names a missing field.</summary>
    Inert,
}
