using System.Globalization;
using System.Net;
using WireDns.Canary;

namespace WireDns.Settings;

/// <summary>Lookups by which a sensor learns whether it works.</summary>
internal sealed record CanarySettings
{
    private const int LeastInterval = 10;
    private const int LargestInterval = 86_400;

    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.One<string>(
            "canary-zone", "DOMAIN", "Raise a canary alert for each lookup of a name under this domain, which nothing else may ask for: 'wiredns selftest' and --canary-interval send such "
                + "lookups. Nothing holds canaries back, and they go to every target (docs/selftest.md).",
            CanaryRule.ReadZone, settings => settings.Rules.CanaryZone, (settings, zone) => settings with { Rules = settings.Rules with { CanaryZone = zone } }).ForExample("canary.example.net"),
        Setting.One<int>(
            "canary-interval", "SECONDS", $"Send such a lookup so often ({LeastInterval} to {LargestInterval:N0} seconds) over the monitored link, and say that the sensor is blind if it is not seen. "
                + "Off unless given: a sensor sends nothing.",
            (string text, out int seconds) => Setting.ReadNumber(text, LeastInterval, LargestInterval, out seconds),
            settings => settings.Canary.Interval is { } interval ? ((int)interval.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null,
            (settings, seconds) => Set(settings, canary => canary with { Interval = TimeSpan.FromSeconds(seconds) })).ForExample("300"),
        Setting.One<IPEndPoint?>(
            "canary-resolver", "ADDRESS[:PORT]", "The resolver that --canary-interval asks; by default the system's.", ReadResolver,
            settings => settings.Canary.Resolver is { } resolver ? Text(resolver) : null,
            (settings, resolver) => Set(settings, canary => canary with { Resolver = resolver })).ForExample("192.0.2.53"),
    ];

    /// <summary>How often the sensor sends a canary itself. Default: null, never.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Whom it asks. Default: null, the system's resolvers.</summary>
    public IPEndPoint? Resolver { get; init; }

    /// <summary>Reads an address, with or without a port; 53 by default.</summary>
    public static string? ReadResolver(string text, out IPEndPoint? resolver)
    {
        resolver = IPAddress.TryParse(text, out var address) ? new IPEndPoint(address, 53)
            : IPEndPoint.TryParse(text, out var end) && end.Port > 0 ? end : null;
        return resolver is null ? $"takes an address as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53, not '{text}'." : null;
    }

    private static string Text(IPEndPoint resolver) => resolver.Port == 53 ? resolver.Address.ToString() : resolver.ToString();

    private static SensorSettings Set(SensorSettings settings, Func<CanarySettings, CanarySettings> set) => settings with { Canary = set(settings.Canary) };
}
