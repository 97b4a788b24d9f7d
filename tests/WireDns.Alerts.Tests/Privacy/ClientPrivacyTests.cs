using System.Net;
using WireDns.Alerts.Privacy;

namespace WireDns.Alerts.Tests.Privacy;

/// <summary>Which addresses in a text are clients', and what is written in place of them.</summary>
public sealed class ClientPrivacyTests
{
    private static readonly ClientPrivacy Cut = new(ClientAddresses.Cut(16, 32, resolvers: [IPNetwork.Parse("10.0.0.53/32")]));

    [Theory]
    [InlineData("the client itself", "192.0.2.10", "192.0.0.0")]
    [InlineData("another public address", "192.0.2.11", "192.0.2.11")]
    [InlineData("a private address", "10.1.2.3", "10.1.0.0")]
    [InlineData("with a port", "10.1.2.3:53", "10.1.0.0:53")]
    [InlineData("a resolver", "10.0.0.53", "10.0.0.53")]
    [InlineData("no address: a number is too large", "10.1.2.300", "10.1.2.300")]
    [InlineData("no address: it goes on", "10.1.2.3000", "10.1.2.3000")]
    [InlineData("more numbers around it", "1.10.1.2.3.4", "1.10.1.0.0.4")]
    [InlineData("backwards, a list of senders", "3.2.1.10.zen.example", "0.0.1.10.zen.example")]
    [InlineData("its reverse name", "10.2.0.192.in-addr.arpa", "0.0.0.192.in-addr.arpa")]
    [InlineData("a reverse name is read backwards only", "10.1.2.8.IN-ADDR.arpa", "10.1.2.8.IN-ADDR.arpa")]
    [InlineData("the reverse name of a private network", "3.2.10.in-addr.arpa", "0.2.10.in-addr.arpa")]
    [InlineData("and of a public one", "2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa")]
    [InlineData("in a name, with hyphens", "ip-10-1-2-3.example", "ip-10-1-0-0.example")]
    [InlineData("with underscores, after letters", "host10_1_2_3.example", "host10_1_0_0.example")]
    [InlineData("with dots inside a label", @"10\.1\.2\.3.example", @"10\.1\.0\.0.example")]
    [InlineData("the same as Zeek writes it", @"10\x2e1\x2e2\x2e3", @"10\x2e1\x2e0\x2e0")]
    [InlineData("private IPv6", "fd00:1:2::3", "fd00:1::")]
    [InlineData("in brackets, with a port", "[fd00:1:2::3]:53", "[fd00:1::]:53")]
    [InlineData("IPv4 in IPv6", "::ffff:10.1.2.3", "::ffff:10.1.0.0")]
    [InlineData("public IPv6", "2001:db8::1", "2001:db8::1")]
    [InlineData("a time is no address", "09:15:02.000001", "09:15:02.000001")]
    [InlineData("the reverse name of IPv6", "3.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa", "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa")]
    [InlineData("of an IPv6 network", "2.0.0.0.1.0.0.0.0.0.D.F.IP6.ARPA", "0.0.0.0.1.0.0.0.0.0.d.f.IP6.ARPA")]
    [InlineData("several", "10.1.2.3 and 192.0.2.10", "10.1.0.0 and 192.0.0.0")]
    [InlineData("nothing", "", "")]
    public void Every_written_form_of_a_clients_address_is_hidden(string what, string text, string expected)
    {
        Assert.Equal(expected, Cut.Hide(text, "192.0.2.10"));
        if (text == expected)
        {
            Assert.True(ReferenceEquals(text, Cut.Hide(text, "192.0.2.10")), what);
        }
    }

    [Fact]
    public void The_client_of_a_lookup_is_hidden_whatever_its_address_and_a_resolver_is_not()
    {
        Assert.Equal("2001:db8::", Cut.HideClient("2001:db8::1"));
        Assert.Equal("198.51.0.0", Cut.HideClient("198.51.100.7"));
        Assert.Equal("10.0.0.53", Cut.HideClient("10.0.0.53"));
        Assert.Equal("", Cut.HideClient(""));
    }

    [Fact]
    public void Where_nobody_knows_who_asked_every_address_is_hidden() =>
        Assert.Equal("8.8.0.0 -> [2001:db8::]:53", Cut.Hide("8.8.8.8 -> [2001:db8::1]:53", client: null));

    [Fact]
    public void A_long_text_of_digits_and_dots_takes_no_longer_than_its_length_says()
    {
        var text = string.Concat(Enumerable.Repeat("1.2.3.4:a-5_", 20_000));

        Assert.Equal(text, Cut.Hide(text, "192.0.2.10"));
    }

    [Fact]
    public void Everything_that_an_alert_says_of_its_client_is_hidden()
    {
        var alert = SampleAlerts.Plain with
        {
            Message = SampleAlerts.Plain.Message with { QuestionName = "10.2.0.192.in-addr.arpa", RegisteredDomain = "192.in-addr.arpa" },
            CommunityId = "1:abc=",
            Client = new AlertEndpoint("192.0.2.10", 1),
            Server = new AlertEndpoint("10.9.9.9", 53),
            Reasons =
            [
                new AlertReason("s", "src_ip", ["cidr"], "192.0.2.0/28", "192.0.2.10", 0, 10),
                new AlertReason("s", "query", [], "arpa", "good.arpa", 5, 4),
            ],
            Correlation = new AlertCorrelation
            {
                Type = "event_count",
                Condition = "gte 1",
                Timespan = "1m",
                Value = 1,
                Group = [new CorrelatedValue("src_ip", "192.0.2.10")],
                Events = [new CorrelatedEvent(1, new AlertEndpoint("198.51.100.9", 2), "9.100.51.198.in-addr.arpa", 1, null)],
            },
            Repeats = new AlertRepeats
            {
                Cause = HeldBack.Repeated,
                Count = 1,
                From = 1,
                Until = 2,
                Window = TimeSpan.FromMinutes(1),
                SentId = "a",
                Domain = "192.in-addr.arpa",
                Names = ["10.2.0.192.in-addr.arpa"],
            },
        };

        var hidden = new ClientPrivacy(ClientAddresses.Cut(0, 0)).Hide(alert);

        Assert.Null(hidden.CommunityId);
        Assert.Equal(("0.0.0.0", "0.0.0.0"), (hidden.Client.Address, hidden.Server.Address));
        Assert.Equal("0.0.0.0.in-addr.arpa", hidden.Message.QuestionName);
        Assert.Equal((ClientPrivacy.HiddenPattern, "0.0.0.0", 0, 7), (hidden.Reasons[0].Pattern, hidden.Reasons[0].Value, hidden.Reasons[0].Start, hidden.Reasons[0].Length));
        Assert.Equal(alert.Reasons[1], hidden.Reasons[1]);
        Assert.Equal("0.0.0.0", hidden.Correlation!.Group[0].Value);
        Assert.Equal(("0.0.0.0", "0.0.0.0.in-addr.arpa"), (hidden.Correlation.Events[0].Client.Address, hidden.Correlation.Events[0].QuestionName));
        Assert.Equal(("0.in-addr.arpa", "0.0.0.0.in-addr.arpa"), (hidden.Repeats!.Domain, hidden.Repeats.Names[0]));
    }
}
