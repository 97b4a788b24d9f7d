using System.Buffers;
using System.Text;
using System.Text.Json;
using WireDns.Alerts.Noise;
using WireDns.Capture.Live;
using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Metrics;
using WireDns.Sensor;

namespace WireDns.Tests.Sensor;

/// <summary>What a sensor knows is said in every place by the same numbers.</summary>
public sealed class SensorSnapshotTests
{
    [Fact]
    public void Late_packets_and_interruptions_of_an_interface_are_in_the_ledger_and_in_the_metrics()
    {
        var fine = InterfaceState.Fine(DateTimeOffset.UnixEpoch);
        var rules = LoadedRules.Load([]);
        var counters = new Worker(rules, _ => true).Snapshot();
        var eth1 = new InterfaceSnapshot("eth1", fine, new CaptureStatistics { Delivered = 100, LeftUnread = 3 }, 40) { LatePackets = 7, Interruptions = 2 };
        var snapshot = new SensorSnapshot(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), [eth1], fine, counters, [], 0)
        {
            Correlation = fine,
            BacklogDropped = 5,
            Noise = new NoiseCounters(0, 0, 0, 0, 0, 0, 0, 0),
        };

        var metrics = Encoding.UTF8.GetString(MetricsText.Of(snapshot, rules, new ReloadCounters(0, 0, null, null) { SetsInMemory = 1 }, 0));
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            snapshot.WriteInterfaces(writer);
            writer.WriteEndObject();
        }

        Assert.Contains("wiredns_interface_late_packets_total{interface=\"eth1\"} 7\n", metrics, StringComparison.Ordinal);
        Assert.Contains("wiredns_backlog_dropped_packets_total 5\n", metrics, StringComparison.Ordinal);
        Assert.Contains("wiredns_interface_interruptions_total{interface=\"eth1\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Equal(
            """{"backlog_dropped":5,"interfaces":[{"name":"eth1","state":"ok","since":"1970-01-01T00:00:00.000Z","packets":100,"dns_packets":40,"dropped_by_kernel":0,"dropped_by_interface":0,"left_unread":3,"late_packets":7,"interruptions":2}]}""",
            Encoding.UTF8.GetString(json.WrittenSpan));
    }
}
