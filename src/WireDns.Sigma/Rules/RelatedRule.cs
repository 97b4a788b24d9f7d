namespace WireDns.Sigma.Rules;

/// <summary>Another rule that a rule refers to (specification: related).</summary>
/// <param name="Id">The other rule's id, as written.</param>
/// <param name="Type">derived, obsolete, merged, renamed or similar, as written.</param>
public sealed record RelatedRule(string Id, string Type);
