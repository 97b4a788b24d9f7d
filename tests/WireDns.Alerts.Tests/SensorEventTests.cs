using System.Text.Json;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

/// <summary>Events of the sensor go where alerts go, in every format, and each format tells the two apart.</summary>
public sealed class SensorEventTests
{
    private static readonly SyslogOptions Options = new() { HostName = "sensor-1", ProcessId = 4711 };
    private static readonly SensorEvent Recovered = SampleAlerts.Blind with
    {
        Level = AlertLevel.Informational,
        State = "ok",
        Cause = null,
        Reason = null,
        PreviousState = "blind",
        PreviousSeconds = 12,
    };

    [Fact]
    public void A_line_of_text_has_SENSOR_for_a_level()
    {
        Assert.Equal(
            "2026-03-01T09:15:02.000001Z SENSOR   interface eth1 blind no_packets \"no packet for 60 s\" after ok 3600s",
            new TextFormat().Show(SampleAlerts.Blind));
        Assert.Equal("2026-03-01T09:15:02.000001Z SENSOR   interface eth1 ok - \"\" after blind 12s", new TextFormat().Show(Recovered));
    }

    [Fact]
    public void An_object_of_ECS_is_an_event_and_no_alert_with_the_values_that_the_schema_has()
    {
        using var document = JsonDocument.Parse(new EcsFormat("sensor-1", "0.1.0").Octets(SampleAlerts.Blind));
        var root = document.RootElement;
        var happened = root.GetProperty("event");
        Assert.Equal("2026-03-01T09:15:02.000001000Z", root.GetProperty("@timestamp").GetString());
        Assert.Equal("8.17.0", root.GetProperty("ecs").GetProperty("version").GetString());
        Assert.Equal("event", happened.GetProperty("kind").GetString());
        Assert.Equal("host", Assert.Single(happened.GetProperty("category").EnumerateArray()).GetString());
        Assert.Equal("change", Assert.Single(happened.GetProperty("type").EnumerateArray()).GetString());
        Assert.Equal("failure", happened.GetProperty("outcome").GetString());
        Assert.Equal("wiredns.sensor", happened.GetProperty("dataset").GetString());
        Assert.Equal(73, happened.GetProperty("severity").GetInt32());
        Assert.Equal("eth1", root.GetProperty("observer").GetProperty("ingress").GetProperty("interface").GetProperty("name").GetString());
        Assert.Equal("interface eth1 is blind: no packet for 60 s (after 3600 s ok)", root.GetProperty("message").GetString());
        Assert.Equal("2026-03-01T08:15:02.000001000Z", root.GetProperty("wiredns").GetProperty("sensor").GetProperty("previous_since").GetString());

        using var recovered = JsonDocument.Parse(new EcsFormat().Octets(Recovered));
        Assert.Equal("success", recovered.RootElement.GetProperty("event").GetProperty("outcome").GetString());
        Assert.False(recovered.RootElement.GetProperty("event").TryGetProperty("reason", out _));
    }

    [Fact]
    public void A_message_of_syslog_has_an_id_of_its_own_and_a_facility_where_one_is_given()
    {
        var sameFacility = StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(), Options).Octets(SampleAlerts.Blind));
        var format = new SyslogFormat(new TextFormat(), Options with { EventFacility = SyslogFacility.Local7 });
        var message = StrictSyslogMessage.Parse(format.Octets(SampleAlerts.Blind));
        Assert.Equal((16 * 8) + 3, sameFacility.Priority);
        Assert.Equal((23 * 8) + 3, message.Priority);
        Assert.Equal((16 * 8) + 4, StrictSyslogMessage.Parse(format.Octets(SampleAlerts.Plain)).Priority);
        Assert.Contains(" sensor-state [wiredns@32473 event=\"0000000000000b1d\" ", format.Show(SampleAlerts.Blind), StringComparison.Ordinal);
        Assert.Equal("no packet for 60 s", message.Parameters["reason"]);
    }

    [Fact]
    public void A_message_of_the_older_syslog_has_the_facility_too()
    {
        var format = new SyslogBsdFormat(new TextFormat(), Options with { EventFacility = SyslogFacility.Daemon }, TimeZoneInfo.Utc);
        Assert.Equal(
            "<27>Mar  1 09:15:02 sensor-1 wiredns[4711]: 2026-03-01T09:15:02.000001Z SENSOR   interface eth1 blind no_packets \"no packet for 60 s\" after ok 3600s",
            format.Show(SampleAlerts.Blind));
    }

    [Fact]
    public void Hostile_text_in_an_event_stays_one_line_and_whole_json()
    {
        var hostile = SampleAlerts.Blind with { Interface = "e\u001b[2J\n\"h", Reason = "a\r\n\u001b]0;x\u0007 \"b\" \\ \u202e\ud800", Cause = "x\ny" };
        foreach (var format in new IAlertFormat[]
            { new TextFormat(), new EcsFormat(), new SyslogFormat(new EcsFormat(), Options), new SyslogFormat(new TextFormat(), Options) })
        {
            Assert.DoesNotContain(format.Show(hostile), character => char.IsControl(character) || character == '\u202e');
        }

        using var document = JsonDocument.Parse(new EcsFormat().Octets(hostile));
        StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(), Options).Octets(hostile));
        using var cut = JsonDocument.Parse(CutTo(600, hostile with { Reason = new string('x', 5000) }));
        Assert.Equal("event", cut.RootElement.GetProperty("event").GetProperty("kind").GetString());
    }

    [Fact]
    public void A_filter_by_level_or_rule_lets_events_through_unless_they_are_switched_off_and_every_sum_holds()
    {
        using var all = new GatedStream();
        using var narrow = new GatedStream();
        using var without = new GatedStream();
        using var only = new GatedStream();
        using var delivery = new AlertDelivery(
        [
            Sink(all),
            Sink(narrow) with { LeastLevel = AlertLevel.Critical, Rules = new HashSet<string> { "no such rule" } },
            Sink(without) with { TakesEvents = false },
            Sink(only) with { TakesAlerts = false },
        ]);
        for (var number = 0; number < 3; number++)
        {
            Assert.True(delivery.Enqueue(SampleAlerts.Plain));
        }

        Assert.True(delivery.Enqueue(SampleAlerts.Blind));
        Assert.True(delivery.Enqueue(Recovered));
        Assert.True(delivery.Complete(Waiting.Limit));

        Assert.Equal([(0, 5), (3, 2), (2, 3), (3, 2)], delivery.Counters.Select(counters => ((int)counters.Filtered, (int)counters.Delivered)));
        Assert.All(delivery.Counters, counters => Assert.Equal(
            5, counters.Filtered + counters.Delivered + counters.Waiting + counters.FailedTotal + counters.Dropped));
        Assert.Equal([5, 2, 3, 2], new[] { all, narrow, without, only }.Select(stream => stream.Lines().Length));
        Assert.All(only.Lines(), line => Assert.Contains(" SENSOR   ", line, StringComparison.Ordinal));
        Assert.All(without.Lines(), line => Assert.DoesNotContain(" SENSOR   ", line, StringComparison.Ordinal));
    }

    private static AlertSink Sink(Stream stream) => new("test", new TextFormat(), new StreamTransport(stream)) { Mode = QueueMode.Block };

    private static byte[] CutTo(int length, SensorEvent sensorEvent)
    {
        var shorter = new System.Buffers.ArrayBufferWriter<byte>();
        new EcsFormat().Cut(new EcsFormat().Octets(sensorEvent), length, shorter);
        Assert.InRange(shorter.WrittenCount, 1, length);
        return shorter.WrittenSpan.ToArray();
    }
}
