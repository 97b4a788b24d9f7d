using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WireDns.Detection.Rules;
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
    private const int MaximumConnections = 32;

    // The sensor takes a snapshot every second.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly Func<SensorSnapshot?> _snapshot;
    private readonly LoadedRules _rules;
    private readonly byte[]? _token;
    private readonly WebApplication _server;
    private readonly TimeProvider _time;

    private MetricsServer(MetricsSettings settings, Func<SensorSnapshot?> snapshot, LoadedRules rules, TimeProvider time)
    {
        _snapshot = snapshot;
        _rules = rules;
        _time = time;
        _token = settings.TokenFile is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {ReadToken(settings.TokenFile)}"));
        var certificate = settings.CertificateFile is null ? null : ReadCertificate(settings.CertificateFile, settings.KeyFile);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, SensorLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = MaximumConnections;
            options.Limits.MaxRequestBodySize = 0;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
            options.Listen(settings.EndPoint!, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        _server = builder.Build();
        _server.Run(Answer);
    }

    /// <summary>Starts to listen; null if it is not wanted.</summary>
    /// <param name="settings">Where.</param>
    /// <param name="snapshot">The sensor's last snapshot.</param>
    /// <param name="rules">The rules that run.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CommandFailure">It cannot listen there, or a file cannot be used.</exception>
    public static MetricsServer? Start(MetricsSettings settings, Func<SensorSnapshot?> snapshot, LoadedRules rules, TimeProvider time)
    {
        if (settings.EndPoint is null)
        {
            return settings is { TokenFile: null, CertificateFile: null, KeyFile: null } ? null
                : throw new CommandFailure(ExitStatus.Usage, "--metrics-token, --metrics-cert and --metrics-key need --metrics PORT");
        }

        var server = new MetricsServer(settings, snapshot, rules, time);
        try
        {
            server._server.StartAsync().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            server.Dispose();
            throw new CommandFailure(ExitStatus.Usage, $"--metrics {settings.EndPoint}: {Words(exception)}");
        }

        StandardError.Write($"wiredns: {(settings.CertificateFile is null ? "http" : "https")}://{settings.EndPoint}/metrics, /healthz and /readyz answer");
        return server;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        _server.StopAsync(soon.Token).GetAwaiter().GetResult();
        ((IDisposable)_server).Dispose();
    }

    private async Task Answer(HttpContext context)
    {
        var (status, type, body) = Answer(context.Request);
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (status == HttpStatusCode.Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private (HttpStatusCode Status, string Type, byte[] Body) Answer(HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return Text(HttpStatusCode.MethodNotAllowed, "GET alone is answered here\n");
        }

        var snapshot = _snapshot();
        switch (request.Path.Value)
        {
            case "/metrics" when _token is not null
                && !CryptographicOperations.FixedTimeEquals(_token, SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()))):
                return Text(HttpStatusCode.Unauthorized, "a token is wanted: Authorization: Bearer …\n");
            case "/metrics" when snapshot is null:
                return Text(HttpStatusCode.ServiceUnavailable, "the sensor has just been started\n");
            case "/metrics":
                return (HttpStatusCode.OK, MetricsText.ContentType, MetricsText.Of(snapshot, _rules));
            case "/healthz":
                var isLive = snapshot is null || _time.GetUtcNow() - snapshot.Time < LongestSilence;
                return Text(isLive ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, isLive ? "ok\n" : "the sensor's clock stands still\n");
            case "/readyz":
                var faults = SensorReadiness.FaultsOf(snapshot);
                return Text(faults.Count == 0 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, faults.Count == 0 ? "ready\n" : string.Concat(faults.Select(fault => $"{fault}\n")));
            default:
                return Text(HttpStatusCode.NotFound, "/metrics, /healthz and /readyz are answered here\n");
        }
    }

    private static (HttpStatusCode Status, string Type, byte[] Body) Text(HttpStatusCode status, string text) => (status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

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

    private static string Words(Exception exception) => exception switch
    {
        { InnerException: { } inner } => Words(inner),
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "another program listens there",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "this machine has no such address",
        _ when exception.GetType().Name.StartsWith("AddressInUse", StringComparison.Ordinal) => "another program listens there",
        _ => "it cannot be listened to",
    };

    /// <summary>The sensor decides when to start and to end; the server's own handling of signals would end it too early.</summary>
    private sealed class SensorLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
