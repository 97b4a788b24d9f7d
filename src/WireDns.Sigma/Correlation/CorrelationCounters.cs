namespace WireDns.Sigma.Correlation;

/// <summary>What a <see cref="CorrelationEngine"/> could not take, or had to forget. Written by the engine's thread.</summary>
public sealed class CorrelationCounters
{
    /// <summary>Hits of rules that some correlation takes.</summary>
    public long Observed { get; internal set; }

    /// <summary>Events that lacked a field of group-by, or the value that a correlation is about, and so belong to no group; by correlation.</summary>
    public long Ungrouped { get; internal set; }

    /// <summary>Groups that gave way to others while their events still counted: a correlation may have been missed.</summary>
    public long EvictedGroups { get; internal set; }

    /// <summary>Numbers that gave way to newer ones of their group while they still counted: the value is that of the newest.</summary>
    public long EvictedNumbers { get; internal set; }

    /// <summary>Events that came when the time span of their group was over.</summary>
    public long Late { get; internal set; }

    /// <summary>Times that the clock of a correlation's events was set back, so that its groups began anew.</summary>
    public long SetBack { get; internal set; }

    /// <summary>Groups that an event was not put into, because it had more values than the limit allows.</summary>
    public long Overflown { get; internal set; }
}
