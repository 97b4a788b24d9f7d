namespace WireDns.Detection.Rules;

/// <summary>How much of a rule the wire can serve.</summary>
public enum RuleCoverage
{
    /// <summary>Every field that it names is on the wire.</summary>
    Full,

    /// <summary>It can fire, but names a field that no wire carries: it may alert where the endpoint rule would not.</summary>
    Degraded,

    /// <summary>It cannot fire here: it requires a field that is never on the wire.</summary>
    Inert,

    /// <summary>Its log source is not about DNS.</summary>
    NotDns,
}
