using System.Runtime.Versioning;
using System.Text.Json;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary>A sensor that ends in the middle of something, and one that goes on with its state.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RestartTests : IDisposable
{
    private const string Counted = "5c7d9c7a-1a01-4b7d-8f5e-000000000001";
    private const string Correlated = "5c7d9c7a-1a01-4b7d-8f5e-000000000002";

    private readonly TemporaryFolder _folder = new();
    private readonly List<RunningProgram> _sensors = [];

    private string State => _folder["state"];

    [Fact]
    public void A_correlation_goes_on_over_a_restart_a_reload_and_another_number_of_threads_and_alerts_once()
    {
        using var network = LiveNetwork.Create();
        StopAfterTwoOfThree(network);

        var second = Start(network, workers: 2);
        second.Error.WaitFor(line => line.StartsWith($"wiredns: {State}, ", StringComparison.Ordinal) && line.Contains(" 1 groups of correlations and 2 lookups go on", StringComparison.Ordinal), RunningProgram.Patience);
        _folder.Write("rules/more.yml", Rule("more", "more.example", "5c7d9c7a-1a01-4b7d-8f5e-000000000008"));
        second.Signal(RunningProgram.Hangup);
        second.Error.WaitFor(line => line == "wiredns: reloaded: 3 rules run, 1 added, 0 removed, 0 changed", RunningProgram.Patience);
        Send(network, 3, "three.counted.example");
        WaitForAlert(second, "\"three in ten minutes\"");
        Stop(second);

        var third = Start(network, workers: 1);
        Send(network, 4, "four.counted.example");
        WaitForAlert(third, "four.counted.example");
        Stop(third);

        var correlated = Assert.Single(Read(), alert => alert.Rule == Correlated);
        Assert.Equal(["one.counted.example", "two.counted.example", "three.counted.example"], correlated.Events);
        Assert.Equal(5, Read().Count);
    }

    [Fact]
    public void After_a_kill_an_alert_of_the_last_minute_may_come_twice_with_the_same_id()
    {
        using var network = LiveNetwork.Create();
        StopAfterTwoOfThree(network);

        var second = Start(network, workers: 1);
        Send(network, 3, "three.counted.example");
        WaitForAlert(second, "\"three in ten minutes\"");
        second.Kill();

        var third = Start(network, workers: 1);
        Send(network, 4, "four.counted.example");
        WaitForAlert(third, "\"three in ten minutes\"");
        Stop(third);

        var correlated = Read().Where(alert => alert.Rule == Correlated).ToList();
        Assert.Equal(2, correlated.Count);
        Assert.Equal(correlated[0].Id, correlated[1].Id);
    }

    [Fact]
    public void A_state_that_is_cut_is_put_aside_with_a_line_and_the_sensor_starts_without_it()
    {
        using var network = LiveNetwork.Create();
        WriteRules();
        Stop(Start(network, workers: 1));
        using (var file = File.OpenWrite(State))
        {
            file.SetLength(file.Length / 2);
        }

        var sensor = Start(network, workers: 1);
        sensor.Error.WaitFor(line => line == $"wiredns: {State} cannot be used: its content is not what was written; it is now {State}.damaged", RunningProgram.Patience);
        Send(network, 1, "one.counted.example");
        WaitForAlert(sensor, "one.counted.example");
        Stop(sensor);
    }

    public void Dispose() => _folder.Dispose();

    private static string Rule(string title, string name, string id) => $$"""
        title: {{title}}
        name: {{title}}
        id: {{id}}
        logsource: {category: dns}
        detection:
            s: {query|endswith: .{{name}}}
            condition: s
        level: high
        """;

    private static void Send(LiveNetwork network, ushort id, string name) => LiveNetwork.Send(network.FirstClient, Layers.Ethernet(DnsFrames.Ipv4(name, id)));

    private static void WaitForAlert(RunningProgram sensor, string words) =>
        sensor.Output.WaitFor(line => line.Contains(words, StringComparison.Ordinal), RunningProgram.Patience);

    private static void Stop(RunningProgram sensor)
    {
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
    }

    private void StopAfterTwoOfThree(LiveNetwork network)
    {
        WriteRules();
        var sensor = Start(network, workers: 1);
        Send(network, 1, "one.counted.example");
        Send(network, 2, "two.counted.example");
        WaitForAlert(sensor, "two.counted.example");
        Stop(sensor);
    }

    private RunningProgram Start(LiveNetwork network, int workers)
    {
        _folder.Write("wiredns.yml", $"""
            interface: {LiveNetwork.Tap}
            rules: {_folder["rules"]}
            no-suppress: true
            filter: udp port 53
            workers: {workers}
            state-file: {State}
            output: ['stdout,format=ecs,events=no']

            """);
        _sensors.Add(network.StartConfigured(_folder["wiredns.yml"]));
        return _sensors[^1];
    }

    private void WriteRules()
    {
        Directory.CreateDirectory(_folder["rules"]);
        _folder.Write("rules/counted.yml", Rule("counted", "counted.example", Counted));
        _folder.Write("rules/correlated.yml", $$"""
            title: three in ten minutes
            id: {{Correlated}}
            correlation:
                type: event_count
                rules: [counted]
                group-by: [src_ip]
                timespan: 10m
                condition: {gte: 3}
                generate: true
            level: high
            """);
    }

    private List<(string Rule, string Id, string[] Events)> Read() =>
    [
        .. _sensors.SelectMany(sensor => sensor.Output.Lines).Select(line =>
        {
            using var alert = JsonDocument.Parse(line);
            var root = alert.RootElement;
            var events = root.GetProperty("wiredns").TryGetProperty("correlated_events", out var those)
                ? those.EnumerateArray().Select(one => one.GetProperty("question_name").GetString()!).ToArray()
                : [];
            return (root.GetProperty("rule").GetProperty("id").GetString()!, root.GetProperty("event").GetProperty("id").GetString()!, events);
        }),
    ];
}
