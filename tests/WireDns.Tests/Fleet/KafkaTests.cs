using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using WireDns.Tests.Running;

namespace WireDns.Tests.Fleet;

/// <summary>Alerts in Kafka, against librdkafka's mock brokers in a process of their own: docs/fleet.md.</summary>
public sealed class KafkaTests : IDisposable
{
    private const string Topic = "wiredns.alerts";

    private const string Rule = """
        title: of the test
        id: 11111111-0000-4000-8000-0000000000a1
        logsource: {category: dns}
        detection: {selection: {query|endswith: .example.com}, condition: selection}
        level: high
        """;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(6);

    private readonly TemporaryFolder _folder = new();
    private MockBrokers? _brokers;

    public void Dispose()
    {
        _brokers?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Each_alert_is_in_the_topic_once_though_the_brokers_were_away_for_six_seconds()
    {
        _brokers = MockBrokers.Start(Topic);
        var address = _brokers.Address;
        var rule = _folder.Write("rule.yml", Rule);
        var capture = Capture(4000);
        var expected = Ids(Product.Run("read", _folder.Write("all.pcap", capture), "-r", rule, "-f", "ecs", "-q").Output.Lines);
        Assert.Equal(4000, expected.Count);

        using var run = Product.Start("read", "-", "-r", rule, "-o", $"kafka://{address}/{Topic},format=ecs,retry-for=30m");
        run.Input.Write(capture.AsSpan(..(capture.Length / 2)));
        run.Input.Flush();
        while (_brokers.ReadTopic().Count == 0)
        {
            Assert.False(run.HasEnded, run.Error.Text);
        }

        _brokers.Tell("down");
        run.Input.Write(capture.AsSpan((capture.Length / 2)..));
        run.Input.Flush();
        run.Error.WaitFor(line => line.Contains("no broker", StringComparison.Ordinal), RunningProgram.Patience);
        Thread.Sleep(Outage); // the outage itself
        _brokers.Tell("up");

        Assert.True(run.WaitForEnd() == 0, run.Error.Text);
        var messages = _brokers.ReadTopic();
        Assert.Equal(expected, Ids(messages.Select(message => message.Value)));
        Assert.All(messages, message => Assert.Equal((string)JsonNode.Parse(message.Value)!["event"]!["id"]!, message.Key));
    }

    [Fact]
    public void A_sensor_sends_its_alerts_and_ends_with_status_0()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs the right to capture");
        _brokers = MockBrokers.Start(Topic);
        var address = _brokers.Address;
        using var sensor = Product.Start("live", "-i", "lo", "-r", _folder.Write("rule.yml", Rule), "-o", $"kafka://{address}/{Topic},format=eve", "--no-suppress");
        sensor.Error.WaitFor(line => line.Contains("rules run", StringComparison.Ordinal), RunningProgram.Patience);
        using var client = new UdpClient(AddressFamily.InterNetwork);
        client.Send(DnsBytes.Query("live.example.com"), new IPEndPoint(IPAddress.Loopback, 53));

        IReadOnlyList<(string Key, string Value)> messages;
        while ((messages = _brokers.ReadTopic()).Count == 0)
        {
            Assert.False(sensor.HasEnded, sensor.Error.Text);
        }

        sensor.Signal(RunningProgram.Terminate);
        Assert.True(sensor.WaitForEnd() == 0, sensor.Error.Text);
        Assert.Contains("\"live.example.com\"", messages[0].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Lookups_are_messages_too()
    {
        _brokers = MockBrokers.Start(Topic);
        var address = _brokers.Address;
        var run = Product.Run("read", _folder.Write("a.pcap", Capture(5)), "--log-dns", $"kafka://{address}/{Topic}");

        Assert.True(run.ExitStatus == 0, run.Error.Text);
        Assert.Equal(5, _brokers.ReadTopic().Count);
    }

    [Fact]
    public void Alerts_that_no_broker_takes_are_counted_with_status_1()
    {
        MockBrokers.SkipWithoutLibrary();
        var run = Product.Run("read", _folder.Write("a.pcap", Capture(5)), "-r", _folder.Write("rule.yml", Rule), "-o", $"kafka://127.0.0.1:1/{Topic},retry-for=1s");

        Assert.Equal(1, run.ExitStatus);
        Assert.Matches($"not delivered +5 +alerts to kafka://127.0.0.1:1/{Topic}", run.Error.Text);
    }

    [Fact]
    public void Without_the_library_the_package_is_named()
    {
        _folder.Write("librdkafka.so.1", "no library");
        var run = Product.RunWith(
            [("LD_LIBRARY_PATH", _folder.Path)], "read", _folder.Write("a.pcap", Capture(1)), "-r", _folder.Write("rule.yml", Rule), "-o", $"kafka://127.0.0.1:1/{Topic}");

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("this needs the library librdkafka.so.1: on Debian and Ubuntu, apt-get install librdkafka1", run.Error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kafka://127.0.0.1:1", "", "kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC was expected")]
    [InlineData("kafka://127.0.0.1:1/a/b", "", "kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC was expected")]
    [InlineData("kafka://127.0.0.1:1/t", "# one\nacks=1", "kafka.properties:2: acks is not the user's to set")]
    [InlineData("kafka://127.0.0.1:1/t", "plugin.library.paths=/tmp/x.so", "kafka.properties:1: plugin.library.paths is not the user's to set")]
    [InlineData("kafka://127.0.0.1:1/t", "linger.ms", "kafka.properties:1: name=value was expected")]
    [InlineData("kafka://127.0.0.1:1/t", "sasl.mechanism=PLAIN\nsasl.pasword=geheim", "kafka.properties:2: sasl.pasword: librdkafka does not know this property")]
    [InlineData("kafka://127.0.0.1:1/t", null, "kafka.properties: it does not exist")]
    public void A_wrong_address_or_property_is_refused_without_showing_its_value(string address, string? properties, string reason)
    {
        MockBrokers.SkipWithoutLibrary();
        if (properties is not null)
        {
            _folder.Write("kafka.properties", properties);
        }

        var run = Product.Run(
            "read", _folder.Write("a.pcap", Capture(1)), "-r", _folder.Write("rule.yml", Rule), "-o", $"{address}{(properties is "" ? "" : $",properties={_folder["kafka.properties"]}")}");

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(reason, run.Error.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", run.Error.Text, StringComparison.Ordinal);
    }

    private static byte[] Capture(int lookups)
    {
        var capture = new LookupCapture();
        for (var lookup = 0; lookup < lookups; lookup++)
        {
            capture.Wait(0.001).Query((byte)(lookup % 200), $"n{lookup}.example.com");
        }

        return capture.Bytes;
    }

    private static List<string> Ids(IEnumerable<string> lines) =>
        [.. lines.Select(line => (string)JsonNode.Parse(line)!["event"]!["id"]!).Order(StringComparer.Ordinal)];
}
