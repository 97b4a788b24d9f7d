using System.Text.Json.Nodes;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary>What <c>live</c> records beside alerts, from real lookups on an interface.</summary>
public sealed class LiveLogTests
{
    [Fact]
    public void Live_logs_answered_and_unanswered_lookups_without_any_rule()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        using var sensor = network.Sensor.Start(Product.Executable, "live", "-i", LiveNetwork.Tap, "--log-dns", "stdout");
        sensor.Error.WaitFor(line => line.Contains("rules run", StringComparison.Ordinal), RunningProgram.Patience);
        LiveNetwork.LookUp(network.FirstClient, "www.corp.example");
        LiveNetwork.Send(network.FirstClient, Layers.Ethernet(DnsFrames.Ipv4("nobody.example", 77)));
        LiveNetwork.LookUp(network.FirstClient, "last.corp.example");
        sensor.Output.WaitFor(line => line.Contains("last.corp.example", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        var lines = sensor.Output.Lines.Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["www.corp.example", "last.corp.example", "nobody.example"], lines.Select(line => (string?)line["name"]));
        Assert.Equal([true, true, false], lines.Select(line => line["rtt"] is not null));
        Assert.All(lines, line => Assert.Equal(LiveNetwork.Tap, (string?)line["interface"]));
        Assert.Single(sensor.Error.Lines, line => line.StartsWith("lookups logged", StringComparison.Ordinal) && line.EndsWith(" 3", StringComparison.Ordinal));
    }
}
