using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using WireDns.Detection.Rules;
using WireDns.Journal;
using WireDns.Sensor;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Metrics;

/// <summary>
/// Answers GET of /metrics, /healthz and /readyz from the sensor's last snapshot, on threads of its own: a request never waits for packets, and packets never
/// for a request.
/// </summary>
internal sealed class MetricsServer : IDisposable
{
    // The sensor takes a snapshot every second.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private const string CanaryPath = "/canary/";

    private readonly Func<SensorSnapshot?> _snapshot;
    private readonly Func<LoadedRules> _rules;
    private readonly Func<ReloadCounters> _reloads;
    private readonly byte[]? _token;
    private readonly HttpResponder _responder;
    private readonly TimeProvider _time;
    private readonly Func<string, byte[]?> _lookAtCanary;

    private MetricsServer(
        MetricsSettings settings, Func<SensorSnapshot?> snapshot, Func<LoadedRules> rules, Func<ReloadCounters> reloads, TimeProvider time, Func<string, byte[]?> lookAtCanary)
    {
        _lookAtCanary = lookAtCanary;
        _snapshot = snapshot;
        _rules = rules;
        _reloads = reloads;
        _time = time;
        _token = settings.TokenFile is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {ReadToken(settings.TokenFile)}"));
        var certificate = settings.CertificateFile is null ? null : ReadCertificate(settings.CertificateFile, settings.KeyFile);
        try
        {
            _responder = new HttpResponder(settings.EndPoint!, certificate, Answer);
        }
        catch (IOException exception)
        {
            throw new CommandFailure(ExitStatus.Usage, $"--metrics {settings.EndPoint}: {exception.Message}");
        }
    }

    /// <summary>Starts to listen; null if it is not wanted.</summary>
    /// <param name="settings">Where.</param>
    /// <param name="snapshot">The sensor's last snapshot.</param>
    /// <param name="rules">The rules that run.</param>
    /// <param name="reloads">The reloads so far.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told where it listens.</param>
    /// <param name="lookAtCanary">What is known of the canary of a name, as JSON; null if the sensor has no zone for canaries.</param>
    /// <exception cref="CommandFailure">It cannot listen there, or a file cannot be used.</exception>
    public static MetricsServer? Start(
        MetricsSettings settings, Func<SensorSnapshot?> snapshot, Func<LoadedRules> rules, Func<ReloadCounters> reloads, TimeProvider time, ILogger log,
        Func<string, byte[]?> lookAtCanary)
    {
        if (settings.EndPoint is null)
        {
            return settings is { TokenFile: null, CertificateFile: null, KeyFile: null } ? null
                : throw new CommandFailure(ExitStatus.Usage, "--metrics-token, --metrics-cert and --metrics-key need --metrics PORT");
        }

        var server = new MetricsServer(settings, snapshot, rules, reloads, time, lookAtCanary);
        log.MetricsServed($"{(settings.CertificateFile is null ? "http" : "https")}://{settings.EndPoint}");
        return server;
    }

    /// <inheritdoc/>
    public void Dispose() => _responder.Dispose();

    private HttpAnswer Answer(HttpRequest request)
    {
        var snapshot = _snapshot();
        switch (request.Path)
        {
            case var path when (path == "/metrics" || path.StartsWith(CanaryPath, StringComparison.Ordinal)) && _token is not null && !CryptographicOperations.FixedTimeEquals(_token, SHA256.HashData(Encoding.UTF8.GetBytes(request.Authorization))):
                return HttpAnswer.Text(HttpStatusCode.Unauthorized, "a token is wanted: Authorization: Bearer …\n");
            case "/metrics" when snapshot is null:
                return HttpAnswer.Text(HttpStatusCode.ServiceUnavailable, "the sensor has just been started\n");
            case "/metrics":
                return new HttpAnswer(HttpStatusCode.OK, MetricsText.ContentType, MetricsText.Of(snapshot, _rules(), _reloads(), _responder.Failed));
            case var path when path.StartsWith(CanaryPath, StringComparison.Ordinal):
                return _lookAtCanary(path[CanaryPath.Length..]) is { } json
                    ? new HttpAnswer(HttpStatusCode.OK, "application/json", json)
                    : HttpAnswer.Text(HttpStatusCode.NotFound, "the sensor runs without --canary-zone\n");
            case "/healthz":
                return snapshot is null || _time.GetUtcNow() - snapshot.Time < LongestSilence
                    ? HttpAnswer.Text(HttpStatusCode.OK, "ok\n")
                    : HttpAnswer.Text(HttpStatusCode.ServiceUnavailable, "the sensor's clock stands still\n");
            case "/readyz":
                IReadOnlyList<string> faults = snapshot?.Faults() ?? ["the sensor has just been started"];
                return faults.Count == 0
                    ? HttpAnswer.Text(HttpStatusCode.OK, "ready\n")
                    : HttpAnswer.Text(HttpStatusCode.ServiceUnavailable, string.Concat(faults.Select(fault => $"{fault}\n")));
            default:
                return HttpAnswer.Text(HttpStatusCode.NotFound, "/metrics, /healthz and /readyz are answered here\n");
        }
    }

    private static string ReadToken(string file)
    {
        try
        {
            var token = File.ReadAllText(file).Trim();
            return token.Length >= 16 ? token : throw new CommandFailure(ExitStatus.Usage, $"--metrics-token {file}: a token of at least 16 characters was expected");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(file, exception);
        }
    }

    private static X509Certificate2 ReadCertificate(string file, string? keyFile)
    {
        try
        {
            // Windows cannot use the key of a PEM file before it has been through its own format.
            using var pem = X509Certificate2.CreateFromPemFile(file, keyFile);
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (CryptographicException)
        {
            throw new CommandFailure(ExitStatus.Usage, $"--metrics-cert {file}: a certificate and its private key in PEM were expected");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.OfFile(keyFile is not null && File.Exists(file) ? keyFile : file, exception);
        }
    }
}
