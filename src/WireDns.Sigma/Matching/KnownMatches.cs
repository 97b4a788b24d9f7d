namespace WireDns.Sigma.Matching;

/// <summary>What is known of an event from an earlier one whose recurring fields differ only in case. <c>default</c> is nothing.</summary>
/// <param name="rules">The recurring rules that match (<see cref="RuleSet.IsRecurring"/>).</param>
/// <param name="hasNoHits">Whether nothing is found in the recurring fields (<see cref="MatchState.HadRecurringHits"/>).</param>
public readonly ref struct KnownMatches(ReadOnlySpan<int> rules, bool hasNoHits)
{
    /// <summary>The recurring rules that match.</summary>
    public ReadOnlySpan<int> Rules { get; } = rules;

    /// <summary>Whether nothing is found in the recurring fields.</summary>
    public bool HasNoHits { get; } = hasNoHits;

    /// <summary>Whether anything is known.</summary>
    public bool IsKnown { get; } = true;
}
