using System.Text.Json.Nodes;
using WireDns.Tests.Fleet;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary>Sensors on interfaces that send signals, and <c>correlate</c>, over librdkafka's mock brokers: docs/fleet.md.</summary>
public sealed class LiveSignalTests
{
    private const string Topic = "wiredns.signals";

    private const string Rules = """
        title: of the company
        name: base_corp
        id: 11111111-0000-4000-8000-0000000000f1
        logsource: {category: dns}
        detection: {selection: {query|endswith: .corp.example}, condition: selection}
        level: low
        ---
        title: two clients ask for one name
        id: 11111111-0000-4000-8000-0000000000f2
        correlation:
            type: value_count
            rules: [base_corp]
            group-by: [query]
            timespan: 10m
            condition: {field: src_ip, gte: 2}
        level: high
        """;

    [Fact]
    public void What_no_sensor_sees_alone_is_correlated()
    {
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();
        network.StartResolver();
        using var brokers = MockBrokers.Start(Topic, network.Sensor);
        var rules = folder.Write("rules.yml", Rules);
        using var first = StartSensor(network, brokers, rules, LiveNetwork.Tap, "a");
        using var second = StartSensor(network, brokers, rules, LiveNetwork.SecondTap, "b");
        using var member = network.Sensor.Start(
            Product.Executable, "correlate", "--from", $"kafka://{brokers.Address}/{Topic}", "-r", rules, "-f", "ecs", "--delay", "1", "--idle", "2");
        member.Error.WaitFor(line => line.Contains("partitions taken", StringComparison.Ordinal), RunningProgram.Patience);

        LiveNetwork.LookUp(network.FirstClient, "www.corp.example");
        LiveNetwork.LookUp(network.SecondClient, "www.corp.example");
        LiveNetwork.LookUp(network.FirstClient, "mail.corp.example");
        var alert = JsonNode.Parse(member.Output.WaitFor(_ => true, RunningProgram.Patience)[0])!;
        foreach (var program in new[] { first, second, member })
        {
            program.Signal(RunningProgram.Terminate);
            Assert.True(program.WaitForEndByItself() == 0, program.Error.Text);
        }

        Assert.Single(member.Output.Lines);
        Assert.Equal("11111111-0000-4000-8000-0000000000f2", (string?)alert["rule"]!["id"]);
        Assert.Contains("www.corp.example", alert["wiredns"]!["correlation"]!.ToJsonString(), StringComparison.Ordinal);

        // The base rule does not stand by itself.
        Assert.Empty(first.Output.Lines.Concat(second.Output.Lines));
        Assert.Matches("signals +[23] ", member.Error.Text);
        Assert.Contains(" signals to kafka://", first.Error.Text, StringComparison.Ordinal);
    }

    private static RunningProgram StartSensor(LiveNetwork network, MockBrokers brokers, string rules, string tap, string name)
    {
        var sensor = network.Sensor.Start(Product.Executable, "live", "-i", tap, "-r", rules, "-o", "stdout", "--signals", $"kafka://{brokers.Address}/{Topic},sensor={name}");
        sensor.Error.WaitFor(line => line.Contains("rules run", StringComparison.Ordinal), RunningProgram.Patience);
        return sensor;
    }
}
