using WireDns.Alerts;
using WireDns.Reporting;

namespace WireDns.Tests.Reporting;

/// <summary>The bounds of a report: what there is no room for is counted.</summary>
public sealed class AlertGroupsTests
{
    private static readonly AlertRule Rule = new() { Title = "a rule", File = "rule.yml" };

    [Fact]
    public void What_there_is_no_room_for_is_counted()
    {
        var groups = new AlertGroups(new ReportLimits { Groups = 2, Alerts = 4, AlertsOfGroup = 3, EvidenceOfGroup = 1 });
        var wanted = 0;
        foreach (var (client, count) in ((string, int)[])[("192.0.2.1", 5), ("192.0.2.2", 2), ("192.0.2.3", 7)])
        {
            for (var i = 0; i < count; i++)
            {
                wanted += groups.Take(Alert(client, i)) ? 1 : 0;
            }
        }

        groups.FinishSource();
        Assert.Equal(14, groups.Alerts);
        Assert.Equal(14, groups.ByRule[Rule]);
        Assert.Equal(14, groups.ByLevel.Sum());
        Assert.Equal(14, groups.Times.Intervals.Sum(interval => interval.Value.Sum()));
        Assert.Equal([5, 2], groups.Sorted().Select(group => group.Count));
        Assert.Equal([3, 1], groups.Sorted().Select(group => (long)group.Alerts.Count));
        Assert.Equal(10, groups.NotListed);
        Assert.Equal(7, groups.NotGrouped);
        Assert.Equal(2, wanted);
        Assert.Equal(4, groups.WithoutEvidence);
    }

    [Fact]
    public void Evidence_that_is_too_much_is_left_out()
    {
        var groups = new AlertGroups(new ReportLimits { EvidenceInBytes = 1000 });
        for (var i = 0; i < 10; i++)
        {
            var alert = Alert($"192.0.2.{i}", i);
            if (groups.Take(alert))
            {
                groups.Take(new AlertEvidence { Id = alert.Id, Alert = alert, Packets = [new EvidencePacket(new byte[600], 600, 1, null, null, 1, "query")] });
            }
        }

        Assert.Equal(8, groups.WithoutEvidence + 0);
        Assert.Equal(10, groups.Sorted().Sum(group => group.Alerts.Count));
    }

    [Theory]
    [InlineData("a.b", new byte[] { 1, 97, 1, 98, 0 })]
    [InlineData(@"a\.b\000\\.c", new byte[] { 5, 97, 46, 98, 0, 92, 1, 99, 0 })]
    [InlineData(".", null)]
    [InlineData(null, null)]
    public void A_name_is_found_in_a_packet_by_its_octets(string? name, byte[]? octets) => Assert.Equal(octets, NameOctets.Of(name));

    private static Alert Alert(string client, int number) => new()
    {
        Id = $"{client}-{number}",
        UnixTimeNanoseconds = 1_750_000_000_000_000_000 + number,
        Rule = Rule,
        Client = new AlertEndpoint(client, 4000),
        Server = new AlertEndpoint("192.0.2.53", 53),
        Transport = "udp",
        Message = AlertMessage.None with { QuestionName = "a.example" },
        Reasons = [],
        PacketNumber = number,
    };
}
