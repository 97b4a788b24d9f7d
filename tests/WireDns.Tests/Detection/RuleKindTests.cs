using System.Net;
using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Reading;
using WireDns.Tests.Running;

namespace WireDns.Tests.Detection;

/// <summary>When a rule is evaluated: a capture for each kind of rule and of lookup, from the file to the alerts.</summary>
public sealed class RuleKindTests
{
    private const string Name = "a.pool.example";

    private static readonly string OnQuery = RuleText.Of("query|endswith: '.pool.example'");

    [Fact]
    public void A_rule_on_the_query_fires_at_the_query_and_not_again_at_the_response()
    {
        var alert = Assert.Single(DetectionRun.AlertsOf(OnQuery, new LookupCapture()
            .Query(0, DnsBytes.Query("www.example"))
            .Query(1, DnsBytes.Query(Name, id: 2))
            .Response(1.5, DnsBytes.Response(Name, id: 2, answers: DnsBytes.Address(Name, "198.51.100.1")))));

        Assert.Equal(2, alert.PacketNumber);
        Assert.False(alert.Message.IsResponse);
        Assert.Null(alert.RelatedPacketNumber);
        Assert.Equal((LookupCapture.Client, 40_000), (alert.Client.Address, alert.Client.Port));
        Assert.Equal("pool.example", alert.Message.RegisteredDomain);
        Assert.False(alert.IsForwarded);
    }

    [Theory]
    [InlineData("a rule that regards case", "query|contains|cased: POOL")]
    [InlineData("a rule on a flag that the response may change", "RD: false")]
    [InlineData("an expression, which regards case", "query|re: P..L")]
    public void A_rule_fires_at_the_response_where_that_differs_from_the_query(string description, string rule)
    {
        // Together with an answer rule, so that all lookups are remembered; and one that always runs.
        var capture = new LookupCapture()
            .Query(0, DnsBytes.Query(Name))
            .Response(0.5, DnsBytes.Message(1, 0x8080, [DnsBytes.Question("a.POOL.example")], []));
        foreach (var rules in new[] { RuleText.Of(rule), RuleText.Of(rule) + "\n---\n" + RuleText.AnsweredPool.Replace("5d3a1b8e", "6d3a1b8e", StringComparison.Ordinal) })
        {
            var alert = Assert.Single(DetectionRun.OfText(rules, capture).Alerts);
            Assert.True(alert.Message.IsResponse, description);
        }
    }

    [Theory]
    [InlineData("type", "record_type: AAAA")]
    [InlineData("client", "id.orig_h: 192.0.2.77")]
    [InlineData("case", "query|contains|cased: .pool.")]
    [InlineData("an expression, which regards case", "query|re: '\\.pool\\.'")]
    public void A_name_that_did_not_suffice_is_asked_about_again_if_not_the_name_alone_decides(string description, string more)
    {
        var rule = RuleText.Of($"query|endswith: .pool.example\n  {more}");
        var alert = Assert.Single(DetectionRun.AlertsOf(rule, new LookupCapture()
            .Query(0, DnsBytes.Query("a.POOL.example", id: 1))
            .Query(1, DnsBytes.Query("a.POOL.example", id: 2))
            .Query(2, DnsBytes.Query("a.pool.example", type: 28, id: 3), client: "192.0.2.77")));

        Assert.True(alert.PacketNumber == 3, description);
    }

    [Theory]
    [InlineData("query|startswith: a.", true)]
    [InlineData("record_type: A", false)]
    public void A_name_that_does_not_suffice_is_known_to_be_unwanted_if_the_name_alone_decides(string filter, bool isKnown)
    {
        using var folder = new TemporaryFolder();
        var rule = folder.Write("rule.yml", RuleText.With($"selection:\n  query|endswith: .pool.example\nfilter:\n  {filter}\ncondition: selection and not filter"));
        var capture = folder.Write("capture.pcap", new PcapBuilder()
            .Record(1, 0, Frames.Udp(LookupCapture.Client, 40_000, LookupCapture.Server, 53, DnsBytes.Query(Name))).ToArray());
        var worker = new Worker(LoadedRules.Load([rule]), _ => throw new InvalidOperationException("an alert"));
        using var reader = CaptureFileReader.Open(capture);
        Assert.True(reader.TryReadBatch(out PacketBatch batch));
        worker.Look(batch[0], out var before);
        worker.Process(batch[0], PacketSource.OfFile(capture));
        worker.Look(batch[0], out var after);

        Assert.Equal((false, isKnown), (before.IsUnwanted, after.IsUnwanted));
    }

    [Fact]
    public void A_rule_on_the_query_fires_at_the_response_whose_query_was_not_seen()
    {
        var alert = Assert.Single(DetectionRun.AlertsOf(OnQuery, new LookupCapture()
            .Response(1, DnsBytes.Response(Name, answers: DnsBytes.Address(Name, "198.51.100.1")))));

        Assert.Equal(1, alert.PacketNumber);
        Assert.True(alert.Message.IsResponse);
        Assert.Null(alert.RelatedPacketNumber);
        Assert.Equal((LookupCapture.Client, LookupCapture.Server), (alert.Client.Address, alert.Server.Address));
    }

    [Fact]
    public void A_rule_on_the_answer_fires_at_the_response_and_names_the_frames_of_both()
    {
        var alert = Assert.Single(DetectionRun.AlertsOf(RuleText.AnsweredPool, new LookupCapture()
            .Query(0, DnsBytes.Query(Name))
            .Query(0.1, DnsBytes.Query("www.example", id: 9))
            .Response(0.2, DnsBytes.Response(Name, answers: DnsBytes.Address(Name, "198.51.100.1")))));

        Assert.Equal(3, alert.PacketNumber);
        Assert.Equal(1, alert.RelatedPacketNumber);
        Assert.True(alert.Message.IsResponse);
        Assert.Equal(["198.51.100.1"], alert.Message.ResolvedAddresses);
    }

    public static IEnumerable<TheoryDataRow<byte[]>> Excluded =>
    [
        new(DnsBytes.Response(Name, answers: DnsBytes.Address(Name, "127.0.0.1"))) { Label = "an answer of the exclusion" },
        new(
            DnsBytes.Response(Name, answers: [DnsBytes.Address(Name, "198.51.100.1"), DnsBytes.Address(Name, "0.0.0.0")])) { Label = "an answer of the exclusion beside another" },
        new(DnsBytes.Response(Name, responseCode: 3)) { Label = "a response without a record" },
        new(
            DnsBytes.Message(1, 0x8183, [DnsBytes.Question(Name)], [], [DnsBytes.Edns()])) { Label = "a response whose only record is OPT" },
    ];

    [Theory]
    [MemberData(nameof(Excluded))]
    public void A_rule_on_the_answer_is_silent_where_its_exclusion_is_true(byte[] response)
    {
        var alerts = DetectionRun.AlertsOf(RuleText.AnsweredPool, new LookupCapture()
            .Query(0, DnsBytes.Query(Name))
            .Response(0.2, response));

        Assert.Empty(alerts);
    }

    [Theory]
    [InlineData(0, 1, Label = "at the end of the capture")]
    [InlineData(10.5, 1, Label = "after ten seconds")]
    public void A_query_without_a_response_is_judged_by_what_is_known_of_it(double secondsOfOthers, long packet)
    {
        var capture = new LookupCapture().Query(0, DnsBytes.Query(Name));
        if (secondsOfOthers > 0)
        {
            capture.Query(secondsOfOthers, DnsBytes.Query("www.example", id: 7));
        }

        var alert = Assert.Single(DetectionRun.AlertsOf(RuleText.AnsweredPool, capture));

        Assert.Equal(packet, alert.PacketNumber);
        Assert.False(alert.Message.IsResponse);
        Assert.Equal(1_750_000_000_000_000_000, alert.UnixTimeNanoseconds);
    }

    [Fact]
    public void An_unanswered_query_is_judged_before_later_lookups_are()
    {
        var alerts = DetectionRun.AlertsOf(RuleText.AnsweredPool, new LookupCapture()
            .Query(0, DnsBytes.Query(Name))
            .Query(11, DnsBytes.Query("b.pool.example", id: 2))
            .Response(11.1, DnsBytes.Response("b.pool.example", id: 2, answers: DnsBytes.Address("b.pool.example", "198.51.100.1"))));

        Assert.Equal([1L, 3L], alerts.Select(alert => alert.PacketNumber));
    }

    [Fact]
    public void A_rule_that_requires_a_response_is_silent_on_a_query_without_one()
    {
        Assert.Empty(DetectionRun.AlertsOf(RuleText.Of("rcode: 0"), new LookupCapture().Query(0, DnsBytes.Query(Name))));
    }

    [Fact]
    public void A_response_after_its_time_is_a_lookup_of_its_own()
    {
        var alerts = DetectionRun.AlertsOf(OnQuery, new LookupCapture()
            .Query(0, DnsBytes.Query(Name))
            .Response(10.001, DnsBytes.Response(Name)));

        Assert.Equal([1L, 2L], alerts.Select(alert => alert.PacketNumber));
    }

    [Fact]
    public void Retransmissions_and_duplicates_are_one_lookup()
    {
        var capture = new LookupCapture()
            .Query(0, DnsBytes.Query(Name))
            .Query(0, DnsBytes.Query(Name))
            .Query(2, DnsBytes.Query(Name))
            .Response(2.5, DnsBytes.Response(Name, answers: DnsBytes.Address(Name, "198.51.100.1")))
            .Response(2.5, DnsBytes.Response(Name, answers: DnsBytes.Address(Name, "198.51.100.1")))
            .Response(4.5, DnsBytes.Response(Name, answers: DnsBytes.Address(Name, "198.51.100.1")));

        Assert.Equal(1, Assert.Single(DetectionRun.AlertsOf(OnQuery, capture)).PacketNumber);
        var alert = Assert.Single(DetectionRun.AlertsOf(RuleText.AnsweredPool, capture));
        Assert.Equal(4, alert.PacketNumber);
        Assert.Equal(1, alert.RelatedPacketNumber);
    }

    [Fact]
    public void A_name_in_other_case_is_the_same_lookup()
    {
        // Resolvers change the case of names at random against forged responses, and servers return it as it came; some do not.
        Assert.Single(DetectionRun.AlertsOf(OnQuery, new LookupCapture()
            .Query(0, DnsBytes.Query("A.pOOl.eXample"))
            .Response(0.1, DnsBytes.Response("a.pool.example"))));
    }

    [Theory]
    [InlineData(2, 40_000, Name, Label = "another id")]
    [InlineData(1, 40_001, Name, Label = "another port")]
    [InlineData(1, 40_000, "b.pool.example", Label = "another name")]
    public void What_differs_is_a_lookup_of_its_own(ushort id, ushort port, string name)
    {
        var alerts = DetectionRun.AlertsOf(OnQuery, new LookupCapture()
            .Query(0, DnsBytes.Query(Name))
            .Query(0.1, DnsBytes.Query(name, id), port: port));

        Assert.Equal(2, alerts.Count);
    }

    [Fact]
    public void A_response_before_its_query_is_the_same_lookup()
    {
        // Two interfaces of a mirror, or two queues of a card, swap packets that arrive close together.
        var capture = new LookupCapture()
            .Response(0.001, DnsBytes.Response(Name, answers: DnsBytes.Address(Name, "198.51.100.1")))
            .Query(0, DnsBytes.Query(Name));

        Assert.Equal(1, Assert.Single(DetectionRun.AlertsOf(OnQuery, capture)).PacketNumber);
        Assert.Equal(1, Assert.Single(DetectionRun.AlertsOf(RuleText.AnsweredPool, capture)).PacketNumber);
    }

    [Theory]
    [InlineData("192.0.2.53", true)]
    [InlineData("192.0.2.0/24", true)]
    [InlineData("192.0.2.54", false)]
    [InlineData("2001:db8::/32", false)]
    public void What_an_internal_resolver_sends_on_is_marked(string resolver, bool isMarked)
    {
        var options = new DetectorOptions
        {
            Resolvers = [resolver.Contains('/', StringComparison.Ordinal)
                ? IPNetwork.Parse(resolver)
                : new IPNetwork(IPAddress.Parse(resolver), 32)],
        };
        var alerts = DetectionRun.AlertsOf(OnQuery, new LookupCapture()
            .Query(0, DnsBytes.Query(Name), client: "198.18.0.7")
            .Query(0.01, DnsBytes.Query(Name, id: 77), client: LookupCapture.Server, server: "203.0.113.1", port: 5_353)
            .Response(0.02, DnsBytes.Response(Name, id: 77), client: LookupCapture.Server, server: "203.0.113.1", port: 5_353)
            .Response(0.03, DnsBytes.Response(Name), client: "198.18.0.7"), options);

        Assert.Equal([false, isMarked], alerts.Select(alert => alert.IsForwarded));
        Assert.Equal(["198.18.0.7", LookupCapture.Server], alerts.Select(alert => alert.Client.Address));
    }

    [Fact]
    public void A_response_to_an_internal_resolver_is_marked_too()
    {
        var options = new DetectorOptions { Resolvers = [new IPNetwork(IPAddress.Parse(LookupCapture.Server), 32)] };
        var alert = Assert.Single(DetectionRun.AlertsOf(RuleText.Of("rcode_name: NXDOMAIN"), new LookupCapture()
            .Query(0, DnsBytes.Query(Name), client: LookupCapture.Server, server: "203.0.113.1")
            .Response(0.02, DnsBytes.Response(Name, responseCode: 3), client: LookupCapture.Server, server: "203.0.113.1"), options));

        Assert.True(alert.IsForwarded);
    }

    [Fact]
    public void Forgets_the_oldest_lookup_and_counts_it_where_there_are_too_many()
    {
        var capture = new LookupCapture();
        for (ushort id = 1; id <= 1025; id++)
        {
            capture.Query(0.001 * id, DnsBytes.Query(Name, id));
        }

        using var folder = new Running.TemporaryFolder();
        var rules = LoadedRules.Load([folder.Write("rule.yml", OnQuery)]);
        var worker = new Worker(rules, _ => true, detection: new DetectorOptions { MaximumLookups = 1024 });
        var run = new FileRun(worker);
        run.Read([folder.Write("capture.pcap", capture.Bytes)], areMerged: false, TestContext.Current.CancellationToken);

        Assert.Equal(1, worker.Snapshot()["lookups_forgotten"]);
        Assert.Equal(1025, Assert.Single(worker.Snapshot().AlertsByRule));
    }

    [Fact]
    public void The_same_capture_gives_the_same_ids_and_each_lookup_one_of_its_own()
    {
        var capture = new LookupCapture()
            .Query(0, DnsBytes.Query(Name))
            .Query(1, DnsBytes.Query(Name, id: 2));
        var first = DetectionRun.AlertsOf(OnQuery, capture).Select(alert => alert.Id).ToList();

        Assert.Equal(first, DetectionRun.AlertsOf(OnQuery, capture).Select(alert => alert.Id));
        Assert.Equal(2, first.Distinct().Count());
    }
}
