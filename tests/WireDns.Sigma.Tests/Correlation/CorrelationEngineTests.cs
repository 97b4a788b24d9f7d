using WireDns.Sigma.Correlation;
using static WireDns.Sigma.Tests.Correlation.CorrelationText;

namespace WireDns.Sigma.Tests.Correlation;

public sealed class CorrelationEngineTests
{
    private static CorrelationRun Run(string lines, CorrelationLimits? limits = null, string rules = "a") => new(
        Load(string.Concat(rules.Split(' ').Select(name => Rule(name)))
            + Correlate("correlation", [.. lines.Split("; "), $"rules: [{rules.Replace(" ", ", ", StringComparison.Ordinal)}]"])), limits);

    [Theory]
    [InlineData("0 a, 5 a, 10 a", "10", Label = "both ends of the window count")]
    [InlineData("0 a, 5 a, 10.000000001 a", "", Label = "just outside")]
    [InlineData("0 a, 1 a, 2 a, 3 a, 4 a, 11 a", "2", Label = "not again while it stays true")]
    [InlineData("0 a, 1 a, 2 a, 20 a, 21 a, 22 a", "2, 22", Label = "again once it was false")]
    [InlineData("0 a, 1 a, 2 a, 11.5 a, 12 a", "2, 12", Label = "again where an event in between finds it false")]
    [InlineData("0 a, 1 b, 2 a, 3 b", "", Label = "other rules do not count")]
    [InlineData("7 a, 7 a, 7 a", "7", Label = "events of one moment")]
    public void Counts_events_in_a_sliding_window(string events, string fired)
    {
        Assert.Equal(fired, Run("type: event_count; timespan: 10s; condition: {gte: 3}").Fire(events));
    }

    [Theory]
    [InlineData("gt: 2", "0 a, 1 a, 2 a", "2")]
    [InlineData("gte: 1", "0 a, 1 a, 20 a", "0, 20")]
    [InlineData("eq: 2", "0 a, 1 a, 2 a, 11.5 a", "1, 11.5")]
    [InlineData("neq: 2", "0 a, 1 a, 2 a", "0, 2")]
    [InlineData("lt: 3", "0 a, 1 a, 2 a, 11.5 a", "0, 11.5")]
    [InlineData("lte: 2", "0 a, 1 a, 2 a, 11.5 a", "0, 11.5")]
    [InlineData("gt: 1, lte: 2", "0 a, 1 a, 2 a, 3 a, 12.5 a", "1, 12.5")]
    public void Knows_every_comparison(string condition, string events, string fired) =>
        Assert.Equal(fired, Run($"type: event_count; timespan: 10s; condition: {{{condition}}}").Fire(events));

    [Theory]
    [InlineData("0 a 1, 1 a 2, 2 a 3", "2", Label = "different values")]
    [InlineData("0 a 1, 1 a 2, 2 a 1, 3 a 2", "", Label = "equal values count once")]
    [InlineData("0 a 1, 1 a \"1\", 2 a 1.0, 3 a \"x\", 4 a \"X\"", "", Label = "a number and its text are one value")]
    [InlineData("0 a 1, 5 a 2, 9 a 1, 15 a 3", "15", Label = "a value is as young as its last event")]
    [InlineData("0 a null, 1 a 1, 2 a 2, 3 a null", "", Label = "a value that is missing is none")]
    [InlineData("0 a \"\", 1 a 1, 2 a 2", "2", Label = "an empty text is one")]
    [InlineData("0 a [1,2,1], 1 a [2,3]", "1", Label = "several values of one event")]
    public void Counts_different_values(string events, string fired)
    {
        Assert.Equal(fired, Run("type: value_count; timespan: 10s; condition: {gte: 3, field: v}").Fire(events));
    }

    [Theory]
    [InlineData("value_avg", "gte: 10")]
    [InlineData("value_avg", "neq: 10")]
    [InlineData("value_median", "gte: 10")]
    [InlineData("value_percentile", "percentile: 90, lt: 15")]
    [InlineData("value_sum", "gte: 20")]
    [InlineData("value_sum", "lt: 5")]
    [InlineData("value_count", "neq: 3")]
    [InlineData("event_count", "neq: 2")]
    [InlineData("event_count", "neq: 2, gt: 1")]
    public void No_two_hits_have_the_same_first_event_and_number_of_times_before(string type, string condition)
    {
        var random = new Random(5);
        var field = type == "event_count" ? "" : ", field: v";
        var run = Run($"type: {type}; timespan: 10s; condition: {{{condition}{field}}}");
        var seen = new HashSet<(long?, int)>();
        var (time, again) = (0, 0);
        for (var i = 0; i < 5_000; i++)
        {
            time += random.Next(0, 4);
            foreach (var hit in run.Observe(time, $"{{\"kind\":\"a\",\"v\":{random.Next(-10, 30)},\"host\":\"h\"}}"))
            {
                Assert.NotNull(hit.From);
                Assert.True(seen.Add((hit.From, hit.Rise)), $"the hit at event {i} is as one before");
                again += hit.Rise > 0 ? 1 : 0;
            }
        }

        Assert.NotEmpty(seen);
        if ((type, condition) is ("value_avg", "gte: 10") or ("value_count" or "event_count", "neq: 3" or "neq: 2"))
        {
            Assert.NotEqual(0, again);
        }
    }

    [Fact]
    public void Asks_the_condition_once_for_all_values_of_an_event()
    {
        Assert.Equal("", Run("type: value_count; timespan: 10s; condition: {eq: 2, field: v}").Fire("0 a [1,2,3]"));
        Assert.Equal("", Run("type: value_sum; timespan: 10s; condition: {eq: 3, field: v}").Fire("0 a [1,2,3]"));
    }

    [Fact]
    public void Counts_combinations_of_several_fields()
    {
        var run = Run("type: value_count; timespan: 10s; condition: {gte: 3, field: [v, host]}");
        Assert.Equal("3", run.Fire("0 a 1 x, 1 a 1 x, 2 a 2 x, 3 a 1 y"));
    }

    [Theory]
    [InlineData("value_sum", "gt: 10", "0 a 5, 1 a 5, 2 a 1, 11.5 a 9, 12 a 2", "2, 12")]
    [InlineData("value_sum", "gte: 0.3", "0 a 0.1, 1 a 0.2", "1")]
    [InlineData("value_sum", "lt: 0", "0 a 1, 1 a -2", "1")]
    [InlineData("value_avg", "gte: 5", "0 a 2, 1 a 8, 2 a 2", "1")]
    [InlineData("value_median", "eq: 1.5", "0 a 1, 1 a 2, 2 a 9", "1")]
    [InlineData("value_percentile", "gte: 5", "0 a 1, 1 a 5, 2 a 9", "2")]
    [InlineData("value_percentile", "percentile: 100, gte: 5", "0 a 1, 1 a 5, 2 a 9", "1")]
    [InlineData("value_percentile", "percentile: 25, eq: 1.75", "0 a 1, 1 a 4", "1")]
    [InlineData("value_sum", "gte: 10", "0 a \"x\", 1 a null, 2 a \"10\"", "2")]
    public void Computes_with_numbers(string type, string condition, string events, string fired) =>
        Assert.Equal(fired, Run($"type: {type}; timespan: 10s; condition: {{{condition}, field: v}}").Fire(events));

    [Theory]
    [InlineData("0 c, 1 a, 2 b", "2", Label = "in any order")]
    [InlineData("0 a, 5 b, 11 c", "", Label = "a rule that is over does not count")]
    [InlineData("0 a, 5 b, 9 a, 14 c", "14", Label = "the latest event of each counts")]
    [InlineData("0 a, 1 a, 2 a", "", Label = "many of one are one")]
    [InlineData("0 a, 1 b, 2 c, 3 a, 30 a, 31 c, 32 b", "2, 32", Label = "again after it was false")]
    public void Finds_rules_near_one_another(string events, string fired)
    {
        Assert.Equal(fired, Run("type: temporal; timespan: 10s", rules: "a b c").Fire(events));
    }

    [Theory]
    [InlineData("0 a, 1 b, 2 c", "2", Label = "in their order")]
    [InlineData("0 b, 1 a, 2 c", "", Label = "in another order")]
    [InlineData("0 a, 1 c, 2 b, 3 a, 4 c", "4", Label = "with others between")]
    [InlineData("0 a, 8 a, 9 b, 15 c", "15", Label = "the first is over, a later one is not")]
    [InlineData("0 a, 8 b, 9 a, 11 c", "", Label = "the chain is over where its first event is")]
    [InlineData("0 a, 0 b, 0 c", "0", Label = "events of one moment in their order")]
    public void Finds_rules_in_their_order(string events, string fired)
    {
        Assert.Equal(fired, Run("type: temporal_ordered; timespan: 10s", rules: "a b c").Fire(events));
    }

    [Fact]
    public void A_condition_can_ask_for_fewer_rules_than_there_are()
    {
        Assert.Equal("1", Run("type: temporal; timespan: 10s; condition: {gte: 2}", rules: "a b c").Fire("0 c, 1 b"));
        Assert.Equal("2", Run("type: temporal_ordered; timespan: 10s; condition: {gte: 2}", rules: "a b c").Fire("0 c, 1 a, 2 b"));
    }

    [Fact]
    public void One_event_of_two_rules_is_one_event_but_two_rules()
    {
        const string Both = "title: t\nname: b\nlogsource: {category: dns}\ndetection:\n  s: {kind: [a, b]}\n  condition: s\n---\n";
        Assert.Equal([1.0], Of("type: event_count", "condition: {gte: 2}").Fire([(0, "{\"kind\":\"a\"}"), (1, "{\"kind\":\"a\"}")]));
        Assert.Equal([1.0], Of("type: value_sum", "condition: {gte: 2, field: v}").Fire([(0, "{\"kind\":\"a\",\"v\":1}"), (1, "{\"kind\":\"a\",\"v\":1}")]));
        Assert.Equal([0.0], Of("type: temporal").Fire([(0, "{\"kind\":\"a\"}")]));
        Assert.Equal([1.0], Of("type: temporal_ordered").Fire([(0, "{\"kind\":\"a\"}"), (1, "{\"kind\":\"a\"}")]));

        static CorrelationRun Of(params string[] lines) => new(Load(Rule("a") + Both + Correlate("c", [.. lines, "timespan: 10s", "rules: [a, b]"])));
    }

    [Fact]
    public void Groups_events_by_all_fields_together_without_case()
    {
        var run = Run("type: event_count; timespan: 10s; group-by: [host, user.name]; condition: {gte: 2}");
        Assert.Empty(run.Observe(0, """{"kind":"a","host":"x","user":{"name":"u"}}"""));
        Assert.Empty(run.Observe(1, """{"kind":"a","host":"y","user":{"name":"u"}}"""));
        Assert.Empty(run.Observe(2, """{"kind":"a","host":"xu","user":{"name":""}}"""));
        var hit = Assert.Single(run.Observe(3, """{"kind":"a","host":"X","user":{"name":"U"}}"""));
        Assert.Equal([new GroupValue("host", "X"), new GroupValue("user.name", "U")], hit.Group);
        Assert.Equal([new ReportedEvent(0, 0), new ReportedEvent(3 * CorrelationRun.Second, 3)], hit.Events);
        Assert.Equal(2, hit.Value);
        Assert.Equal(3, run.Engine.GroupCount);
    }

    [Fact]
    public void An_event_without_a_field_of_group_by_forms_no_group()
    {
        var run = Run("type: event_count; timespan: 10s; group-by: [host]; condition: {gte: 1}");
        Assert.Empty(run.Observe(0, """{"kind":"a"}"""));
        Assert.Empty(run.Observe(0, """{"kind":"a","host":null}"""));
        Assert.Empty(run.Observe(0, """{"kind":"a","host":[]}"""));
        Assert.Equal((3, 0), (run.Engine.Counters.Ungrouped, run.Engine.GroupCount));
    }

    [Fact]
    public void An_event_with_several_values_belongs_to_a_group_for_each()
    {
        var run = Run("type: event_count; timespan: 10s; group-by: [host, port]; condition: {gte: 2}");
        Assert.Empty(run.Observe(0, """{"kind":"a","host":["x","y","X"],"port":[1,2]}"""));
        Assert.Equal(4, run.Engine.GroupCount);
        var hit = Assert.Single(run.Observe(1, """{"kind":"a","host":["y","z"],"port":2}"""));
        Assert.Equal(["y", "2"], hit.Group.Select(value => value.Value));
    }

    [Fact]
    public void Resolves_aliases_rule_by_rule()
    {
        var run = new CorrelationRun(Load(Rule("a") + Rule("b") + Correlate(
            "c", "type: temporal", "rules: [a, b]", "timespan: 10s", "group-by: [inside, outside]",
            "aliases:", "  inside: {a: dst, b: src}", "  outside: {a: src, b: dst}")));
        Assert.Empty(run.Observe(0, """{"kind":"a","src":"1","dst":"2"}"""));
        Assert.Empty(run.Observe(1, """{"kind":"b","src":"1","dst":"2"}"""));
        var hit = Assert.Single(run.Observe(2, """{"kind":"b","src":"2","dst":"1"}"""));
        Assert.Equal([new GroupValue("inside", "2"), new GroupValue("outside", "1")], hit.Group);
    }

    [Fact]
    public void Chains_correlations_and_hears_only_what_is_not_silent()
    {
        var text = Rule("failed") + Rule("ok")
            + Correlate("many", "type: event_count", "rules: [failed]", "timespan: 10s", "group-by: [user, host]", "condition: {gte: 3}")
            + Correlate("then", "type: temporal_ordered", "rules: [many, ok]", "timespan: 10s", "group-by: [user]");
        (double, string)[] events =
        [
            (0, "failed"), (1, "failed"), (1.5, "ok"), (2, "failed"), (3, "ok"),
        ];
        var run = new CorrelationRun(Load(text));
        var hits = events.SelectMany(entry => run.Observe(entry.Item1, $$"""{"kind":"{{entry.Item2}}","user":"u","host":"h"}""")).ToList();
        var hit = Assert.Single(hits);
        Assert.Equal(("then", 2.0), (hit.Correlation.Rule.Name, hit.Value));
        Assert.Equal([3L, 4L], hit.Events.Select(reported => reported.Tag));

        var loud = new CorrelationRun(Load(text.Replace("rules: [many, ok]", "generate: true\n  rules: [many, ok]", StringComparison.Ordinal)));
        Assert.Equal(
            ["many", "then"],
            events.SelectMany(entry => loud.Observe(entry.Item1, $$"""{"kind":"{{entry.Item2}}","user":"u","host":"h"}""")).Select(h => h.Correlation.Rule.Name));
    }

    [Fact]
    public void Aliases_of_a_correlation_hold_for_those_that_take_it()
    {
        var run = new CorrelationRun(Load(Rule("a") + Rule("b")
            + Correlate("inner", "type: event_count", "rules: [a, b]", "timespan: 10s", "group-by: [who]", "condition: {gte: 2}", "aliases: {who: {a: x, b: y}}")
            + Correlate("outer", "type: event_count", "rules: [inner]", "timespan: 1h", "group-by: [who]", "condition: {gte: 2}")));
        Assert.Empty(run.Observe(0, """{"kind":"a","x":"p"}"""));
        Assert.Empty(run.Observe(1, """{"kind":"b","y":"p"}"""));
        Assert.Empty(run.Observe(30, """{"kind":"b","y":"p"}"""));
        Assert.Equal("p", Assert.Single(run.Observe(31, """{"kind":"a","x":"p","y":"q"}""")).Group[0].Value);
    }

    [Fact]
    public void Names_the_newest_events_up_to_the_limit()
    {
        var run = Run("type: event_count; timespan: 100s; condition: {gte: 50}", new CorrelationLimits { MaximumReportedEvents = 3 });
        var hits = Enumerable.Range(0, 50).SelectMany(i => run.Observe(i, """{"kind":"a"}""")).ToList();
        Assert.Equal([47L, 48L, 49L], Assert.Single(hits).Events.Select(reported => reported.Tag));
    }

    [Theory]
    [InlineData("0 a, 1 a, 2 a, 3 a, 30 b", "", Label = "another rule's event does not pass time")]
    [InlineData("0 a, 1 a, 2 a, 3 a, 30 a", "2-3 (2) Quiet", Label = "no event within the time span")]
    [InlineData("0 a, 1 a, 2 a, 3 a, 11.5 a", "", Label = "still true")]
    [InlineData("0 a, 1 a, 2 a, 11.5 a", "2-2 (1) Condition", Label = "an event for which it is not true")]
    [InlineData("0 a, 1 a, 2 a, 11.5 a, 12 a, 13 a, 40 a", "2-2 (1) Condition, 12-13 (2) Quiet", Label = "twice")]
    [InlineData("0 a, 1 a, 2 a, 3 a 0 other, 4 a 0 other, 30 a 0 third", "2-2 (1) Quiet", Label = "found by an event of another group")]
    public void Tells_from_when_until_when_a_correlation_was_true_and_for_how_many_events(string events, string ended)
    {
        var run = Run("type: event_count; timespan: 10s; condition: {gte: 3}; group-by: [host]", new CorrelationLimits { MaximumEpisodes = 10 }, "a b");
        run.Fire(events.Replace(" b", " c", StringComparison.Ordinal));

        Assert.Equal(ended, string.Join(", ", run.Engine.Ended.Select(
            episode => $"{episode.From / 1_000_000_000}-{episode.Until / 1_000_000_000} ({episode.Events}) {episode.End}")));
    }

    [Fact]
    public void What_goes_on_ends_with_the_source_or_by_the_clock_and_no_more_ends_are_told_than_there_is_room_for()
    {
        var run = Run("type: event_count; timespan: 10s; condition: {gte: 1}; group-by: [host]", new CorrelationLimits { MaximumEpisodes = 2 });
        run.Fire("0 a 0 one, 1 a 0 two, 2 a 0 three, 3 a 0 one");
        Assert.Equal(1, run.Engine.Counters.UntoldEnds);
        run.Engine.Expire(12 * CorrelationRun.Second);
        Assert.Equal((EpisodeEnd.Quiet, 1), (Assert.Single(run.Engine.Ended).End, run.Engine.Ended[0].Events));
        run.Engine.ForgetEnded();
        run.Engine.Clear();
        Assert.Equal((EpisodeEnd.SourceEnd, 2), (Assert.Single(run.Engine.Ended).End, run.Engine.Ended[0].Events));
        run.Engine.ForgetEnded();
        run.Fire("0 a 0 one, 1 a 0 two");
        run.Engine.Clear();
        Assert.Equal(2, run.Engine.Ended.Count);
    }

    [Fact]
    public void Without_a_bound_for_ends_none_is_told_and_none_is_missed()
    {
        var run = Run("type: event_count; timespan: 10s; condition: {gte: 1}");
        run.Fire("0 a, 100 a");
        run.Engine.Clear();
        Assert.Empty(run.Engine.Ended);
        Assert.Equal(0, run.Engine.Counters.UntoldEnds);
    }

    [Fact]
    public void Forgets_everything_when_cleared()
    {
        var run = Run("type: event_count; timespan: 10s; condition: {gte: 2}");
        Assert.Equal("", run.Fire("0 a"));
        run.Engine.Clear();
        Assert.Equal("2", run.Fire("1 a, 2 a"));
        Assert.Equal(1, run.Engine.GroupCount);
    }

    [Fact]
    public void A_field_that_no_event_has_never_forms_a_group()
    {
        var resolved = Load(
            Rule("a").Replace("kind: a", "query: x", StringComparison.Ordinal)
            + Correlate("c", "type: event_count", "rules: [a]", "timespan: 1m", "group-by: [Image]", "condition: {gte: 1}"));
        var engine = new CorrelationEngine(resolved.Correlations, resolved.Rules, new Matching.DnsLikeSchema());
        Assert.True(engine.Takes(0));
        Assert.Empty(engine.Observe(0, new Matching.DnsLikeEvent("x"u8, default, default), default));
        Assert.Equal(1, engine.Counters.Ungrouped);
    }
}
