namespace WireDns.Sigma.Correlation;

/// <summary>The bounds of a <see cref="CorrelationEngine"/>. When one is reached, the oldest gives way, and is counted. Immutable.</summary>
public sealed record CorrelationLimits
{
    /// <summary>
    /// Groups that all correlations together remember at once; of the correlation that has the most, the group that has been quiet for longest gives
    /// way: one with a single event, as long as these are more than a quarter of its groups. Default: 3,145,728, 48 bytes and 11 to 43 of index each.
    /// </summary>
    public int MaximumGroups { get; init; } = 3_145_728;

    /// <summary>
    /// The most events, or distinct values, that all correlations together remember at once; of the correlation that has the most, the
    /// group that has been quiet longest gives way. The only event of a group takes no memory of its own. Default: 4,194,304, of at most 64
    /// bytes each.
    /// </summary>
    public int MaximumEvents { get; init; } = 4_194_304;

    /// <summary>
    /// The most numbers in a sum, mean, percentile or median of one group: the newest count. Default: 10,000. Counts need no such bound:
    /// the number in the condition is one.
    /// </summary>
    public int MaximumNumbersPerGroup { get; init; } = 10_000;

    /// <summary>The most events that a hit names: the newest. Default: 10.</summary>
    public int MaximumReportedEvents { get; init; } = 10;

    /// <summary>The most groups that one event may belong to, if a field of group-by has several values. Default: 64.</summary>
    public int MaximumGroupsPerEvent { get; init; } = 64;

    /// <summary>
    /// The most groups whose end is told (<see cref="CorrelationEngine.Ended"/>), of those for which a correlation is true at once. Default: 0, none.
    /// </summary>
    public int MaximumEpisodes { get; init; }
}
