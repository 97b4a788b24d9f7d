namespace WireDns.Sigma.Correlation;

/// <summary>What the events of a group have in common.</summary>
/// <param name="Name">The field or alias of group-by.</param>
/// <param name="Value">Its value in the event that made the correlation true, as text (hostile: escape it before a person sees it).</param>
public sealed record GroupValue(string Name, string Value);
