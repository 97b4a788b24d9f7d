using System.Text.Json;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests.Noise;

/// <summary>What formats say of alerts that were held back, and of a correlation that ended.</summary>
public sealed class SummaryAlertTests
{
    [Fact]
    public void A_line_of_text_says_how_many_more_there_were_and_for_what()
    {
        Assert.Equal(
            "2026-03-01T09:20:02.000001Z MEDIUM   \"Storage Look-alike Lookup\" 192.0.2.10 -> - - - - msstorageazure.com "
                + "repeats:\"42 more in 10m\"=\"cdn.msstorageazure.com a.msstorageazure.com\" day.pcap#977",
            new TextFormat().Show(SampleAlerts.Repeated));
        Assert.Contains(" ended:\"event_count gte 3 in 10m\"=\"120 events\" ", new TextFormat().Show(SampleAlerts.Ended), StringComparison.Ordinal);
    }

    [Fact]
    public void ECS_has_an_action_of_their_own_and_all_values()
    {
        using var document = JsonDocument.Parse(new EcsFormat().Octets(SampleAlerts.Repeated));
        var root = document.RootElement;
        Assert.Equal(("alert", "repeats"), (root.GetProperty("event").GetProperty("kind").GetString(), root.GetProperty("event").GetProperty("action").GetString()));
        Assert.Equal("Storage Look-alike Lookup: 42 more in 10m, 192.0.2.10 for msstorageazure.com", root.GetProperty("message").GetString());
        Assert.False(root.TryGetProperty("dns", out _) || root.TryGetProperty("destination", out _) || root.TryGetProperty("server", out _));
        Assert.Equal(
            """{"cause":"repeated","count":42,"from":"2026-03-01T09:15:03.000001999Z","until":"2026-03-01T09:20:02.000001999Z","window_seconds":600,"sent_id":"00000000000000bb","domain":"msstorageazure.com","names":["cdn.msstorageazure.com","a.msstorageazure.com"],"more_names":true}""",
            root.GetProperty("wiredns").GetProperty("repeats").GetRawText());

        using var ended = JsonDocument.Parse(new EcsFormat().Octets(SampleAlerts.Ended));
        Assert.Equal("correlation-end", ended.RootElement.GetProperty("event").GetProperty("action").GetString());
        Assert.Equal(
            """{"from":"2026-03-01T09:15:02.000001999Z","until":"2026-03-01T09:30:02.000001999Z","events":120,"cause":"quiet"}""",
            ended.RootElement.GetProperty("wiredns").GetProperty("correlation").GetProperty("extent").GetRawText());
    }

    [Fact]
    public void Syslog_has_an_id_of_their_own()
    {
        var repeated = StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(), new SyslogOptions()).Octets(SampleAlerts.Repeated));
        Assert.Equal("repeats", repeated.MessageId);
        Assert.Equal(("42", "msstorageazure.com", "00000000000000bb"), (repeated.Parameters["repeats"], repeated.Parameters["domain"], repeated.Parameters["sent"]));
        var ended = StrictSyslogMessage.Parse(new SyslogFormat(new TextFormat(), new SyslogOptions()).Octets(SampleAlerts.Ended));
        Assert.Equal(("correlation-end", "120", "quiet"), (ended.MessageId, ended.Parameters["events"], ended.Parameters["cause"]));
    }
}
