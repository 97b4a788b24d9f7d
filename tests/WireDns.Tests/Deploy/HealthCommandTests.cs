using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WireDns.Metrics;
using WireDns.Tests.Running;

namespace WireDns.Tests.Deploy;

/// <summary><c>wiredns health</c>: the health check of the image.</summary>
public sealed class HealthCommandTests
{
    [Theory]
    [InlineData(HttpStatusCode.OK, 0)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 1)]
    public void It_says_what_the_sensor_answers(HttpStatusCode answer, int status)
    {
        var port = FreePort();
        using var sensor = new HttpResponder(new IPEndPoint(IPAddress.Loopback, port), null, request => HttpAnswer.Text(answer, $"{request.Path}\n"));

        var run = Product.RunWith([("WIREDNS_METRICS", $"{port}")], "health", "--ready");

        Assert.Equal((status, "/readyz"), (run.ExitStatus, Assert.Single(run.Output.Lines)));
    }

    [Fact]
    public void It_asks_over_TLS_and_trusts_the_certificate_of_its_settings_alone()
    {
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=sensor.example", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var other = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var port = FreePort();
        using var sensor = new HttpResponder(new IPEndPoint(IPAddress.Loopback, port), certificate, _ => HttpAnswer.Text(HttpStatusCode.OK, "ok\n"));

        var good = Product.Run("health", "--metrics", $"0.0.0.0:{port}", "--metrics-cert", folder.Write("own.crt", certificate.ExportCertificatePem()));
        var bad = Product.Run("health", "--metrics", $"{port}", "--metrics-cert", folder.Write("other.crt", other.ExportCertificatePem()));

        Assert.Equal((0, "ok"), (good.ExitStatus, Assert.Single(good.Output.Lines)));
        Assert.Equal((1, $"wiredns: no sensor answers at 127.0.0.1:{port}"), (bad.ExitStatus, Assert.Single(bad.Error.Lines)));
    }

    [Fact]
    public void Without_a_sensor_it_fails_in_one_line()
    {
        var none = Product.Run("health");
        var port = FreePort();
        var silent = Product.Run("health", "--metrics", $"{port}");

        Assert.Equal((2, "wiredns: health needs --metrics [ADDRESS:]PORT, as live has it."), (none.ExitStatus, Assert.Single(none.Error.Lines)));
        Assert.Equal((1, $"wiredns: no sensor answers at 127.0.0.1:{port}"), (silent.ExitStatus, Assert.Single(silent.Error.Lines)));
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
