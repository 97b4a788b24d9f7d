namespace WireDns.Sigma.Correlation;

/// <summary>
/// The room that all correlations share, by <see cref="CorrelationLimits"/>. Where it is short, the correlation that has the most gives up the group
/// that has been quiet for longest, one with a single event before others: a flood of groups of one correlation costs the others nothing.
/// </summary>
internal sealed class CorrelationRoom(CorrelationLimits limits)
{
    private readonly List<CorrelationTable> _tables = [];
    private long _groups;
    private long _entries;

    /// <summary>The most episodes that go on at once.</summary>
    public int MaximumEpisodes => limits.MaximumEpisodes;

    /// <summary>Episodes that go on.</summary>
    public int Episodes { get; set; }

    /// <summary>Episodes that have ended since the engine was last asked for them.</summary>
    public List<CorrelationEpisode> Ended { get; } = [];

    /// <summary>Adds a correlation that shares it.</summary>
    public void Add(CorrelationTable table) => _tables.Add(table);

    /// <summary>A correlation is gone. It has no groups any more.</summary>
    public void Remove(CorrelationTable table) => _tables.Remove(table);

    public void Take(long groups, long entries)
    {
        _groups += groups;
        _entries += entries;
    }

    /// <summary>Whether there is room for another group without forgetting one.</summary>
    /// <param name="entries">The events that it has.</param>
    public bool HasRoom(long entries) => _groups < limits.MaximumGroups && _entries + entries <= limits.MaximumEvents;

    public void Give(long groups, long entries) => Take(-groups, -entries);

    /// <summary>Forgets groups until the rest fit, but never the current group.</summary>
    /// <param name="current">The correlation of the current group.</param>
    public void Make(CorrelationTable current)
    {
        while (_groups > limits.MaximumGroups || _entries > limits.MaximumEvents)
        {
            var byGroups = _groups > limits.MaximumGroups;
            if (FindLargest(current, byGroups) is not { } largest)
            {
                break;
            }

            largest.ForgetOldest(largest == current, byGroups);
        }
    }

    private CorrelationTable? FindLargest(CorrelationTable current, bool byGroups)
    {
        CorrelationTable? largest = null;
        long most = 0;
        foreach (var table in _tables)
        {
            var size = byGroups ? table.Count : table.Entries;
            if (size > most && table.HasGroupBeside(table == current))
            {
                (largest, most) = (table, size);
            }
        }

        return largest;
    }
}
