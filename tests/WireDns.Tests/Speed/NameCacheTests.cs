using WireDns.Tests.Detection;

namespace WireDns.Detection.Tests.Lookups;

/// <summary>A name that matched nothing is skipped when it comes again, and no other name is.</summary>
public sealed class NameCacheTests
{
    [Theory]
    [InlineData("case matters to the rule", "query|contains|cased: 'EviL'", "evil.example", "EviL.example")]
    [InlineData("a control byte where the other has a hyphen", "query: 'a-b.example'", "a\rb.example", "a-b.example")]
    [InlineData("a bracket where the other has a brace", "query: 'a{b.example'", "a[b.example", "a{b.example")]
    [InlineData("a longer name", "query|endswith: '.bad.example'", "bad.example", "x.bad.example")]
    [InlineData("the length of the name", "query_length: 12", "abc.example", "abcd.example")]
    public void A_harmless_name_says_nothing_of_another(string description, string condition, string harmless, string hit)
    {
        var capture = new LookupCapture();
        for (var i = 0; i < 4; i++)
        {
            capture.Query(2 * i, DnsBytes.Query(harmless, (ushort)i)).Query((2 * i) + 1, DnsBytes.Query(hit, (ushort)(100 + i)));
        }

        var alerts = DetectionRun.AlertsOf(RuleText.Of(condition), capture);

        Assert.True(alerts.Count == 4, description);
        Assert.All(alerts, alert => Assert.Equal(0, alert.PacketNumber % 2));
    }

    [Fact]
    public void A_name_that_was_not_enough_is_asked_for_again()
    {
        var capture = new LookupCapture();
        capture.Query(0, DnsBytes.Query("shared.example", 1), client: "192.0.2.7").Query(1, DnsBytes.Query("shared.example", 2), client: "192.0.2.8");

        var alert = Assert.Single(DetectionRun.AlertsOf(RuleText.Of("query: shared.example\n  src_ip: 192.0.2.8"), capture));

        Assert.Equal(2, alert.PacketNumber);
    }

    [Fact]
    public void A_hit_is_not_taken_for_a_name_without_one()
    {
        var capture = new LookupCapture();
        for (var i = 0; i < 5; i++)
        {
            capture.Query(i, DnsBytes.Query("evil.example", (ushort)i));
        }

        Assert.Equal(5, DetectionRun.AlertsOf(RuleText.Of("query: evil.example"), capture).Count);
    }
}
