using WireDns.Alerts;
using static WireDns.Detection.Tests.RuleRun;

namespace WireDns.Detection.Tests.Correlation;

/// <summary>A correlation's end is told once, with its extent, and does not count as an alert of the rule.</summary>
public sealed class CorrelationEndTests
{
    private static readonly string Rules = Join(Rule("base", ".evil.example"), Count("three", "base", 3));

    [Theory]
    [InlineData(0)]
    [InlineData(1024)]
    public void The_end_comes_with_the_clock_once_nothing_came_for_the_time_span(int queue)
    {
        var run = new RuleRun(Rules, new DetectorOptions { TellsCorrelationEnds = true, CorrelationQueueLength = queue });
        for (ushort id = 1; id <= 10; id++)
        {
            run.Query("a.evil.example", id).Wait(1);
        }

        run.Wait(1000).Tick().Finish();
        var alerts = run.TakeAlerts().Where(alert => alert.Correlation is not null).ToList();

        Assert.Equal(2, alerts.Count);
        Assert.Null(alerts[0].Correlation!.Extent);
        var extent = alerts[1].Correlation!.Extent!;
        Assert.Equal(new CorrelationExtent(alerts[0].UnixTimeNanoseconds!.Value, alerts[0].UnixTimeNanoseconds!.Value + 7_000_000_000, 8, "quiet"), extent);
        Assert.Equal((alerts[0].Id + "-end", extent.Until), (alerts[1].Id, alerts[1].UnixTimeNanoseconds));
        Assert.Equal(alerts[0].Correlation!.Group, alerts[1].Correlation!.Group);
        var counters = run.Worker.Snapshot();
        Assert.Equal((1, 1), (counters["alerts"], counters["correlation_ends"]));
    }

    [Fact]
    public void What_goes_on_at_the_end_of_the_input_or_when_its_rule_is_changed_ends_there()
    {
        var run = new RuleRun(Rules, new DetectorOptions { TellsCorrelationEnds = true });
        Three(run);
        run.Swap(Join(Rule("base", ".evil.example"), Count("three", "base", 2)));
        Three(run).Finish();

        Assert.Equal(["reload", "input_end"], run.TakeAlerts().Select(alert => alert.Correlation?.Extent?.Cause).OfType<string>());
    }

    [Fact]
    public void Unless_it_is_asked_for_no_end_is_told()
    {
        var run = new RuleRun(Rules);
        Three(run).Finish();

        Assert.Single(run.TakeAlerts());
    }

    private static RuleRun Three(RuleRun run)
    {
        for (ushort id = 1; id <= 3; id++)
        {
            run.Wait(20).Query("a.evil.example", id);
        }

        return run;
    }
}
