using System.Net;
using WireDns.Alerts;
using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Tests.Detection;
using WireDns.Tests.Running;

namespace WireDns.Tests.Correlation;

/// <summary>Correlations from the packets to the alert.</summary>
public sealed class CorrelationByClientTests
{
    private const string Base = """
        title: Evil lookup
        name: evil
        logsource: {category: dns}
        detection:
          s: {query|endswith: .evil.example}
          condition: s
        level: low
        ---

        """;

    private const string Three = Base + """
        title: Three evil lookups
        id: 5638f7c0-ac70-491d-8465-2a65075e0d86
        correlation:
          type: event_count
          rules: [evil]
          group-by: [src_ip]
          timespan: 1m
          condition: {gte: 3}
        level: high
        tags: [attack.t1071.004]
        """;

    [Fact]
    public void One_alert_for_the_client_that_did_it_with_the_events_that_made_it()
    {
        var capture = new LookupCapture();
        capture.Query(1, "a.evil.example").Wait(1).Query(2, "b.evil.example").Wait(1).Query(1, "good.example").Wait(1)
            .Query(1, "c.evil.example").Wait(1).Query(2, "d.evil.example").Wait(1).Query(1, "e.EVIL.example").Wait(1).Query(1, "f.evil.example");

        var run = DetectionRun.OfText(Three, capture);

        var alert = Assert.Single(run.Alerts);
        Assert.Equal(("Three evil lookups", AlertLevel.High, 6L), (alert.Rule.Title, alert.Rule.Level, alert.PacketNumber));
        Assert.Equal(("192.0.2.1", "e.EVIL.example"), (alert.Client.Address, alert.Message.QuestionName));
        Assert.Equal(["T1071.004"], alert.Rule.AttackTechniques);
        var correlation = alert.Correlation!;
        Assert.Equal(("event_count", "gte 3", "1m", 3.0), (correlation.Type, correlation.Condition, correlation.Timespan, correlation.Value));
        Assert.Equal([new CorrelatedValue("src_ip", "192.0.2.1")], correlation.Group);
        Assert.Equal(
            [("a.evil.example", 1L), ("c.evil.example", 4L), ("e.EVIL.example", 6L)],
            correlation.Events.Select(correlated => (correlated.QuestionName!, correlated.PacketNumber)));
        Assert.All(correlation.Events, correlated => Assert.Equal((new AlertEndpoint("192.0.2.1", 40_000), null), (correlated.Client, correlated.File)));
        Assert.Equal(1_750_000_003_000_000_000, correlation.Events[1].UnixTimeNanoseconds);
        Assert.Equal(("event_count", "gte 3 in 1m", "3"), (alert.Reasons[0].Field, alert.Reasons[0].Pattern, alert.Reasons[0].Value));
        Assert.Equal(1, run.Counters["alerts"]);
    }

    [Fact]
    public void A_lookup_counts_once_for_its_query_repetitions_and_response()
    {
        var capture = new LookupCapture();
        capture.Query(1, "a.evil.example").Repeat(1, "a.evil.example").Wait(1).Repeat(1, "a.evil.example").Answer(1, "a.evil.example", 1, [192, 0, 2, 9])
            .Query(1, "b.evil.example").Answer(1, "b.evil.example", 1, [192, 0, 2, 9]);
        Assert.Empty(DetectionRun.OfText(Three, capture).Alerts);
        Assert.Single(DetectionRun.OfText(Three, capture.Query(1, "c.evil.example")).Alerts);
    }

    [Fact]
    public void With_generate_the_rule_raises_its_own_alerts_too()
    {
        var capture = new LookupCapture().Query(1, "a.evil.example").Query(1, "b.evil.example").Query(1, "c.evil.example");
        var run = DetectionRun.OfText(Three.Replace("level: high", "generate: true", StringComparison.Ordinal), capture);
        Assert.Equal(["Evil lookup: a.evil.example", "Evil lookup: b.evil.example", "Three evil lookups: c.evil.example", "Evil lookup: c.evil.example"], run.Summary);
    }

    [Fact]
    public void The_same_capture_gives_the_same_ids()
    {
        var capture = new LookupCapture().Query(1, "a.evil.example").Query(1, "b.evil.example").Query(1, "c.evil.example");
        Assert.Equal(DetectionRun.OfText(Three, capture).Alerts[0].Id, DetectionRun.OfText(Three, capture).Alerts[0].Id);
    }

    [Fact]
    public void Two_groups_of_one_message_are_two_alerts_with_ids_of_their_own()
    {
        const string Rules = """
            title: Answer
            name: answer
            logsource: {category: dns}
            detection:
              s: {dns.resolved_ip|exists: true}
              condition: s
            ---
            title: Two names for one address
            correlation:
              type: value_count
              rules: [answer]
              group-by: [dns.resolved_ip]
              timespan: 1h
              condition: {gte: 2, field: query}
            """;
        var capture = new LookupCapture().Lookup(1, "a.example", "203.0.113.1", "203.0.113.2").Lookup(2, "b.example", "203.0.113.2", "203.0.113.1");
        var run = DetectionRun.OfText(Rules, capture);
        Assert.Equal(["203.0.113.2", "203.0.113.1"], run.Alerts.Select(alert => alert.Correlation!.Group[0].Value));
        Assert.Equal(2, run.Alerts.Select(alert => alert.Id).Distinct().Count());
        Assert.Equal(3, run.Alerts[0].RelatedPacketNumber);
    }

    [Fact]
    public void A_correlation_by_a_field_of_the_response_waits_for_the_response()
    {
        var rules = Three.Replace("group-by: [src_ip]", "group-by: [rcode_name]", StringComparison.Ordinal);
        var capture = new LookupCapture().Query(1, "a.evil.example").Query(1, "b.evil.example").Query(1, "c.evil.example");
        Assert.Empty(DetectionRun.OfText(rules, capture).Alerts);
        foreach (var name in new[] { "a", "b", "c" })
        {
            capture.Lookup(1, $"{name}.evil.example", "192.0.2.9");
        }

        Assert.Equal("NOERROR", Assert.Single(DetectionRun.OfText(rules, capture).Alerts).Correlation!.Group[0].Value);
    }

    [Fact]
    public void What_a_known_resolver_asks_for_its_clients_is_not_counted_again()
    {
        var options = new DetectorOptions { Resolvers = [IPNetwork.Parse("192.0.2.7/32")] };
        var capture = new LookupCapture().Query(7, "a.evil.example").Query(7, "b.evil.example").Query(7, "c.evil.example");
        var run = DetectionRun.OfText(Three, capture, options);
        Assert.Empty(run.Alerts);
        Assert.Equal(3, run.Counters["correlation_forwarded"]);
        Assert.Single(DetectionRun.OfText(Three, capture).Alerts);
    }

    [Fact]
    public void A_filter_takes_lookups_out_before_they_are_counted()
    {
        const string Filter = "\n---\ntitle: scanner\nlogsource: {category: dns}\nfilter:\n  rules: any\n  scanner: {src_ip: 192.0.2.9}\n  condition: not scanner\n";
        var capture = new LookupCapture();
        foreach (var client in new byte[] { 9, 9, 9, 1, 1, 1 })
        {
            capture.Query(client, "a.evil.example");
        }

        var run = DetectionRun.OfText(Three + Filter, capture);
        Assert.Equal("192.0.2.1", Assert.Single(run.Alerts).Client.Address);
        Assert.Single(run.Rules.Filters);
    }

    [Fact]
    public void An_unanswered_lookup_counts_at_its_own_time_though_it_is_known_late()
    {
        const string Rules = """
            title: Not answered
            name: silent
            logsource: {category: dns}
            detection:
              s: {query|endswith: .evil.example}
              answered: {rcode|exists: true}
              condition: s and not answered
            ---
            title: Three without an answer
            correlation:
              type: event_count
              rules: [silent]
              group-by: [src_ip]
              timespan: 5s
              condition: {gte: 3}
            """;
        var capture = new LookupCapture().Query(1, "a.evil.example").Wait(2).Query(1, "b.evil.example").Wait(2).Query(1, "c.evil.example");
        var alert = Assert.Single(DetectionRun.OfText(Rules, capture).Alerts);
        Assert.Equal([1L, 2L, 3L], alert.Correlation!.Events.Select(correlated => correlated.PacketNumber));
    }

    [Theory]
    [InlineData("group-by: [Image]", "does not run", Label = "a field to group by that no wire carries")]
    [InlineData("group-by: [User]", "which no wire carries", Label = "a value that no wire carries")]
    public void Rules_check_says_what_a_correlation_cannot_do(string line, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("rules.yml", Three.Replace("group-by: [src_ip]", line, StringComparison.Ordinal));
        var run = Product.Run("rules", "check", path);
        Assert.Equal(0, run.ExitStatus);
        Assert.Contains(run.Output.Lines, text => text.Contains(expected, StringComparison.Ordinal));
        Assert.Contains("0 of 1 correlations that loaded would run; 0 filters apply", run.Output.Lines);
    }

    [Fact]
    public void A_correlation_of_rules_that_do_not_run_does_not_run()
    {
        var text = Base.Replace("s: {query|endswith: .evil.example}", "s: {Image: x}", StringComparison.Ordinal)
            + Base.Replace("name: evil", "name: other", StringComparison.Ordinal);
        Assert.Equal(RuleCoverage.Inert, Judge("temporal", ""));
        Assert.Equal(RuleCoverage.Degraded, Judge("event_count", "\n  condition: {gte: 3}"));

        RuleCoverage Judge(string type, string condition)
        {
            var rules = $"{text}title: c\ncorrelation:\n  type: {type}\n  rules: [evil, other]\n  timespan: 1m{condition}\n";
            return Assert.Single(DetectionRun.OfText(rules, new LookupCapture()).Rules.CorrelationVerdicts).Coverage;
        }
    }

    [Fact]
    public void The_executable_shows_the_events_in_each_format()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Write("rules.yml", Three);
        var capture = folder.Write("lookups.pcap", new LookupCapture().Query(1, "a.evil.example").Query(1, "b.evil.example").Query(1, "c.evil.example").Bytes);

        var verbose = Product.Run("read", capture, "-r", rules, "-v", "-q").Output.Lines;
        Assert.Contains("event_count:\"gte 3 in 1m\"=\"3\"", verbose[0], StringComparison.Ordinal);
        Assert.Contains("  correlation      event_count gte 3 within 1m: 3", verbose);
        Assert.Contains("  group            src_ip 192.0.2.1", verbose);
        Assert.Contains("  event            2025-06-15T15:06:40.000000Z 192.0.2.1:40000 b.evil.example #2", verbose);

        var json = Assert.Single(Product.Run("read", capture, "-r", rules, "--format", "ecs", "-q").Output.Lines);
        Assert.Contains("\"correlation\":{\"type\":\"event_count\",\"condition\":\"gte 3\",\"timespan\":\"1m\",\"value\":3,", json, StringComparison.Ordinal);
        Assert.Contains("\"correlated_events\":[{\"time\":\"2025-06-15T15:06:40.000000000Z\",\"client_address\":\"192.0.2.1\",", json, StringComparison.Ordinal);
    }
}
