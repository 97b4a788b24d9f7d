namespace WireDns.Sigma.Correlation;

/// <summary>The time from when a correlation became true for a group of events until it is true no more.</summary>
public sealed class CorrelationEpisode
{
    internal CorrelationEpisode(long from)
    {
        From = from;
        Until = from;
    }

    internal CorrelationEpisode(BinaryReader reader)
    {
        From = reader.ReadInt64();
        Until = reader.ReadInt64();
        Events = reader.ReadInt64();
    }

    /// <summary>The time of the event that made it true, as given to the engine.</summary>
    public long From { get; }

    /// <summary>The latest time of an event for which it was true.</summary>
    public long Until { get; internal set; }

    /// <summary>Events from the one to the other, both included.</summary>
    public long Events { get; internal set; } = 1;

    /// <summary>Why it ended; no meaning before that.</summary>
    public EpisodeEnd End { get; internal set; }

    /// <summary>Whatever the caller wants to find again at the end.</summary>
    public object? State { get; set; }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(From);
        writer.Write(Until);
        writer.Write(Events);
    }
}

/// <summary>Why a correlation is true no more.</summary>
public enum EpisodeEnd
{
    /// <summary>There was no event of the group within the time span.</summary>
    Quiet,

    /// <summary>There was an event for which it was not true.</summary>
    Condition,

    /// <summary>The source has ended.</summary>
    SourceEnd,

    /// <summary>The group was forgotten early, for want of room.</summary>
    Room,

    /// <summary>The correlation was changed or taken away.</summary>
    Reload,
}

/// <summary>
/// The groups of one correlation for which it is true, and those for which it has ended. Bounded by what the correlations together may have; where there is
/// no room, an end is not told, and counted.
/// </summary>
/// <param name="room">What the correlations share.</param>
/// <param name="counters">Counts the ends that are not told.</param>
internal sealed class CorrelationEpisodes(CorrelationRoom room, CorrelationCounters counters)
{
    private readonly Dictionary<UInt128, CorrelationEpisode> _ongoing = [];

    /// <summary>Begins an episode; null if there is no room.</summary>
    public CorrelationEpisode? Begin(UInt128 group, long time)
    {
        if (room.Episodes >= room.MaximumEpisodes)
        {
            counters.UntoldEnds += room.MaximumEpisodes > 0 ? 1 : 0;
            return null;
        }

        room.Episodes++;
        return _ongoing[group] = new CorrelationEpisode(time);
    }

    /// <summary>The episode of a group that goes on; null if there is none.</summary>
    public CorrelationEpisode? Find(UInt128 group) => _ongoing.GetValueOrDefault(group);

    /// <summary>An episode of an earlier process goes on, if there is room.</summary>
    public void Resume(UInt128 group, CorrelationEpisode episode)
    {
        if (room.Episodes >= room.MaximumEpisodes)
        {
            counters.UntoldEnds += room.MaximumEpisodes > 0 ? 1 : 0;
        }
        else if (_ongoing.TryAdd(group, episode))
        {
            room.Episodes++;
        }
    }

    /// <summary>Notes a further event of a group, for which the correlation is still true.</summary>
    public void Continue(UInt128 group, long time)
    {
        if (_ongoing.TryGetValue(group, out var episode))
        {
            episode.Events++;
            episode.Until = Math.Max(episode.Until, time);
        }
    }

    /// <summary>Ends the episode of a group, if there is one.</summary>
    public void End(UInt128 group, EpisodeEnd end)
    {
        if (_ongoing.Remove(group, out var episode))
        {
            Tell(episode, end);
        }
    }

    /// <summary>Ends all episodes, in the order in which they began.</summary>
    public void EndAll(EpisodeEnd end)
    {
        foreach (var episode in _ongoing.Values.OrderBy(episode => episode.From))
        {
            Tell(episode, end);
        }

        _ongoing.Clear();
    }

    private void Tell(CorrelationEpisode episode, EpisodeEnd end)
    {
        episode.End = end;
        room.Episodes--;
        room.Ended.Add(episode);
    }
}
