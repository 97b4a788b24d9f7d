using System.Net;
using System.Net.Sockets;
using WireDns.Detection;
using WireDns.Sigma.Correlation;

namespace WireDns.Settings;

/// <summary>The settings that fill <see cref="DetectorOptions"/>.</summary>
internal static class DetectionSettings
{
    private const int Largest = 1 << 24;

    /// <summary>What the user knows about the network, and whether anomalies are reported.</summary>
    public static IReadOnlyList<Setting> Network { get; } =
    [
        Setting.Many<IPNetwork>(
            "resolver", "ADDRESS|NETWORK", "An internal resolver, as an address or a network (10.0.0.53, 10.1.0.0/16): the lookups that it makes for its clients are marked as "
                + "forwarded. May be given several times.",
            ReadNetwork, settings => settings.Detection.Resolvers.Select(network => network.ToString()),
            (settings, networks) => Set(settings, options => options with { Resolvers = networks })).ForExample("10.0.0.53", "10.1.0.0/16"),
        Setting.Switch(
            "anomalies", "Send also what is wrong, as alerts are sent: each malformed message and each packet that cannot be decoded; of an interface, at most 100 "
                + "a second.",
            settings => settings.Detection.AnomaliesPerSecond > 0,
            (settings, isOn) => Set(settings, options => options with { AnomaliesPerSecond = isOn ? int.MaxValue : 0 })),
    ];

    /// <summary>The limits of detection, which hold whatever the traffic.</summary>
    public static IReadOnlyList<Setting> Bounds { get; } =
    [
        Setting.Number(
            "lookups", "N", "Lookups remembered at once, so that a query, its repetitions and its response raise one alert: {range}.", 1024, Largest,
            settings => settings.Detection.MaximumLookups, (settings, count) => Set(settings, options => options with { MaximumLookups = count })),
        Setting.Number(
            "correlation-groups", "N", "Groups of events (clients, for instance) that all correlations together remember at once: {range}.", 1, Largest,
            settings => settings.Detection.Correlations.MaximumGroups, (settings, count) => Limit(settings, limits => limits with { MaximumGroups = count })),
        Setting.Number(
            "correlation-events", "N", "Events, or different values, that all correlations together remember at once: {range}.", 1, Largest,
            settings => settings.Detection.Correlations.MaximumEvents, (settings, count) => Limit(settings, limits => limits with { MaximumEvents = count })),
    ];

    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Network, .. Bounds];

    private static SensorSettings Set(SensorSettings settings, Func<DetectorOptions, DetectorOptions> set) => settings with { Detection = set(settings.Detection) };

    private static SensorSettings Limit(SensorSettings settings, Func<CorrelationLimits, CorrelationLimits> set) =>
        Set(settings, options => options with { Correlations = set(options.Correlations) });

    /// <summary>Reads an address or a network.</summary>
    // The base library reads 10.1 as 10.0.0.1 and 010.0.0.1 as octal, and accepts an address with a port or a scope.
    internal static string? ReadNetwork(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        if (!address.AsSpan().ContainsAny("[]%") && IPAddress.TryParse(address, out var parsed)
            && (parsed.AddressFamily != AddressFamily.InterNetwork || parsed.ToString() == address))
        {
            network = slash < 0 ? new IPNetwork(parsed, parsed.GetAddressBytes().Length * 8) : default;
            if (slash < 0 || (IPNetwork.TryParse(text, out network) && network.BaseAddress.Equals(parsed)))
            {
                return null;
            }
        }

        return $"takes an IPv4 or IPv6 address or a network without host bits, not '{text}'.";
    }
}
