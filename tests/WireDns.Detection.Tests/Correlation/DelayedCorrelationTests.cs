using WireDns.Alerts;
using WireDns.Sigma.Correlation;
using static WireDns.Detection.Tests.RuleRun;

namespace WireDns.Detection.Tests.Correlation;

/// <summary>Hits that wait for others before they are correlated raise the same alerts as hits that do not, in the same order.</summary>
public sealed class DelayedCorrelationTests
{
    private static readonly string Rules = Join(
        Rule("silent", ".evil.example"),
        Rule("loud", ".loud.example"),
        Rule("at once", ".loud.example"),
        Count("three", "silent", 3),
        Count("five", "silent", 5),
        Count("loud three", "loud", 3),
        """
        title: names
        correlation:
          type: value_count
          rules: [silent]
          group-by: [src_ip, query_etld_plus_one]
          timespan: 20s
          condition: {field: subdomain, gte: 4}
        """);

    [Theory]
    [InlineData(1, 3_000_000)]
    [InlineData(2, 3_000_000)]
    [InlineData(3, 10)]
    public void They_raise_the_same_alerts_in_the_same_order(int seed, int groups)
    {
        var limits = new CorrelationLimits { MaximumGroups = groups };
        var (alerts, counters) = Run(seed, new DetectorOptions { Correlations = limits });
        var (delayed, delayedCounters) = Run(seed, new DetectorOptions { Correlations = limits, MayDelayCorrelations = true });

        Assert.InRange(alerts.Count, 50, int.MaxValue);
        Assert.Equal(alerts, delayed);
        Assert.Equal(counters, delayedCounters);
    }

    [Fact]
    public void They_are_raised_before_a_pause_ends()
    {
        var run = new RuleRun(Rules, new DetectorOptions { MayDelayCorrelations = true });
        for (ushort id = 1; id <= 3; id++)
        {
            run.Query("a.evil.example", id);
        }

        Assert.DoesNotContain(run.Alerts, alert => alert.StartsWith("three", StringComparison.Ordinal));
        run.Worker.Pause();
        Assert.Single(run.Alerts, alert => alert.StartsWith("three", StringComparison.Ordinal));
    }

    private static (List<string> Alerts, List<long> Counters) Run(int seed, DetectorOptions options)
    {
        var run = new RuleRun(Rules, options);
        var random = new Random(seed);
        for (var i = 0; i < 4000; i++)
        {
            var domain = random.Next(40) == 0 ? "loud" : "evil";
            run.Query($"n{random.Next(12)}.{domain}.example", (ushort)i, (uint)random.Next(1, 30));
            run.Wait(random.Next(200) == 0 ? 61 : 0.5);
            if (random.Next(500) == 0)
            {
                run.Tick();
            }
        }

        run.Finish();
        var counters = run.Worker.Snapshot();
        return (
            [.. run.TakeAlerts().Select(Describe)],
            [counters["alerts"], counters["correlation_evicted_groups"], counters["correlation_late"], counters["correlation_observed"]]);
    }

    private static string Describe(Alert alert) => string.Join(
        ' ', alert.Id, alert.Rule.Title, alert.PacketNumber, alert.Client.Address, alert.Message.QuestionName, alert.Correlation?.Value,
        string.Join(',', alert.Correlation?.Group.Select(group => group.Value) ?? []),
        string.Join(',', alert.Correlation?.Events.Select(seen => $"{seen.UnixTimeNanoseconds}/{seen.QuestionName}/{seen.PacketNumber}") ?? []));
}
