using WireDns.Alerts;
using static WireDns.Detection.Tests.RuleRun;

namespace WireDns.Detection.Tests.Correlation;

/// <summary>Correlations on their own thread: the same alerts, as long as nothing is shed; and plain rules are not held up.</summary>
public sealed class QueuedCorrelationTests
{
    private static readonly DetectorOptions Queued = new() { CorrelationQueueLength = 32_768 };

    private static readonly string Rules = Join(
        Rule("base", ".evil.example", level: "low"), Count("three", "base", 3), Count("two names", "base", 2, "value_count"),
        Rule("plain", ".plain.example"), Answered, Count("two answered", "answered", 2, groupBy: "rcode_name"));

    private const string Answered =
        "title: answered\nname: answered\nlogsource: {category: dns}\ndetection:\n  s: {query|endswith: .evil.example, rtt|gt: 0.1}\n  condition: s\n";

    [Fact]
    public void The_alerts_are_those_of_one_thread()
    {
        var alerts = new[] { new DetectorOptions(), Queued }.Select(options =>
        {
            var run = new RuleRun(Rules, options);
            for (ushort i = 0; i < 500; i++)
            {
                run.Query($"n{i % 7}.evil.example", i, (uint)(i % 50)).Wait(0.2).Response($"n{i % 7}.evil.example", i, (uint)(i % 50), responseCode: (ushort)(i % 4))
                    .Query("a.plain.example", (ushort)(1000 + i)).Tick();
            }

            run.Finish();
            Assert.Equal(0, run.Worker.Snapshot()["correlation_shed"]);
            return run.TakeAlerts().Select(Describe).Order().ToList();
        }).ToList();

        Assert.InRange(alerts[0].Count, 500, 5000);
        Assert.Equal(4, alerts[0].Select(alert => alert.Split('|')[0]).Distinct().Count());
        Assert.Equal(alerts[0], alerts[1]);
    }

    [Fact]
    public void Plain_rules_go_on_while_correlations_are_held_up_and_what_is_shed_is_counted()
    {
        using var gate = new ManualResetEventSlim();
        var plain = 0;
        var rules = Load(Join(Rule("base", ".evil.example"), Count("one", "base", 1), Rule("plain", ".plain.example")));
        var worker = new RuleRun(rules, new DetectorOptions { CorrelationQueueLength = 64 }, alert =>
        {
            if (alert.Rule.Title == "plain")
            {
                plain++;
            }
            else
            {
                gate.Wait();
            }
        });
        for (uint client = 0; client < 1000; client++)
        {
            worker.Query("a.evil.example", (ushort)client, client).Query("a.plain.example", (ushort)client, client);
        }

        Assert.Equal(1000, plain);
        var shed = worker.Worker.Snapshot()["correlation_shed"];
        Assert.InRange(shed, 1000 - 64, 999);

        gate.Set();
        worker.Finish();
        var counters = worker.Worker.Snapshot();
        Assert.Equal((shed, 1000 - shed), (counters["correlation_shed"], counters["correlation_observed"]));
        Assert.Equal(shed, counters.Count("correlation_shed", "new_client") + counters.Count("correlation_shed", "queue_full"));
        Assert.Equal(2000 - shed, counters["alerts"]);
    }

    [Fact]
    public void A_lookup_whose_first_hit_was_shed_still_counts_by_its_next()
    {
        using var gate = new ManualResetEventSlim();
        var pairs = 0;
        var rules = Load(Join(
            Rule("held", ".held.example"), Count("holds", "held", 1), Rule("base", ".evil.example"), Answered, Count("pair", "base, answered", 1)));
        var run = new RuleRun(rules, new DetectorOptions { CorrelationQueueLength = 64 }, alert =>
        {
            if (alert.Rule.Title == "holds")
            {
                gate.Wait();
            }

            pairs += alert.Rule.Title == "pair" ? 1 : 0;
        });
        for (ushort client = 100; client < 200; client++)
        {
            run.Query("a.held.example", client, client);
        }

        var before = run.Worker.Snapshot()["correlation_shed"];
        run.Query("x.evil.example", 1, 1);
        var shed = run.Worker.Snapshot()["correlation_shed"];
        Assert.Equal(before + 1, shed);
        gate.Set();
        Assert.True(SpinWait.SpinUntil(() => run.Worker.Snapshot()["correlation_observed"] == 101 - shed, TimeSpan.FromMinutes(1)));

        run.Wait(0.2).Response("x.evil.example", 1, 1).Finish();

        Assert.Equal(shed, run.Worker.Snapshot()["correlation_shed"]);
        Assert.Equal(1, pairs);
    }

    [Theory]
    [InlineData("names", Label = "unique names of one client")]
    [InlineData("clients", Label = "spoofed clients")]
    public void Planted_lookups_and_a_slow_tunnel_are_found_in_a_flood(string flood)
    {
        var found = new List<Alert>();
        var run = new RuleRun(LoadShipped(), Queued, alert =>
        {
            lock (found)
            {
                found.Add(alert);
            }
        });
        var random = new Random(3);
        const int Planted = 300;
        for (var i = 0; i < 300_000; i++)
        {
            run.Wait(1 / 3_000.0);
            if (i % 1000 == 0)
            {
                run.Query("msstorageazure.com", (ushort)(i / 1000), client: 77);
            }

            if (i % 3000 == 1500)
            {
                // A slow tunnel: a TXT query each second. Fifty in five minutes are needed.
                run.Query($"{i}.tunnel.test", (ushort)i, client: 99, type: DnsBytes.Txt);
            }

            run.Query($"x{i}.flood.example", (ushort)i, flood == "clients" ? 1000 + (uint)random.Next(1 << 23) : 5);
        }

        run.Finish();
        Assert.Equal(Planted, found.Count(alert => alert.Message.QuestionName == "msstorageazure.com" && alert.Correlation is null));
        Assert.True(
            found.Any(alert => alert.Correlation is not null && alert.Message.QuestionName!.EndsWith(".tunnel.test", StringComparison.Ordinal)),
            $"{run.Worker.Snapshot()["correlation_shed"]} of {run.Worker.Snapshot()["correlation_observed"]} hits were shed");
    }

    [Fact]
    public void Groups_go_with_the_clock_and_the_next_source_begins_anew()
    {
        var run = new RuleRun(Join(Rule("base", ".evil.example"), Count("two", "base", 2)), Queued);
        run.Query("a.evil.example", 1).Wait(400).Tick().Query("b.evil.example", 2).Finish();
        run.Query("c.evil.example", 3).Finish().Query("d.evil.example", 4).Query("e.evil.example", 5).Finish();
        Assert.Equal(["two: e.evil.example"], run.Alerts);
    }

    [Fact]
    public void A_correlation_keeps_its_window_over_a_reload()
    {
        var run = new RuleRun(Join(Rule("base", ".evil.example"), Count("three", "base", 3)), Queued);
        run.Query("a.evil.example", 1).Query("b.evil.example", 2)
            .Swap(Join(Rule("other", ".example"), Count("three", "base", 3), Rule("base", ".evil.example"))).Query("c.evil.example", 3).Finish();
        Assert.Equal(["other: c.evil.example", "three: c.evil.example"], run.Alerts.Order());
    }

    [Fact]
    public void A_fault_costs_one_message()
    {
        var run = new RuleRun(Load(Join(Rule("base", ".evil.example"), Count("one", "base", 1))), Queued, alert =>
        {
            if (alert.Client.Address == "10.0.0.2")
            {
                throw new InvalidOperationException("a fault");
            }
        });
        run.Query("a.evil.example", 1, client: 1).Query("b.evil.example", 2, client: 2).Query("c.evil.example", 3, client: 3).Finish();
        Assert.Equal(1, run.Worker.Snapshot().Count("correlation_shed", "internal_error"));
        Assert.Equal(3, run.Worker.Snapshot()["correlation_observed"]);
    }

    private static Detection.Rules.LoadedRules LoadShipped() => Detection.Rules.LoadedRules.Load([TestPaths.AllRules]);

    private static string Describe(Alert alert) =>
        $"{alert.Rule.Title}|{alert.Id}|{alert.PacketNumber}|{alert.RelatedPacketNumber}|{alert.Client}|{alert.Message.QuestionName}|"
        + string.Join(',', alert.Correlation?.Events.Select(correlated => correlated.PacketNumber) ?? []) + $"|{alert.Correlation?.Value}";
}
