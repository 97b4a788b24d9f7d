namespace WireDns.Alerts;

/// <summary>What the events of a correlation have in common.</summary>
/// <param name="Field">The field or alias, as the rule names it.</param>
/// <param name="Value">Its value (hostile: escape it before a person sees it).</param>
public sealed record CorrelatedValue(string Field, string Value);
