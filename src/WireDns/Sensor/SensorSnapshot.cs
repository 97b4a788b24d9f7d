using WireDns.Alerts.Delivery;
using WireDns.Capture.Live;
using WireDns.Detection.Counters;

namespace WireDns.Sensor;

/// <summary>
/// What a sensor knows at one moment: the ledger, each interface with its state, each sink. Published once a second; reading it never blocks.
/// Immutable.
/// </summary>
/// <param name="Time">The moment the snapshot was taken.</param>
/// <param name="Uptime">How long the sensor has been running.</param>
/// <param name="Interfaces">Each interface that is captured from.</param>
/// <param name="Mirror">The state of the mirrored link as a whole.</param>
/// <param name="Counters">The counters so far.</param>
/// <param name="Sinks">The counters of each sink.</param>
/// <param name="Events">How many events the sensor has raised.</param>
internal sealed record SensorSnapshot(
    DateTimeOffset Time, TimeSpan Uptime, IReadOnlyList<InterfaceSnapshot> Interfaces, InterfaceState Mirror, RunCounters Counters,
    IReadOnlyList<SinkCounters> Sinks, long Events)
{
    // A receiver that restarts is no reason to be called unready.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What keeps the sensor from its work, a line for each part: an interface that is blind, a target that takes nothing. Empty if nothing does.</summary>
    public IReadOnlyList<string> Faults() =>
    [
        .. Interfaces.Where(one => one.State.Sight == Sight.Blind).Select(one => $"interface {one.Name}: blind: {one.State.Reason}"),
        .. Sinks.Where(sink => sink.TroubleLasts > Patience).Select(sink => $"target {sink.Name}: nothing has got through for {(int)sink.TroubleLasts.TotalSeconds} s"),
    ];
}

/// <summary>An interface at one moment.</summary>
/// <param name="Name">The interface's name.</param>
/// <param name="State">The interface's state.</param>
/// <param name="Statistics">Packets captured, dropped and left unread.</param>
/// <param name="DnsPackets">Packets that carried DNS.</param>
internal sealed record InterfaceSnapshot(string Name, InterfaceState State, CaptureStatistics Statistics, long DnsPackets);
