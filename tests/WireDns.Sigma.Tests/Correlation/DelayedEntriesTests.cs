using System.Text;
using WireDns.Sigma.Correlation;
using WireDns.Sigma.Matching;
using static WireDns.Sigma.Tests.Correlation.CorrelationText;

namespace WireDns.Sigma.Tests.Correlation;

/// <summary>Entries that wait for others do the same as entries that do not.</summary>
public sealed class DelayedEntriesTests
{
    private static readonly string Rules = Rule("a") + Rule("b")
        + Correlate("count", "type: event_count", "rules: [a]", "group-by: [host]", "timespan: 20s", "condition: {gte: 4}")
        + Correlate("values", "type: value_count", "rules: [a, b]", "group-by: [host]", "timespan: 10s", "condition: {field: v, gte: 3}")
        + Correlate("sum", "type: value_sum", "rules: [b]", "group-by: [host]", "timespan: 30s", "condition: {field: v, gte: 25}")
        + Correlate("both", "type: temporal", "rules: [a, b]", "group-by: [host, v]", "timespan: 5s")
        + Correlate("order", "type: temporal_ordered", "rules: [a, b]", "group-by: [host]", "timespan: 5s");

    [Theory]
    [InlineData(1, 1_000_000, 1_000_000)]
    [InlineData(2, 30, 1_000_000)]
    [InlineData(3, 1_000_000, 40)]
    public void They_give_the_same_hits_in_the_same_order(int seed, int groups, int events)
    {
        var limits = new CorrelationLimits { MaximumGroups = groups, MaximumEvents = events };
        var (hits, counters, count) = Run(seed, limits, isDelayed: false);
        var (delayedHits, delayedCounters, delayedCount) = Run(seed, limits, isDelayed: true);

        Assert.InRange(hits.Count, 100, int.MaxValue);
        Assert.Equal(hits, delayedHits);
        Assert.Equal((counters.EvictedGroups, counters.Late, counters.SetBack, count), (delayedCounters.EvictedGroups, delayedCounters.Late, delayedCounters.SetBack, delayedCount));
    }

    [Fact]
    public void None_wait_where_a_correlation_refers_to_another()
    {
        var resolved = Load(Rules + Correlate("chain", "type: event_count", "rules: [count]", "group-by: [host]", "timespan: 20s", "condition: {gte: 2}"));
        var engine = new CorrelationEngine(resolved.Correlations, resolved.Rules, new JsonEventSchema()) { Delay = 1 };

        Assert.Null(engine.Delay);
    }

    private static (List<string> Hits, CorrelationCounters Counters, int Groups) Run(int seed, CorrelationLimits limits, bool isDelayed)
    {
        var run = new CorrelationRun(Load(Rules), limits);
        var random = new Random(seed);
        var (hits, texts, time) = (new List<string>(), new List<string>(), 0L);
        for (var i = 0; i < 3000; i++)
        {
            time += random.Next(100) == 0 ? 40 * CorrelationRun.Second : CorrelationRun.Second / 10;
            var late = random.Next(10) == 0 ? random.Next(3) * CorrelationRun.Second : 0;
            texts.Add($$"""{"kind":"{{(random.Next(2) == 0 ? "a" : "b")}}","v":{{(random.Next(20) == 0 ? "[1,2,3]" : random.Next(9))}},"host":"h{{random.Next(40)}}"}""");
            run.Engine.Delay = isDelayed ? i : null;
            var found = run.ObserveAt(time - late, texts[i]);
            TakeDelayed();
            hits.AddRange(found.Select(Describe));
        }

        run.Engine.Settle();
        TakeDelayed();
        return (hits, run.Engine.Counters, run.Engine.GroupCount);

        void TakeDelayed()
        {
            foreach (var delayed in run.Engine.DelayedHits)
            {
                hits.Add(Describe(run.Complete(delayed, texts[(int)delayed.Number])));
            }

            run.Engine.DelayedHits.Clear();
        }
    }

    private static string Describe(CorrelationHit hit) => new StringBuilder()
        .AppendJoin(' ', hit.Correlation.Rule.Title, hit.Value)
        .AppendJoin(',', hit.Group.Select(group => group.Value))
        .AppendJoin(',', hit.Events.Select(seen => $"{seen.Time}/{seen.Tag}"))
        .ToString();
}
