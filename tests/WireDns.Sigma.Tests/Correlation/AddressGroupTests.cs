using System.Net;
using System.Text;
using WireDns.Sigma.Correlation;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Tests.Matching;
using static WireDns.Sigma.Tests.Correlation.CorrelationText;

namespace WireDns.Sigma.Tests.Correlation;

/// <summary>Groups by addresses, of which an event has the octets: they are those of their texts.</summary>
public sealed class AddressGroupTests
{
    private const string ByClient = "group-by: [src_ip]";
    private const string ByEither = "group-by: [address]\n  aliases: {address: {a: src_ip, b: answers}}";

    [Theory]
    [InlineData(ByClient, "192.0.2.1", "192.0.2.1", true, Label = "the same")]
    [InlineData(ByClient, "192.0.2.1", "192.0.2.2", false, Label = "another")]
    [InlineData(ByClient, "2001:db8::1", "2001:db8::1", true, Label = "the same of IPv6")]
    [InlineData(ByClient, "2001:db8::1", "2001:db8::2", false, Label = "another of IPv6")]
    [InlineData(ByClient, "192.0.2.1", "::ffff:192.0.2.1", false, Label = "the same in IPv6")]
    [InlineData(ByClient, "0.0.0.0", "::", false, Label = "nothing but zeros")]
    [InlineData(ByEither, "192.0.2.1", "192.0.2.1", true, Label = "beside a text")]
    [InlineData(ByEither, "2001:db8::a", "2001:DB8::A", true, Label = "beside a text in other case")]
    [InlineData(ByEither, "192.0.2.1", "192.0.2.11", false, Label = "beside another text")]
    public void Are_those_of_their_texts(string groupBy, string first, string second, bool isOneGroup)
    {
        var resolved = Load(Rule("a") + Rule("b") + Correlate("both", "type: temporal", "rules: [a, b]", groupBy, "timespan: 5s"));
        var engine = new CorrelationEngine(resolved.Correlations, resolved.Rules, new DnsLikeSchema());

        Assert.Empty(engine.Observe(0, EventOf(first, "x"), new CorrelationEvent(1, 0, 0)));
        Assert.Equal(isOneGroup, engine.Observe(1, EventOf(groupBy == ByClient ? second : "198.51.100.1", second), new CorrelationEvent(2, 1, 1)).Count == 1);
    }

    [Theory]
    [InlineData("[src_ip, query]", 1UL, Label = "a name that recurs")]
    [InlineData("[query, src_ip]", 1UL, Label = "a name that recurs, first")]
    [InlineData("[src_ip, query]", 0UL, Label = "a name that has no number")]
    [InlineData("[qtype, src_ip, query, answers]", 1UL, Label = "with fields of several values")]
    public void Are_the_same_whether_their_values_were_seen_before_or_not(string groupBy, ulong identity)
    {
        var resolved = Load(Rule("a") + Correlate("count", "type: event_count", "rules: [a]", $"group-by: {groupBy}", "timespan: 5s", "condition: {gte: 3}"));
        var engine = new CorrelationEngine(resolved.Correlations, resolved.Rules, new DnsLikeSchema());
        var hits = Enumerable.Range(0, 4).Select(time => engine.Observe(0, EventOf("192.0.2.1", "x") with { NameIdentity = identity }, new CorrelationEvent(time, time, time)).Count);

        Assert.Equal([0, 0, 1, 0], hits);
    }

    private static DnsLikeEvent EventOf(string client, string answer) =>
        new("x"u8, Encoding.UTF8.GetBytes(answer), Encoding.UTF8.GetBytes(answer)) { ClientAddress = IPAddress.Parse(client) };
}
