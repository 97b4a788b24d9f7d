namespace WireDns.Sigma.Correlation;

/// <summary>What a <see cref="CorrelationEngine"/> took in, could not take in, or had to forget. Written by the engine's thread.</summary>
public sealed class CorrelationCounters
{
    /// <summary>Hits of rules that some correlation refers to.</summary>
    public long Observed { get; internal set; }

    /// <summary>
    /// Events without a field of group-by, or without the value that the correlation counts, which belong to no group; once per correlation.
    /// </summary>
    public long Ungrouped { get; internal set; }

    /// <summary>Groups that gave way to others while their events still counted: a correlation may have been missed.</summary>
    public long EvictedGroups { get; internal set; }

    /// <summary>Numbers that gave way to newer ones of their group while they still counted: the result is that of the newest.</summary>
    public long EvictedNumbers { get; internal set; }

    /// <summary>Events that came after the time span of their group had ended.</summary>
    public long Late { get; internal set; }

    /// <summary>How often the clock of a correlation's events was set back, so that its groups began anew.</summary>
    public long SetBack { get; internal set; }

    /// <summary>Groups that an event was not put into, because it had more values than the limit allows.</summary>
    public long Overflown { get; internal set; }

    /// <summary>Correlations that became true and whose end is not told, since too many others went on.</summary>
    public long UntoldEnds { get; internal set; }
}
