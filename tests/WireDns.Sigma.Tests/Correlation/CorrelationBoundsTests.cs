using System.Globalization;
using WireDns.Sigma.Correlation;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Tests.Matching;
using static WireDns.Sigma.Tests.Correlation.CorrelationText;

namespace WireDns.Sigma.Tests.Correlation;

public sealed class CorrelationBoundsTests
{
    private static CorrelationRun Run(string lines, CorrelationLimits? limits = null) =>
        new(Load(Rule("a") + Rule("b") + Correlate("c", [.. lines.Split("; "), "rules: [a, b]"])), limits);

    private static string Event(object value, string host = "h") =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"kind":"a","v":{{value}},"host":"{{host}}"}""");

    [Fact]
    public void The_group_that_is_quiet_for_longest_gives_way_and_is_counted()
    {
        var run = Run("type: event_count; timespan: 1h; group-by: [host]; condition: {gte: 2}", new CorrelationLimits { MaximumGroups = 2 });
        Assert.Empty(run.Observe(0, Event(1, "x")));
        Assert.Empty(run.Observe(1, Event(1, "y")));
        Assert.Empty(run.Observe(2, Event(1, "z")));
        Assert.Equal((1, 2), (run.Engine.Counters.EvictedGroups, run.Engine.GroupCount));
        Assert.Single(run.Observe(3, Event(1, "y")));
        Assert.Single(run.Observe(4, Event(1, "z")));
    }

    [Theory]
    [InlineData("event_count", "{gte: 10}")]
    [InlineData("value_count", "{gte: 10, field: v}")]
    [InlineData("value_sum", "{gte: 45, field: v}")]
    public void A_group_near_its_number_outlives_a_flood_of_groups_with_one_event(string type, string condition)
    {
        var run = Run($"type: {type}; timespan: 1h; group-by: [host]; condition: {condition}", new CorrelationLimits { MaximumGroups = 100 });
        Assert.Empty(run.Observe(0, Event(0, "slow")));
        for (var i = 1; i < 10; i++)
        {
            Assert.Equal(i < 9 ? 0 : 1, run.Observe(i, Event(i, "slow")).Count);
            for (var flood = 0; flood < 1000; flood++)
            {
                Assert.Empty(run.Observe(i + 0.5, Event(1, $"h{i}-{flood}")));
            }
        }

        Assert.Equal(100, run.Engine.GroupCount);
    }

    [Fact]
    public void New_groups_keep_a_quarter_of_the_room_where_the_others_have_more_events()
    {
        var run = Run("type: event_count; timespan: 1h; group-by: [host]; condition: {gte: 3}", new CorrelationLimits { MaximumGroups = 100 });
        for (var i = 0; i < 1000; i++)
        {
            run.Observe(i, Event(1, $"h{i}"));
            run.Observe(i, Event(1, $"h{i}"));
        }

        var newcomers = Enumerable.Range(0, 20).Select(i => $"new{i}").ToList();
        Assert.All(newcomers, name => Assert.Empty(run.Observe(1000, Event(1, name))));
        Assert.All(newcomers, name => Assert.Empty(run.Observe(1001, Event(1, name))));
        Assert.All(newcomers, name => Assert.Single(run.Observe(1002, Event(1, name))));
    }

    [Fact]
    public void Groups_go_with_the_clock_where_no_event_comes()
    {
        var run = Run("type: event_count; timespan: 10s; group-by: [host]; condition: {gte: 2}");
        for (var i = 0; i < 10; i++)
        {
            run.Observe(i, Event(1, $"h{i}"));
            run.Observe(i, Event(1, $"h{i}"));
            run.Observe(i, Event(1, $"one{i}"));
        }

        run.Engine.Expire(14 * CorrelationRun.Second);
        Assert.Equal(12, run.Engine.GroupCount);
        run.Engine.Expire(12 * CorrelationRun.Second);
        Assert.Equal(12, run.Engine.GroupCount);
        run.Engine.Expire(30 * CorrelationRun.Second);
        Assert.Equal((0, 0), (run.Engine.GroupCount, run.Engine.Counters.EvictedGroups));

        // An engine without groups has no current time, so the next source may be older.
        run.Engine.Expire(9000 * CorrelationRun.Second);
        run.Observe(1, Event(1, "x"));
        Assert.Equal(0, run.Engine.Counters.SetBack);
    }

    [Fact]
    public void Correlations_share_the_room_and_the_one_with_the_most_groups_pays()
    {
        var rules = Rule("a") + Rule("b")
            + Correlate("quiet", "rules: [a]", "type: event_count", "timespan: 1h", "group-by: [host]", "condition: {gte: 2}")
            + Correlate("flooded", "rules: [b]", "type: event_count", "timespan: 1h", "group-by: [host]", "condition: {gte: 2}");
        var run = new CorrelationRun(Load(rules), new CorrelationLimits { MaximumGroups = 100 });
        Assert.Empty(run.Observe(0, Event(1, "x")));
        for (var i = 0; i < 1000; i++)
        {
            Assert.Empty(run.Observe(1, Event(1, $"h{i}").Replace("\"a\"", "\"b\"", StringComparison.Ordinal)));
        }

        Assert.Equal((901, 100), (run.Engine.Counters.EvictedGroups, run.Engine.GroupCount));
        Assert.Single(run.Observe(2, Event(1, "x")));
    }

    [Fact]
    public void Groups_whose_time_is_over_go_without_being_counted()
    {
        var run = Run("type: event_count; timespan: 10s; group-by: [host]; condition: {gte: 2}", new CorrelationLimits { MaximumGroups = 100 });
        for (var i = 0; i < 1000; i++)
        {
            run.Observe(i, Event(1, $"h{i}"));
        }

        Assert.Equal((0, 11), (run.Engine.Counters.EvictedGroups, run.Engine.GroupCount));
    }

    [Fact]
    public void All_groups_together_hold_a_limited_number_of_events()
    {
        var run = Run("type: value_count; timespan: 1h; group-by: [host]; condition: {gte: 1000, field: v}", new CorrelationLimits { MaximumEvents = 500 });
        for (var i = 0; i < 2000; i++)
        {
            run.Observe(i / 1000.0, Event(i, $"h{i / 100}"));
        }

        Assert.InRange(run.Engine.GroupCount, 4, 5);
        Assert.Equal(20 - run.Engine.GroupCount, run.Engine.Counters.EvictedGroups);
    }

    [Fact]
    public void A_mean_is_that_of_the_newest_numbers_where_there_are_too_many()
    {
        var run = Run("type: value_avg; timespan: 1h; condition: {gte: 10, field: v}", new CorrelationLimits { MaximumNumbersPerGroup = 3 });
        Assert.Equal("5", run.Fire("0 a 0, 1 a 0, 2 a 0, 3 a 10, 4 a 10, 5 a 10"));
        Assert.Equal(3, run.Engine.Counters.EvictedNumbers);
    }

    [Fact]
    public void Combinations_of_one_event_are_limited_and_counted()
    {
        var run = Run("type: event_count; timespan: 1h; group-by: [v]; condition: {gte: 2}", new CorrelationLimits { MaximumGroupsPerEvent = 4 });
        run.Observe(0, Event($"[{string.Join(',', Enumerable.Range(0, 100))}]"));
        Assert.Equal((1, 4), (run.Engine.Counters.Overflown, run.Engine.GroupCount));
    }

    [Theory]
    [InlineData("0 a, 20 a, 12 a, 13 a", "13", Label = "a late event counts where it belongs")]
    [InlineData("0 a, 20 a, 9 a, 8 a, 21 a", "", Label = "one that is older than the window does not")]
    [InlineData("10 a, 5 a, 16 a", "", Label = "a late event does not hold the window open")]
    [InlineData("1000 a, 1000 a, 5 a, 6 a, 7 a", "7", Label = "a clock that was set back begins anew")]
    public void Puts_late_events_in_their_place(string events, string fired)
    {
        Assert.Equal(fired, Run("type: event_count; timespan: 10s; condition: {gte: 3}").Fire(events));
    }

    [Fact]
    public void Counts_events_that_come_too_late_and_clocks_that_are_set_back()
    {
        var run = Run("type: event_count; timespan: 10s; condition: {gte: 3}");
        run.Fire("1000 a, 985 a, 10 a");
        Assert.Equal((1, 1), (run.Engine.Counters.Late, run.Engine.Counters.SetBack));
    }

    [Theory]
    [InlineData("value_count", "2", "0 a 1, 5 a 2, 4 a 3")]
    [InlineData("value_median", "2", "0 a 1, 5 a 2, 4 a 9")]
    [InlineData("temporal", "2", "5 a, 0 a, 14 b")]
    [InlineData("temporal_ordered", "2", "5 b, 3 a, 4 b")]
    public void Every_type_takes_events_out_of_order(string type, string count, string events)
    {
        var field = type.StartsWith("value", StringComparison.Ordinal) ? ", field: v" : "";
        Assert.NotEqual("", Run($"type: {type}; timespan: 10s; condition: {{gte: {count}{field}}}").Fire(events));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Times_at_the_ends_of_their_range_do_no_harm(long time)
    {
        var run = Run("type: event_count; timespan: 100y; condition: {gte: 2}");
        Assert.Empty(run.ObserveAt(time, Event(1)));
        Assert.Empty(run.ObserveAt(-time - 1, Event(1)));
        Assert.Single(run.ObserveAt(-time - 1, Event(1)));
    }

    [Theory]
    [InlineData("event_count", "gte: 50")]
    [InlineData("value_count", "gte: 50, field: query")]
    [InlineData("temporal", "gte: 1")]
    [InlineData("temporal_ordered", "gte: 1")]
    [InlineData("value_sum", "gte: 100000000, field: qtype")]
    [InlineData("value_median", "gte: 1000, field: qtype")]
    public void Allocates_nothing_for_an_event_of_a_known_group(string type, string condition)
    {
        var resolved = Load(
            Rule("a").Replace("kind: a", "qtype_name: TXT", StringComparison.Ordinal)
            + Correlate("c", $"type: {type}", "rules: [a]", "timespan: 1m", "group-by: [src_ip, qtype_name]", $"condition: {{{condition}}}"));
        var engine = new CorrelationEngine(
            resolved.Correlations, resolved.Rules, new DnsLikeSchema(), new CorrelationLimits { MaximumNumbersPerGroup = 100 });
        var name = "host-0000.example.org"u8.ToArray();
        long time = 0;
        Observe(3000);
        Assert.Equal(0, Allocated.By(() => Observe(3000)));

        void Observe(int count)
        {
            for (var i = 0; i < count; i++)
            {
                // Ten names, far below the threshold; one event in three seconds.
                name[8] = (byte)('0' + (i % 10));
                time += 3 * CorrelationRun.Second;
                engine.Observe(0, new DnsLikeEvent(name, default, default), new CorrelationEvent(time, i, i));
            }
        }
    }

    [Theory]
    [InlineData("event_count", "gte: 50")]
    [InlineData("value_count", "gte: 50, field: qtype")]
    [InlineData("temporal", "gte: 2")]
    public void A_group_with_a_single_event_takes_little_memory(string type, string condition)
    {
        const int Groups = 100_000;
        var resolved = Load(
            Rule("a").Replace("kind: a", "qtype_name: TXT", StringComparison.Ordinal) + Rule("b")
            + Correlate("c", $"type: {type}", "rules: [a, b]", "timespan: 1h", "group-by: [query]", $"condition: {{{condition}}}"));
        var engine = new CorrelationEngine(resolved.Correlations, resolved.Rules, new DnsLikeSchema());
        var name = "host-000000.example.org"u8.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Groups; i++)
        {
            i.TryFormat(name.AsSpan(5), out _, "D6", CultureInfo.InvariantCulture);
            engine.Observe(0, new DnsLikeEvent(name, default, default), new CorrelationEvent(i, i, i));

            // A second lookup of the name is counted, or replaces the first.
            if (i % 100 == 0)
            {
                engine.Observe(0, new DnsLikeEvent(name, default, default), new CorrelationEvent(i, i, i));
            }
        }

        Assert.Equal((Groups, 0), (engine.GroupCount, engine.Counters.EvictedGroups));

        // 48 bytes for a group and 16 to 32 for its index, whose earlier, smaller arrays count here too.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 120L * Groups);
    }

    [Fact]
    public void Groups_are_found_while_others_come_and_go()
    {
        // Ten thousand groups of two events each, the second one when the first is about to be forgotten.
        var run = Run("type: event_count; timespan: 10s; group-by: [host]; condition: {gte: 2}");
        var found = 0;
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Empty(run.Observe(i * 0.01, Event(1, $"h{i}")));
            found += i < 900 ? 0 : run.Observe(i * 0.01, Event(1, $"h{i - 900}")).Count;
        }

        Assert.Equal((9100, 0), (found, run.Engine.Counters.EvictedGroups));
    }

    [Fact]
    public void New_groups_take_the_room_of_old_ones()
    {
        var resolved = Load(
            Rule("a").Replace("kind: a", "qtype_name: TXT", StringComparison.Ordinal)
            + Correlate("c", "type: value_count", "rules: [a]", "timespan: 10s", "group-by: [query]", "condition: {gte: 5, field: qtype}"));
        var engine = new CorrelationEngine(resolved.Correlations, resolved.Rules, new DnsLikeSchema());
        var name = "host-0000.example.org"u8.ToArray();
        long time = 0;
        Observe(2000);
        Assert.Equal(0, Allocated.By(() => Observe(2000)));

        void Observe(int count)
        {
            for (var i = 0; i < count; i++)
            {
                time += CorrelationRun.Second;
                i.TryFormat(name.AsSpan(5), out _, "D4", CultureInfo.InvariantCulture);
                engine.Observe(0, new DnsLikeEvent(name, default, default), new CorrelationEvent(time, i, i));
            }
        }
    }
}
