namespace WireDns.Sigma.Correlation;

/// <summary>What a correlation looks for among the events of its rules (specification: Correlation Types).</summary>
public enum CorrelationType
{
    /// <summary>How many events there are.</summary>
    EventCount,

    /// <summary>How many different values a field has.</summary>
    ValueCount,

    /// <summary>How many of the rules matched, in any order.</summary>
    Temporal,

    /// <summary>How many of the rules matched, in the order of the list.</summary>
    TemporalOrdered,

    /// <summary>The sum of a field's numbers.</summary>
    ValueSum,

    /// <summary>The mean of a field's numbers.</summary>
    ValueAverage,

    /// <summary>A percentile of a field's numbers.</summary>
    ValuePercentile,

    /// <summary>The median of a field's numbers.</summary>
    ValueMedian,
}
