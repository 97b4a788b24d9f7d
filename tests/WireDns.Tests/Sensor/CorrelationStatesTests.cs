using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sensor;
using WireDns.Tests.Running;
using WireDns.Wire;

namespace WireDns.Tests.Sensor;

/// <summary>Hits that are shed degrade the correlations, and the sensor says so.</summary>
public sealed class CorrelationStatesTests
{
    private const string Rules = """
        title: base
        name: base
        logsource: {category: dns}
        detection:
          s: {query|endswith: .example}
          condition: s
        ---
        title: one
        correlation:
          type: event_count
          rules: [base]
          group-by: [src_ip]
          timespan: 5m
          condition: {gte: 1}
        """;

    private readonly ManualClock _clock = new();

    [Fact]
    public void Hits_that_are_shed_degrade_it_until_there_were_none_for_a_minute()
    {
        using var gate = new ManualResetEventSlim();
        using var folder = new TemporaryFolder();
        var worker = new Worker(
            LoadedRules.Load([folder.Write("rules.yml", Rules)]),
            _ =>
            {
                gate.Wait(TestContext.Current.CancellationToken);
                return true;
            },
            detection: new DetectorOptions { CorrelationQueueLength = 16 });
        var states = new CorrelationStates(_clock);
        Assert.Null(states.Take(worker.Snapshot()));

        var shed = Flood(worker, 100);
        Assert.Equal(Sight.Ok, states.Take(shed)!.Sight);
        Assert.Equal((Sight.Degraded, "hits_shed", _clock.GetUtcNow()), (states.Current.Sight, states.Current.Cause, states.Current.Since));
        Assert.StartsWith($"{shed["correlation_shed"]} messages were not correlated", states.Current.Reason, StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromSeconds(50));
        var more = Flood(worker, 50);
        Assert.Null(states.Take(more));
        Assert.StartsWith($"{more["correlation_shed"]} messages", states.Current.Reason, StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(states.Take(more));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("hits_shed", states.Take(more)!.Cause);
        Assert.Equal(Sight.Ok, states.Current.Sight);

        gate.Set();
        worker.FinishSource(PacketSource.OfInterface("test"));
    }

    private static RunCounters Flood(Worker worker, int clients)
    {
        for (var client = 0; client < clients; client++)
        {
            var data = Layers.Ipv4(Layers.Udp(DnsBytes.Query("a.example"), 40_000, 53), 17, $"10.0.{clients}.{client}", "192.0.2.53");
            var packet = new Packet
            {
                Data = data,
                OriginalLength = data.Length,
                LinkType = LinkType.Raw,
                Time = PacketTime.FromSeconds(1_700_000_000, 0),
                Number = client + 1,
            };
            worker.Process(packet, PacketSource.OfInterface("test"));
        }

        return worker.Snapshot();
    }
}
