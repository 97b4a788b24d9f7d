using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using WireDns.Tests.Running;

namespace WireDns.Tests.Sensor;

/// <summary>What a sensor answers to Prometheus and to those who ask for its health.</summary>
public sealed partial class MetricsTests : IDisposable
{
    private const string Token = "a token of this test alone";

    private readonly TemporaryFolder _folder = new();

    public MetricsTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, whose loopback interface is called lo");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to capture");
    }

    [Fact]
    public async Task Every_sample_has_its_type_and_the_ledger_adds_up()
    {
        using var sensor = Start(out var address);
        using var client = new HttpClient();

        var response = await Get(client, address + "/metrics");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var samples = Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, samples["wiredns_state{part=\"interface\",name=\"lo\",state=\"ok\"}"]);
        Assert.Equal(0, samples["wiredns_interface_late_packets_total{interface=\"lo\"}"]);
        Assert.Equal(0, samples["wiredns_interface_interruptions_total{interface=\"lo\"}"]);
        Assert.Equal(1, samples.Single(sample => sample.Key.StartsWith("wiredns_build_info{", StringComparison.Ordinal)).Value);
        Assert.True(samples["process_resident_memory_bytes"] > 1e6);
        Assert.True(samples["wiredns_rules{state=\"running\"}"] > 0);
        Assert.Contains("wiredns_sink_items_total{sink=\"stdout\",items=\"alerts\",outcome=\"delivered\",reason=\"\"}", samples.Keys);
        var ended = samples.Where(sample => sample.Key.StartsWith("wiredns_packets_total{", StringComparison.Ordinal)).Sum(sample => sample.Value);
        Assert.Equal(samples["wiredns_interface_packets_total{interface=\"lo\"}"], ended + samples["wiredns_held_packets"]);
    }

    [Fact]
    public async Task Health_readiness_and_what_is_not_there()
    {
        using var sensor = Start(out var address);
        using var client = new HttpClient();

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await Answer(client, address + "/healthz"));
        await Until(async () => await Answer(client, address + "/readyz") == (HttpStatusCode.OK, "ready\n"));
        Assert.Equal(HttpStatusCode.NotFound, (await Answer(client, address + "/")).Status);
        using var post = await client.PostAsync(address + "/metrics", new StringContent("x"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task A_blind_interface_is_alive_and_not_ready()
    {
        using var sensor = Start(out var address, "--blind-after", "1");
        using var client = new HttpClient();
        sensor.Error.WaitFor(line => line.StartsWith("wiredns: lo is blind", StringComparison.Ordinal), RunningProgram.Patience);

        // The snapshot follows the state within a second.
        await Until(async () => (await Answer(client, address + "/readyz")).Text.StartsWith("interface lo: blind: no ", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Answer(client, address + "/readyz")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Answer(client, address + "/healthz")).Status);
    }

    [Fact]
    public async Task With_a_token_and_a_certificate()
    {
        var (certificate, key) = WriteCertificate();
        using var sensor = Start(out var address, "--metrics-token", _folder.Write("token", Token + "\n"), "--metrics-cert", certificate, "--metrics-key", key);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var client = new HttpClient(handler);
        Assert.StartsWith("https://", address, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Unauthorized, (await Answer(client, address + "/metrics")).Status);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "another token");
        Assert.Equal(HttpStatusCode.Unauthorized, (await Answer(client, address + "/metrics")).Status);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Assert.Equal(HttpStatusCode.OK, (await Answer(client, address + "/metrics")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Answer(client, address + "/healthz")).Status);
    }

    [Fact]
    public void What_cannot_be_served_is_one_line()
    {
        var noKey = _folder.Write("cert", "no certificate");
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        AssertRefused($"wiredns: --metrics 127.0.0.1:{port}: another program listens there", "--metrics", port);
        AssertRefused("wiredns: --metrics 192.0.2.77:9153: this machine has no such address", "--metrics", "192.0.2.77:9153");
        AssertRefused($"wiredns: --metrics-cert {noKey}: a certificate and its private key in PEM were expected", "--metrics", "9153", "--metrics-cert", noKey);
        AssertRefused("wiredns: --metrics-token, --metrics-cert and --metrics-key need --metrics PORT", "--metrics-cert", noKey);
        AssertRefused($"wiredns: --metrics-token {noKey}: a token of at least 16 characters was expected", "--metrics", "9153", "--metrics-token", noKey);

        static void AssertRefused(string line, params string[] arguments)
        {
            var run = Product.Run(["live", "-i", "lo", "-r", TestPaths.Rules, "--no-suppress", .. arguments]);

            Assert.Equal(2, run.ExitStatus);
            Assert.Equal([line], run.Error.Lines);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static RunningProgram Start(out string address, params string[] arguments)
    {
        // A port that nobody is given by chance.
        var port = RandomNumberGenerator.GetInt32(20_000, 32_000).ToString(CultureInfo.InvariantCulture);
        var sensor = Product.Start(["live", "-i", "lo", "-r", TestPaths.Rules, "--metrics", port, .. arguments]);
        sensor.Error.WaitFor(line => line.EndsWith("/metrics, /healthz and /readyz answer", StringComparison.Ordinal), RunningProgram.Patience);
        address = $"{(arguments.Contains("--metrics-cert") ? "https" : "http")}://127.0.0.1:{port}";
        Assert.Contains($"wiredns: {address}/metrics, /healthz and /readyz answer", sensor.Error.Lines);
        return sensor;
    }

    // There is no snapshot in the first second.
    private static async Task<HttpResponseMessage> Get(HttpClient client, string address)
    {
        HttpResponseMessage? response = null;
        await Until(async () => (response = await client.GetAsync(address)).StatusCode != HttpStatusCode.ServiceUnavailable);
        return response!;
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        for (var end = DateTime.UtcNow + RunningProgram.Patience; !await condition();)
        {
            Assert.True(DateTime.UtcNow < end, "it did not come");
            await Task.Delay(50);
        }
    }

    private static async Task<(HttpStatusCode Status, string Text)> Answer(HttpClient client, string address)
    {
        using var response = address.EndsWith("readyz", StringComparison.Ordinal) ? await client.GetAsync(address) : await Get(client, address);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The samples of a text, with all that the format demands checked.</summary>
    private static Dictionary<string, double> Parse(string text)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        var samples = new Dictionary<string, double>(StringComparer.Ordinal);
        string? current = null;
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (Type().Match(line) is { Success: true } type)
            {
                Assert.True(types.TryAdd(current = type.Groups[1].Value, type.Groups[2].Value), $"a second type: {line}");
                continue;
            }

            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                continue;
            }

            var sample = Sample().Match(line);
            Assert.True(sample.Success, line);
            Assert.Equal(current, sample.Groups[1].Value); // all samples of a metric stand together, below its type
            Assert.Equal(types[current!] == "counter", current!.EndsWith("_total", StringComparison.Ordinal));
            Assert.True(samples.TryAdd(sample.Groups[1].Value + sample.Groups[2].Value, double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture)), $"twice: {line}");
        }

        return samples;
    }

    private (string Certificate, string Key) WriteCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (_folder.Write("cert.pem", certificate.ExportCertificatePem()), _folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem()));
    }

    [GeneratedRegex("^# TYPE ([a-z_]+) (counter|gauge)$")]
    private static partial Regex Type();

    [GeneratedRegex(@"^([a-z_]+)(\{(?:[a-z]+=""(?:[^""\\]|\\.)*"",?)+\})? (\S+)$")]
    private static partial Regex Sample();
}
