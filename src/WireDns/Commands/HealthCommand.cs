using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WireDns.Configuration;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns health</c>: asks a sensor of this machine whether it lives or is ready, for a container's health check.</summary>
internal static class HealthCommand
{
    // A sensor answers from a snapshot, at once.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var ready = new Option<bool>("--ready") { Description = "Ask whether it sees every interface and reaches every target, and not only whether it lives." };
        var command = new Command("health", "Ask the sensor that 'wiredns live' runs on this machine with the same settings whether it lives. Status 0: it does.") { ready };
        var sources = new SettingSources(command, LiveCommand.Settings);
        command.SetAction(arguments => Ask(sources.Read(arguments).Settings.Metrics, arguments.GetValue(ready) ? "readyz" : "healthz"));
        return command;
    }

    private static int Ask(MetricsSettings settings, string page)
    {
        var end = settings.EndPoint ?? throw new CommandFailure(ExitStatus.Usage, "health needs --metrics [ADDRESS:]PORT, as live has it.");
        var any = end.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : end.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : end.Address;

        // It asks its own machine, under an address that no certificate names, and knows the one that must be shown.
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var own = settings.CertificateFile is { } file ? ReadCertificate(file) : null;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && own is not null && shown.GetRawCertData().AsSpan().SequenceEqual(own.RawData);
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{(settings.CertificateFile is null ? "http" : "https")}://{new IPEndPoint(any, end.Port)}/{page}");
            using var answer = client.Send(request);
            using var body = new StreamReader(answer.Content.ReadAsStream());
            Console.Out.Write(string.Concat(body.ReadToEnd().TrimEnd('\n').Split('\n').Select(line => $"{Printable.Text(line)}\n")));
            return answer.StatusCode == HttpStatusCode.OK ? ExitStatus.Done : ExitStatus.Failed;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            throw new CommandFailure(ExitStatus.Failed, $"no sensor answers at {new IPEndPoint(any, end.Port)}");
        }
    }

    private static X509Certificate2 ReadCertificate(string file)
    {
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(file);
        }
        catch (CryptographicException)
        {
            throw new CommandFailure(ExitStatus.Usage, $"--metrics-cert {file}: a certificate in PEM was expected");
        }
    }
}
