using System.Text;
using WireDns.Detection.Intel;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Tests.Intel;

/// <summary>Lookups of indicators raise alerts, by whole labels, as long as the indicators hold.</summary>
public sealed class IndicatorMatchTests
{
    // RuleRun's clock begins at 2025-06-15T15:06:40Z.
    private const string Expiring = """
        [{"type":"indicator","id":"indicator--old","pattern":"[domain-name:value='www.evil.example']","valid_until":"2025-06-15T15:06:50Z","confidence":20},
         {"type":"indicator","id":"indicator--new","pattern":"[domain-name:value='bad.example']","valid_until":"2030-01-01T00:00:00Z"}]
        """;

    [Fact]
    public void A_list_has_a_rule_of_its_own_that_matches_its_names_and_those_below()
    {
        var run = new RuleRun(Load("", Lists(("feed", "evil.example\nt.co\n" + Many()))));

        Assert.Equal("Lookup of a domain of the list feed", Assert.Single(run.Rules.Compiled).Alert.Title);
        string[] hits = ["evil.example", "WWW.eviL.example", "a.b.t.co", "name1.many.example", "x.name2999.many.example"];
        string[] misses = ["notevil.example", "evil.example.org", "example", "t.com", "at.co", "name3000.many.example", "xname1.many.example"];
        for (var i = 0; i < hits.Length + misses.Length; i++)
        {
            run.Query(i < hits.Length ? hits[i] : misses[i - hits.Length], id: (ushort)i);
        }

        Assert.Equal(hits.Select(hit => hit), run.TakeAlerts().Select(alert => alert.Message.QuestionName));
        Assert.Equal(5, run.Worker.Snapshot()["intel_hits"]);
    }

    [Fact]
    public void A_dot_within_a_label_begins_no_name()
    {
        var run = new RuleRun(Load("", Lists(("feed", "evil.example\n"))));

        run.Query(@"not\.evil.example").Query(@"a.not\.evil.example", id: 2).Query(@"a\.b.evil.example", id: 3);

        Assert.Equal([@"a\.b.evil.example"], run.TakeAlerts().Select(alert => alert.Message.QuestionName));
    }

    [Fact]
    public void An_indicator_that_has_expired_at_the_time_of_the_packet_raises_nothing_and_is_counted()
    {
        var run = new RuleRun(Load("", Lists(("feed", Expiring))));

        var alert = Assert.Single(run.Query("a.www.evil.example").TakeAlerts());
        Assert.Equal(("www.evil.example", "indicator--old", 20), (alert.Indicators[0].Name, alert.Indicators[0].Id, alert.Indicators[0].Confidence));

        run.Wait(30).Query("www.evil.example", id: 2).Response("www.evil.example", id: 2);
        Assert.Empty(run.TakeAlerts());
        Assert.Single(run.Query("bad.example", id: 3).TakeAlerts());
        var counters = run.Worker.Snapshot();
        Assert.Equal((2, 1), (counters.Count("intel_hits", "feed"), counters.Count("intel_expired", "feed")));
        Assert.Equal(2, counters["alerts"]);
    }

    [Fact]
    public void A_rule_with_the_placeholder_replaces_the_list_s_own()
    {
        const string Rule = """
            title: mine
            logsource: {category: dns}
            detection:
              listed: {QueryName|expand: '%intel_feed%'}
              sure: {QueryName: sure.example}
              condition: listed or sure
            level: critical
            """;
        var run = new RuleRun(Load(Rule, Lists(("feed", Expiring), ("other", "other.example\n"))));

        Assert.Equal(["mine", "Lookup of a domain of the list other"], run.Rules.Compiled.Select(rule => rule.Alert.Title));
        Assert.Equal(["mine: www.evil.example"], run.Query("www.evil.example").Alerts);
        run.Wait(30);
        Assert.Empty(run.Query("www.evil.example", id: 2).Alerts);
        Assert.Equal(["mine: sure.example"], run.Query("sure.example", id: 3).Alerts);
        Assert.Empty(run.Query("sure.example", id: 3).TakeAlerts());
    }

    [Fact]
    public void A_rule_may_ask_for_all_lists_and_for_the_names_in_answers()
    {
        const string Rule = """
            title: cname
            logsource: {category: dns}
            detection:
              listed: {answers|expand: '%intel%'}
              condition: listed
            """;
        var run = new RuleRun(Load(Rule, Lists(("feed", "evil.example\n"), ("other", "other.example\n"))));

        Assert.Equal(["cname"], run.Rules.Compiled.Select(rule => rule.Alert.Title));
        Assert.Equal(["feed", "other"], run.Rules.Intel.UsedBy(run.Rules.Verdicts[0].Rule).Select(list => list.Name));
        var alert = Assert.Single(run.Query("cdn.example").Answer("cdn.example", DnsBytes.Record("cdn.example", DnsBytes.Cname, 60, DnsBytes.Name("edge.other.example"))).TakeAlerts());
        Assert.Equal(("other.example", "other"), (alert.Indicators[0].Name, alert.Indicators[0].List));
    }

    [Fact]
    public void A_correlation_does_not_count_expired_indicators()
    {
        const string Rules = """
            title: listed
            name: listed
            logsource: {category: dns}
            detection:
              listed: {QueryName|expand: '%intel_feed%'}
              condition: listed
            ---
            title: often
            correlation:
              type: event_count
              rules: [listed]
              group-by: [src_ip]
              timespan: 5m
              condition: {gte: 2}
            """;
        var run = new RuleRun(Load(Rules, Lists(("feed", Expiring))));

        run.Wait(30).Query("www.evil.example").Query("www.evil.example", id: 2).Query("www.evil.example", id: 3).Finish();
        Assert.Empty(run.Alerts);
        run.Query("bad.example", id: 4).Query("bad.example", id: 5).Finish();
        Assert.Contains("often: bad.example", run.Alerts);
    }

    [Fact]
    public void Counts_by_list_stay_when_the_rules_are_replaced()
    {
        var first = Load("", Lists(("feed", "evil.example\n")));
        var run = new RuleRun(first).Query("evil.example");

        run.Swap(Load("", Lists(("new", "evil.example\n"), ("feed", "bad.example\n")), first)).Query("evil.example", id: 2).Query("bad.example", id: 3);

        var counters = run.Worker.Snapshot();
        Assert.Equal((2, 1), (counters.Count("intel_hits", "feed"), counters.Count("intel_hits", "new")));
    }

    [Fact]
    public void The_id_of_a_list_s_rule_depends_on_its_name_alone()
    {
        Assert.Equal(IntelLists.RuleId("feed"), Load("", Lists(("feed", "a.example\n"))).Compiled[0].Alert.Id);
        Assert.Equal(IntelLists.RuleId("feed"), Load("", Lists(("feed", "b.example\n"))).Compiled[0].Alert.Id);
        Assert.NotEqual(IntelLists.RuleId("feed"), IntelLists.RuleId("feed2"));
        Assert.True(Guid.TryParse(IntelLists.RuleId("feed"), out var id) && id.Version == 8);
    }

    [Fact]
    public void A_lookup_of_a_name_that_is_not_listed_allocates_nothing()
    {
        var run = new RuleRun(Load("", Lists(("feed", Many()))));
        for (ushort i = 0; i < 200; i++)
        {
            run.Query("warm.example.org", id: i);
        }

        Assert.Empty(run.Alerts);
        Assert.NotNull(run.Rules.OnQuery.ScreenOf(run.Rules.OnQuery.FieldIds[0], []));
    }

    private static string Many() => string.Concat(Enumerable.Range(0, 3000).Select(i => $"name{i}.many.example\n"));

    private static IntelLists Lists(params (string Name, string Content)[] lists) =>
        new([.. lists.Select(list => IntelFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(list.Content)), list.Name, list.Name + ".txt", null))]);

    private static LoadedRules Load(string rules, IntelLists lists, LoadedRules? predecessor = null)
    {
        var loading = new RuleLoading { Intel = lists, Placeholders = new SigmaPlaceholders() };
        lists.AddTo(loading.Placeholders);
        return rules.Length > 0 ? RuleRun.Load(rules, predecessor, loading) : LoadedRules.Load([], loading, predecessor);
    }
}
