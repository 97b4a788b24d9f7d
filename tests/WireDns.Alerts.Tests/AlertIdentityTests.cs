using System.Buffers;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Noise;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

/// <summary>The digests of an alert are made for those who ask, and are the same for all of them.</summary>
public sealed class AlertIdentityTests
{
    private readonly CountingIdentity _identity = new();

    [Fact]
    public void A_line_of_text_needs_none()
    {
        var batch = new MessageBatch();
        var line = new ArrayBufferWriter<byte>();
        var alert = Make();
        new TextFormat().Write(alert, line);
        batch.Add(line.WrittenSpan, alert);

        Assert.Equal(0, _identity.Made);
        Assert.Equal("id-1", batch.Id(0));
    }

    [Fact]
    public void What_repeats_an_alert_is_held_back_without_an_id()
    {
        var alert = Make();
        var sent = new List<Alert>();
        var noise = new NoiseFilter(
            new NoiseOptions { Windows = Enum.GetValues<AlertLevel>().ToDictionary(level => level, _ => TimeSpan.FromMinutes(10)) },
            one =>
            {
                sent.Add(one);
                return true;
            });
        noise.Take(alert);
        noise.Take(alert with { PacketNumber = alert.PacketNumber + 1 });

        Assert.Equal(0, _identity.Made);
        noise.Complete();
        Assert.Equal(["id-1", "id-1-repeats"], sent.Select(one => one.Id));
    }

    [Fact]
    public void They_are_made_once_and_a_copy_has_them_too()
    {
        var alert = Make();
        var copy = alert with { PacketNumber = 7 };

        Assert.Equal(("id-1", "1:flow"), (alert.Id, alert.CommunityId));
        Assert.Equal(("id-1", "1:flow"), (copy.Id, copy.CommunityId));
        Assert.Equal(1, _identity.Made);
    }

    [Fact]
    public void One_that_is_given_counts_and_may_be_none()
    {
        var alert = Make();
        var own = alert with { Id = "own" };
        var hidden = alert with { CommunityId = null };

        Assert.Equal(("own", "1:flow"), (own.Id, own.CommunityId));
        Assert.Equal(("id-1", null), (hidden.Id, hidden.CommunityId));
    }

    private Alert Make() => new()
    {
        Identity = _identity,
        UnixTimeNanoseconds = SampleAlerts.Plain.UnixTimeNanoseconds,
        Rule = SampleAlerts.Plain.Rule,
        Client = SampleAlerts.Plain.Client,
        Server = SampleAlerts.Plain.Server,
        Transport = SampleAlerts.Plain.Transport,
        Message = SampleAlerts.Plain.Message,
        Reasons = SampleAlerts.Plain.Reasons,
        PacketNumber = 1,
    };

    private sealed class CountingIdentity : AlertIdentity
    {
        public int Made { get; private set; }

        protected override string MakeId() => $"id-{++Made}";

        protected override string? MakeCommunityId() => "1:flow";
    }
}
