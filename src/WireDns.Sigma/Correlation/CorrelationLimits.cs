namespace WireDns.Sigma.Correlation;

/// <summary>The bounds of a <see cref="CorrelationEngine"/>. What does not fit makes room by age, and is counted. Immutable.</summary>
public sealed record CorrelationLimits
{
    /// <summary>
    /// Groups that all correlations together remember at once; of the correlation that has the most, the group that has been quiet for longest gives
    /// way: one with a single event, as long as these are more than a quarter of its groups. Default: 3,145,728, 56 bytes and 11 to 43 of index each.
    /// </summary>
    public int MaximumGroups { get; init; } = 3_145_728;

    /// <summary>
    /// Events, or different values, that all correlations together remember at once; of the correlation that has the most, the group that has been
    /// quiet for longest gives way. The only one of a group takes no memory of its own. Default: 4,194,304, of at most 64 bytes each.
    /// </summary>
    public int MaximumEvents { get; init; } = 4_194_304;

    /// <summary>
    /// Numbers that a sum, a mean, a percentile or a median takes in one group: the newest. Default: 10,000. Counts need no such bound: the
    /// condition's own number is one.
    /// </summary>
    public int MaximumNumbersPerGroup { get; init; } = 10_000;

    /// <summary>Events that a hit names; the newest. Default: 10.</summary>
    public int MaximumReportedEvents { get; init; } = 10;

    /// <summary>Groups that one event may belong to, where a field of group-by has several values. Default: 64.</summary>
    public int MaximumGroupsPerEvent { get; init; } = 64;
}
