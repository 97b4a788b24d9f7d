using System.Text.Json;
using WireDns.Tests.Live;
using WireDns.Tests.Running;

namespace WireDns.Tests.Sensor;

/// <summary>What is shipped for Prometheus and Grafana, with Prometheus' own tools, and with a Prometheus that scrapes a sensor at work.</summary>
public sealed class PrometheusTests
{
    private const string Sensor = "http://127.0.0.1:9153";
    private const string Prometheus = "http://127.0.0.1:9090";

    private static readonly string Shipped = Path.Combine(TestPaths.Root, "deploy", "prometheus");

    [Fact]
    public void Every_alert_rule_is_sound_and_fires_when_it_should()
    {
        var cases = Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Sensor", "Prometheus", "alert-rules.test.yml");
        var rules = Path.Combine(Shipped, "wiredns.rules.yml");

        RunTool("check", "rules", rules);
        RunTool("check", "config", Path.Combine(Shipped, "prometheus.yml"));
        RunTool("test", "rules", cases);
        var names = File.ReadLines(rules).Where(line => line.Contains("- alert:", StringComparison.Ordinal)).Select(line => line.Split(':')[1].Trim()).ToList();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"  - name: {name}", File.ReadLines(cases)));
    }

    [Fact]
    public async Task Every_query_of_the_dashboard_has_data_from_a_sensor_at_work()
    {
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();
        using var client = ClientIn(network.Sensor);
        network.StartResolver();
        network.StartSensor(
            "-i", LiveNetwork.Tap, "-i", LiveNetwork.SecondTap, "--metrics", "9153", "-o", "stdout", "-o", $"http://127.0.0.1:1/,queue=1");
        using var prometheus = StartPrometheus(network, client, folder);
        network.Sensor.Ip($"link set {LiveNetwork.SecondTap} down");
        var missing = QueriesOfTheDashboard();
        Assert.True(missing.Count > 20, "too few queries to be all of them");

        var end = DateTime.UtcNow + RunningProgram.Patience;
        for (ushort round = 1; missing.Count > 0; round++)
        {
            Assert.True(DateTime.UtcNow < end, $"no data for:\n{string.Join('\n', missing)}");
            LiveNetwork.LookUp(network.FirstClient, "www.msstorageazure.com");
            LiveNetwork.Send(network.FirstClient, Malformed(round), Undecodable());
            missing.RemoveAll(query => HasData(client, query));
        }

        var text = await client.GetStringAsync(Sensor + "/metrics", TestContext.Current.CancellationToken);
        Assert.Equal("", RunToolWith(text, "check", "metrics"));
    }

    private static List<string> QueriesOfTheDashboard()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestPaths.Root, "deploy", "grafana", "wiredns.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row").ToList();
        return
        [
            .. panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!
                .Replace("$instance", ".*", StringComparison.Ordinal)
                .Replace("$__rate_interval", "10s", StringComparison.Ordinal)
                .Replace("$__range", "5m", StringComparison.Ordinal)),
            "wiredns_build_info", // from which the choice of the sensor is made
        ];
    }

    private static bool HasData(HttpClient client, string query)
    {
        var answer = client.GetStringAsync($"{Prometheus}/api/v1/query?query={Uri.EscapeDataString(query)}").GetAwaiter().GetResult();
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("data").GetProperty("result").GetArrayLength() > 0;
    }

    // The example as it is shipped, but quicker.
    private static RunningProgram StartPrometheus(LiveNetwork network, HttpClient client, TemporaryFolder folder)
    {
        var example = File.ReadAllText(Path.Combine(Shipped, "prometheus.yml"));
        File.Copy(Path.Combine(Shipped, "wiredns.rules.yml"), folder["wiredns.rules.yml"]);
        var configuration = folder.Write("prometheus.yml", example.Replace(": 15s", ": 1s", StringComparison.Ordinal));
        var prometheus = network.Sensor.Start(
            Tool("prometheus"), $"--config.file={configuration}", $"--storage.tsdb.path={folder["data"]}", "--web.listen-address=127.0.0.1:9090", "--log.level=warn");
        for (var end = DateTime.UtcNow + RunningProgram.Patience; !IsReady();)
        {
            Assert.True(DateTime.UtcNow < end, $"Prometheus does not answer: {prometheus.Error.Text}");
        }

        return prometheus;

        bool IsReady()
        {
            try
            {
                using var answer = client.GetAsync(Prometheus + "/-/ready").GetAwaiter().GetResult();
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return prometheus.Error.Has(_ => false, TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private static HttpClient ClientIn(NetworkNamespace network) => new(new SocketsHttpHandler
    {
        ConnectCallback = (context, _) =>
        {
            System.Net.Sockets.Socket? socket = null;
            network.Run(() =>
            {
                socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                socket.Connect(context.DnsEndPoint.Host, context.DnsEndPoint.Port);
            });
            return ValueTask.FromResult<Stream>(new System.Net.Sockets.NetworkStream(socket!, ownsSocket: true));
        },
    });

    // A question that ends in the middle.
    private static byte[] Malformed(ushort id) => Layers.Ethernet(Layers.Ipv4(
        Layers.Udp(DnsBytes.Query("broken.example.org", id)[..20]), source: "192.0.2.11", destination: LiveNetwork.ResolverIpv4));

    // A fragment that is not the last one has a multiple of 8 bytes.
    private static byte[] Undecodable() => Layers.Ethernet(Layers.Ipv4(
        Layers.Udp(DnsBytes.Query("www.example.org"))[..23], source: "192.0.2.11", destination: LiveNetwork.ResolverIpv4, more: true));

    private static void RunTool(params string[] arguments)
    {
        using var tool = RunningProgram.Start(Tool("promtool"), arguments);
        Assert.True(tool.WaitForEnd() == 0, $"promtool {string.Join(' ', arguments)}:\n{tool.Output.Text}{tool.Error.Text}");
    }

    // What it has to say, on any of its outputs.
    private static string RunToolWith(string input, params string[] arguments)
    {
        using var tool = RunningProgram.Start(Tool("promtool"), arguments);
        tool.Input.Write(System.Text.Encoding.UTF8.GetBytes(input));
        tool.WaitForEnd();
        return tool.Output.Text + tool.Error.Text;
    }

    private static string Tool(string name)
    {
        var path = Path.Combine(TestPaths.Root, "artifacts", "servers", "bin", name);
        Assert.SkipUnless(File.Exists(path), $"needs {name}, which ./run.sh setup unpacks");
        return path;
    }
}
