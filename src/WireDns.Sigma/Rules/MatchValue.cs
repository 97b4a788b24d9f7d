namespace WireDns.Sigma.Rules;

/// <summary>
/// One value of a <see cref="FieldMatch"/> after its modifiers: what an event's value is tested against. Immutable.
/// </summary>
/// <param name="asWritten">The value as it stands in the rule (or in the placeholder's list).</param>
/// <param name="position">Where it stands in the rule.</param>
public abstract class MatchValue(string asWritten, SourcePosition position)
{
    /// <summary>The value as it stands in the rule, or in the list of the placeholder that it comes from.</summary>
    public string AsWritten { get; } = asWritten;

    /// <summary>Where it stands in the rule file; for a value of a placeholder, where the placeholder stands.</summary>
    public SourcePosition Position { get; } = position;
}
