using WireDns.Alerts.Delivery;
using WireDns.Capture.Live;
using WireDns.Detection.Counters;

namespace WireDns.Sensor;

/// <summary>
/// What a sensor knows at one moment: the ledger, each interface and its state, each sink. Published once a second; whoever reads it waits for
/// nothing. Immutable.
/// </summary>
/// <param name="Time">The moment.</param>
/// <param name="Uptime">How long the sensor runs.</param>
/// <param name="Interfaces">Each interface.</param>
/// <param name="Mirror">The state of the link as a whole.</param>
/// <param name="Counters">What was counted.</param>
/// <param name="Sinks">What happened to the alerts of each sink.</param>
/// <param name="Events">Events of the sensor that were raised.</param>
internal sealed record SensorSnapshot(
    DateTimeOffset Time, TimeSpan Uptime, IReadOnlyList<InterfaceSnapshot> Interfaces, InterfaceState Mirror, RunCounters Counters,
    IReadOnlyList<SinkCounters> Sinks, long Events);

/// <summary>An interface at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="Statistics">Packets that were captured, dropped and left.</param>
/// <param name="DnsPackets">Packets with DNS.</param>
internal sealed record InterfaceSnapshot(string Name, InterfaceState State, CaptureStatistics Statistics, long DnsPackets);
