namespace WireDns.Tests.Detection;

/// <summary>Messages that break the rules for names, and what rules see of them.</summary>
public sealed class BrokenNameTests
{
    private const string Header = "1234 0100 0001 0000 0000 0000";

    [Theory]
    [InlineData(Header + "c012 0001 0001 0462616420 00", "bad\\032", Label = "a pointer forward")]
    [InlineData(Header + "03626164 c000 0001 0001", "bad", Label = "a pointer into the header")]
    [InlineData(Header + "03626164 ffff 0001 0001", "bad", Label = "a pointer out of the message")]
    [InlineData(Header + "03626164 80", "bad", Label = "a label type that is none")]
    public void A_rule_sees_a_name_that_breaks_as_far_as_it_goes(string message, string name)
    {
        var capture = new LookupCapture().Query(1, Convert.FromHexString(message.Replace(" ", "", StringComparison.Ordinal)));

        var alert = Assert.Single(DetectionRun.AlertsOf(RuleText.Of("query|startswith: bad"), capture));
        Assert.Equal(name, alert.Message.QuestionName);
        Assert.NotNull(alert.Message.Malformed);
        Assert.Single(DetectionRun.AlertsOf(RuleText.Of("dns.malformed: true"), capture));
        Assert.Empty(DetectionRun.AlertsOf(RuleText.Of("dns.malformed: false"), capture));
    }

    [Fact]
    public void A_sound_message_is_not_malformed()
    {
        var capture = new LookupCapture().Query(1, DnsBytes.Query("good.example"));

        Assert.Empty(DetectionRun.AlertsOf(RuleText.Of("dns.malformed: true"), capture));
        Assert.Single(DetectionRun.AlertsOf(RuleText.Of("dns.malformed: false"), capture));
    }

    [Theory]
    [InlineData("494e56495445207369703a6576696c206261642e6578616d706c65205349502f322e300d0a", Label = "SIP")]
    [InlineData("10d19e1000000000000003626164030303", Label = "iodine, raw")]
    public void What_is_another_protocol_by_its_marks_is_no_message(string payload)
    {
        var capture = new LookupCapture().Query(1, Convert.FromHexString(payload));

        Assert.Empty(DetectionRun.AlertsOf(RuleText.Of("dns.malformed: true"), capture));
    }
}
