using WireDns.Alerts.Buffers;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// What became of the alerts of one destination, at one moment. At the end <see cref="Accepted"/> = <see cref="Delivered"/> +
/// <see cref="FailedTotal"/>; before it the rest is on its way. <see cref="Accepted"/> + <see cref="Dropped"/> is all that were
/// raised.
/// </summary>
/// <param name="Name">The destination's name.</param>
/// <param name="Accepted">Alerts that its queue took.</param>
/// <param name="Delivered">Alerts that its sink handed on.</param>
/// <param name="Dropped">Alerts that found its queue full or closed.</param>
/// <param name="Failed">Alerts that were accepted and not delivered, by reason; only reasons that occurred.</param>
/// <param name="LastFault">The text of the last exception of its format or sink, or null: something to report as a defect.</param>
public sealed record SinkCounters(
    string Name, long Accepted, long Delivered, long Dropped, IReadOnlyDictionary<SendFailure, long> Failed, string? LastFault)
{
    /// <summary>Alerts that were accepted and not delivered.</summary>
    public long FailedTotal => Failed.Values.Sum();

    /// <summary>Whether an alert was lost: the tool then ends with exit status 1.</summary>
    public bool HasLosses => Dropped > 0 || Failed.Count > 0;
}
