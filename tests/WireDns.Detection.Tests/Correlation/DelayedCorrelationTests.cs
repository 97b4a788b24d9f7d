using WireDns.Alerts;
using WireDns.Sigma.Correlation;
using static WireDns.Detection.Tests.RuleRun;

namespace WireDns.Detection.Tests.Correlation;

/// <summary>
/// Hits that wait for others before they are correlated, or for a thread of their own that loses nothing, raise the same alerts as hits that do not, in the
/// same order.
/// </summary>
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

        Assert.InRange(alerts.Count, 50, int.MaxValue);
        foreach (var (mayDelay, isParallel) in new[] { (true, false), (false, true), (true, true) })
        {
            var options = new DetectorOptions { Correlations = limits, MayDelayCorrelations = mayDelay, CorrelatesInParallel = isParallel };
            var (others, otherCounters) = Run(seed, options);
            Assert.Equal(alerts, others);
            Assert.Equal(counters, otherCounters);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_ends_of_correlations_keep_their_order_too(bool mayDelay)
    {
        var (alerts, counters) = Run(1, new DetectorOptions { TellsCorrelationEnds = true });
        var (others, otherCounters) = Run(1, new DetectorOptions { TellsCorrelationEnds = true, MayDelayCorrelations = mayDelay, CorrelatesInParallel = true });

        Assert.Equal(alerts, others);
        Assert.Equal(counters, otherCounters);
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

    [Fact]
    public void A_thread_of_their_own_raises_them_soon_after_a_pause()
    {
        var run = new RuleRun(Rules, new DetectorOptions { MayDelayCorrelations = true, CorrelatesInParallel = true });
        for (ushort id = 1; id <= 1202; id++)
        {
            // The thread has begun when the last client comes.
            run.Query("a.evil.example", id, Math.Min(id, 1200u));
        }

        run.Worker.Pause();
        var found = new List<string>();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                found.AddRange(run.Alerts);
                return found.Exists(alert => alert.StartsWith("three", StringComparison.Ordinal));
            },
            TimeSpan.FromMinutes(1)));
        run.Finish();
    }

    [Fact]
    public void Who_takes_hits_waits_for_a_thread_that_cannot_keep_up_and_nothing_is_shed()
    {
        using var gate = new ManualResetEventSlim();
        var raised = 0;
        var run = new RuleRun(Load(Rules), new DetectorOptions { CorrelatesInParallel = true }, _ =>
        {
            gate.Wait(TimeSpan.FromMinutes(1));
            raised++;
        });
        var taken = 0;
        var feeding = new Thread(() =>
        {
            for (; taken < 20_000; taken++)
            {
                run.Query($"n{taken}.loud.example", (ushort)taken, (uint)(taken % 100));
            }
        });
        feeding.Start();
        Assert.False(feeding.Join(TimeSpan.FromMilliseconds(500)));
        Assert.InRange(Volatile.Read(ref taken), 0, 5000);

        gate.Set();
        feeding.Join();
        run.Finish();
        var counters = run.Worker.Snapshot();
        Assert.Equal((0, 20_000, (long)raised), (counters["correlation_shed"], counters["correlation_observed"], counters["alerts"]));
    }

    [Fact]
    public void What_goes_wrong_on_their_thread_is_thrown_to_who_takes_the_hits()
    {
        var run = new RuleRun(Load(Rules), new DetectorOptions { CorrelatesInParallel = true }, _ => throw new InvalidOperationException("a fault"));
        for (ushort id = 1; id <= 1200; id++)
        {
            run.Query("a.evil.example", id, id);
        }

        run.Query("a.loud.example", 1);

        Assert.Equal("a fault", Assert.Throws<InvalidOperationException>(run.Finish).Message);
        run.Query("a.evil.example", 1).Finish();
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
