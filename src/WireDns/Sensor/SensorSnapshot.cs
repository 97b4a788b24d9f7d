using System.Text.Json;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Noise;
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

    /// <summary>The state of the correlations.</summary>
    public required InterfaceState Correlation { get; init; }

    /// <summary>What happened to alerts before they went to the sinks.</summary>
    public required NoiseCounters Noise { get; init; }

    /// <summary>Packets that the kernel has dropped since the sensor's start before any capture saw them, on all interfaces of the machine (<see cref="KernelBacklog"/>); 0 if that is not known. Default: 0.</summary>
    public long BacklogDropped { get; init; }

    /// <summary>The canaries; null without a zone for them.</summary>
    public CanarySnapshot? Canary { get; init; }

    /// <summary>What keeps the sensor from its work, a line for each part: an interface that is blind, a target that takes nothing. Empty if nothing does.</summary>
    public IReadOnlyList<string> Faults() =>
    [
        .. Interfaces.Where(one => one.State.Sight == Sight.Blind).Select(one => $"interface {one.Name}: blind: {one.State.Reason}"),
        .. Canary?.Sending is { State: { Sight: Sight.Blind } canary } ? [$"canary: blind: {canary.Reason}"] : Array.Empty<string>(),
        .. Sinks.Where(sink => sink.TroubleLasts > Patience).Select(sink => $"target {sink.Name}: nothing has got through for {(int)sink.TroubleLasts.TotalSeconds} s"),
    ];

    /// <summary>Writes the interfaces, and what was dropped before them, as members of a JSON object.</summary>
    public void WriteInterfaces(Utf8JsonWriter json)
    {
        json.WriteNumber("backlog_dropped"u8, BacklogDropped);
        json.WriteStartArray("interfaces"u8);
        foreach (var one in Interfaces)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, one.Name);
            one.State.WriteMembers(json);
            json.WriteNumber("packets"u8, one.Statistics.Delivered);
            json.WriteNumber("dns_packets"u8, one.DnsPackets);
            json.WriteNumber("dropped_by_kernel"u8, one.Statistics.DroppedByKernel);
            json.WriteNumber("dropped_by_interface"u8, one.Statistics.DroppedByInterface);
            json.WriteNumber("left_unread"u8, one.Statistics.LeftUnread);
            json.WriteNumber("late_packets"u8, one.LatePackets);
            json.WriteNumber("interruptions"u8, one.Interruptions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

/// <summary>An interface at one moment.</summary>
/// <param name="Name">The interface's name.</param>
/// <param name="State">The interface's state.</param>
/// <param name="Statistics">Packets captured, dropped and left unread.</param>
/// <param name="DnsPackets">Packets that carried DNS.</param>
internal sealed record InterfaceSnapshot(string Name, InterfaceState State, CaptureStatistics Statistics, long DnsPackets)
{
    /// <summary>
    /// Packets that came to the rules before older ones of another thread, which did not keep up. Default: 0, which it always is with one thread. They are processed like all others.
    /// </summary>
    public long LatePackets { get; init; }

    /// <summary>Octets of the captured packets as they were on the wire, also where the snap length cut them. Default: 0.</summary>
    public long Octets { get; init; }

    /// <summary>How often the interface was gone or had no link, however short. Default: 0.</summary>
    public long Interruptions { get; init; }
}
