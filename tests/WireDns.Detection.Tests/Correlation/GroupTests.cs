using static WireDns.Detection.Tests.RuleRun;

namespace WireDns.Detection.Tests.Correlation;

/// <summary>Events are in one group where the fields of group-by agree, whatever was known of their values before.</summary>
public sealed class GroupTests
{
    [Theory]
    [InlineData("src_ip", "a.evil.example", "b.evil.example", true, Label = "the client")]
    [InlineData("src_ip, query", "a.evil.example", "A.Evil.example", true, Label = "the client and a name in other case")]
    [InlineData("src_ip, query", "a.evil.example", "b.evil.example", false, Label = "the client and another name")]
    [InlineData("query_etld_plus_one, src_ip", "a.evil.example", "b.evil.example", true, Label = "the domain and the client")]
    [InlineData("src_ip, query_etld_plus_one, qtype_name, dst_ip", "a.evil.example", "a.evil.example", true, Label = "four fields")]
    public void The_third_event_of_a_group_counts(string groupBy, string first, string other, bool isOneGroup)
    {
        var run = new RuleRun(Join(Rule("base", ".example"), Count("three", "base", 3, groupBy: groupBy)));

        run.Query(first, 1, client: 1).Query(other, 2, client: 1).Query(first, 3, client: 2).Query(isOneGroup ? first : other, 4, client: 1).Finish();

        Assert.Equal(isOneGroup ? 1 : 0, run.Alerts.Count(alert => alert.StartsWith("three", StringComparison.Ordinal)));
    }
}
