using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests.Formats;

/// <summary>Every format by the name that a user gives it, and one of each kind of message.</summary>
internal static class FormatSamples
{
    private static readonly StoppedClock Clock = new();

    /// <summary>The names, in the order of the help.</summary>
    public static string[] Names { get; } = ["text", "ecs", "ecs9", "eve", "cef", "ocsf", "zeek"];

    /// <summary>Those that write JSON.</summary>
    public static string[] JsonNames { get; } = ["ecs", "ecs9", "eve", "ocsf", "zeek"];

    /// <summary>One of each kind: a query and a response that a rule matched, a correlation, its end, a summary of repeats, an anomaly, events of the sensor.</summary>
    public static IReadOnlyList<Notification> All { get; } =
    [
        SampleAlerts.Plain,
        SampleAlerts.Full with { Rule = SampleAlerts.Rule with { Tags = [.. SampleAlerts.Rule.Tags, "attack.g0016", "attack.s0154", "cve.2021-44228"] }, Indicators = [SampleAlerts.Indicator] },
        SampleAlerts.Correlated, SampleAlerts.Ended, SampleAlerts.Repeated,
        SampleAlerts.Plain with
        {
            Id = "00000000000000dd", Rule = AlertAnomaly.Rule, Reasons = [], Anomaly = new AlertAnomaly("malformed", "label_type", 1), File = null, Interface = "eth1",
        },
        SampleAlerts.Blind,
        SampleAlerts.Operated,
    ];

    public static ICuttableFormat Of(string name) => name switch
    {
        "text" => new TextFormat(),
        "ecs" => new EcsFormat("sensor-1", "0.1.0", Clock),
        "ecs9" => new EcsFormat("sensor-1", "0.1.0", Clock, EcsVersion.V9),
        "eve" => new EveFormat("sensor-1", Clock),
        "cef" => new CefFormat("sensor-1", "0.1.0"),
        "ocsf" => new OcsfFormat("sensor-1", "0.1.0", Clock),
        "zeek" => new ZeekFormat("sensor-1", Clock),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 3, 1, 9, 15, 3, TimeSpan.Zero);
    }
}
