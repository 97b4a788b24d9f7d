using System.Globalization;
using WireDns.Alerts;
using WireDns.Sigma.Correlation;

namespace WireDns.Detection.Correlation;

/// <summary>The alert that tells of the end of a correlation: that of its start, with the extent in place of what made it true.</summary>
internal static class CorrelationEnd
{
    /// <summary>What is kept of the start's alert until then.</summary>
    public static Alert Keep(Alert start) => start with
    {
        Message = start.Message with { Answers = [], ResolvedAddresses = [] },
        Correlation = start.Correlation! with { Events = [] },
    };

    /// <summary>The alert.</summary>
    /// <param name="start">What was kept.</param>
    /// <param name="episode">What has ended.</param>
    public static Alert Of(Alert start, CorrelationEpisode episode)
    {
        var correlation = start.Correlation!;
        var events = episode.Events.ToString(CultureInfo.InvariantCulture);
        return start with
        {
            Id = start.Id + "-end",
            UnixTimeNanoseconds = episode.Until,
            Reasons = [new AlertReason("correlation", "ended", [], $"{correlation.Type} {correlation.Condition} in {correlation.Timespan}", $"{events} events", 0, 0)],
            Correlation = correlation with { Extent = new CorrelationExtent(episode.From, episode.Until, episode.Events, CauseOf(episode.End)) },
        };
    }

    private static string CauseOf(EpisodeEnd end) => end switch
    {
        EpisodeEnd.Quiet => "quiet",
        EpisodeEnd.Condition => "condition",
        EpisodeEnd.SourceEnd => "input_end",
        EpisodeEnd.Room => "room",
        _ => "reload",
    };
}
