using System.Globalization;
using System.Net;

namespace WireDns.Settings;

/// <summary>Where the sensor can be asked for its figures and its health.</summary>
internal sealed record MetricsSettings
{
    /// <summary>All settings of this topic.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.One<IPEndPoint?>(
            "metrics", "[ADDRESS:]PORT", "Serve /metrics (for Prometheus), /healthz and /readyz over HTTP at this port: of this machine alone (127.0.0.1), or of an address "
                + "(0.0.0.0:9153, [::1]:9153).",
            ReadEndPoint, settings => settings.Metrics.EndPoint is { } end ? Text(end) : null,
            (settings, end) => Set(settings, metrics => metrics with { EndPoint = end })).ForExample("9153"),
        Setting.Text(
            "metrics-token", "FILE", "A file with a token: who asks for /metrics has to send it ('Authorization: Bearer …').",
            settings => settings.Metrics.TokenFile, (settings, file) => Set(settings, metrics => metrics with { TokenFile = file })).ForExample("/etc/wiredns/metrics.token"),
        Setting.Text(
            "metrics-cert", "FILE", "A certificate (PEM): serve over HTTPS.",
            settings => settings.Metrics.CertificateFile, (settings, file) => Set(settings, metrics => metrics with { CertificateFile = file })).ForExample("/etc/wiredns/metrics.crt"),
        Setting.Text(
            "metrics-key", "FILE", "The certificate's private key (PEM), if it is in a file of its own.",
            settings => settings.Metrics.KeyFile, (settings, file) => Set(settings, metrics => metrics with { KeyFile = file })).ForExample("/etc/wiredns/metrics.key"),
    ];

    /// <summary>Where it listens. Default: null, nowhere.</summary>
    public IPEndPoint? EndPoint { get; init; }

    /// <summary>File with the token that a request for figures must carry. Default: null, none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>File with the certificate. Default: null, plain HTTP.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>File with the certificate's private key. Default: null, in the certificate's file.</summary>
    public string? KeyFile { get; init; }

    private static string Text(IPEndPoint end) =>
        end.Address.Equals(IPAddress.Loopback) ? end.Port.ToString(CultureInfo.InvariantCulture) : end.ToString();

    private static string? ReadEndPoint(string text, out IPEndPoint? end)
    {
        end = null;
        if (Setting.ReadNumber(text, 1, ushort.MaxValue, out var port) is null)
        {
            end = new IPEndPoint(IPAddress.Loopback, port);
        }
        else if (text.LastIndexOf(':') is > 0 and var colon && Setting.ReadNumber(text[(colon + 1)..], 1, ushort.MaxValue, out port) is null
            && (text[0] == '[') == (text[colon - 1] == ']') && DetectionSettings.ReadNetwork(text[..colon].Trim('[', ']'), out var host) is null && !text.Contains('/')
            && host.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 == (text[0] == '['))
        {
            end = new IPEndPoint(host.BaseAddress, port);
        }

        return end is null ? $"takes a port, or an address and a port as 0.0.0.0:9153 or [::1]:9153, not '{text}'." : null;
    }

    private static SensorSettings Set(SensorSettings settings, Func<MetricsSettings, MetricsSettings> set) => settings with { Metrics = set(settings.Metrics) };
}
