using WireDns.Alerts.Delivery;
using WireDns.Alerts.Transports;
using WireDns.Canary;
using WireDns.Sensor;

namespace WireDns.Tests.Sensor;

/// <summary>How far a canary of the sensor has come, and what that says of the sensor.</summary>
public sealed class CanaryStatesTests
{
    private const string Zone = "canary.example.net";

    private readonly ManualClock _clock = new();
    private readonly CanaryWatch _watch;
    private readonly CanaryStates _states;

    public CanaryStatesTests()
    {
        _watch = new CanaryWatch(Zone, _clock);
        _states = new CanaryStates(_watch, TimeSpan.FromSeconds(300), _clock, _ => Task.FromResult((true, "192.0.2.53 answered NXDOMAIN after 2.0 ms")));
    }

    [Fact]
    public void One_that_every_target_has_delivered_is_told_with_its_times()
    {
        Assert.Null(_states.Last);
        Tick();
        var sent = _clock.GetUtcNow();
        Assert.Equal((CanaryStage.Waiting, (DateTimeOffset?)sent), (_states.Last!.Stage, _states.Last.Sent));

        _clock.Advance(TimeSpan.FromMilliseconds(2));
        See(_states.Last.Name, Counters("a", 0), Counters("a", 1));
        Tick(seconds: 1, Counters("a", 1, delivered: 1));
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Tick(seconds: 0, Counters("a", 1, delivered: 1));
                return _states.Last.Answer is not null;
            },
            Waiting.Limit));

        var last = _states.Last;
        Assert.Equal((CanaryStage.Delivered, "192.0.2.53 answered NXDOMAIN after 2.0 ms"), (last.Stage, last.Answer));
        Assert.Equal(("eth1", sent + TimeSpan.FromMilliseconds(2)), (last.Sighting!.Interface, last.Sighting.Seen));
        Assert.Equal(("a", CanaryOutcome.Delivered, TimeSpan.FromSeconds(1)), last.Sighting.Sinks.Select(sink => (sink.Sink, sink.Outcome, sink.Ended!.Value - last.Sighting.Seen)).Single());
        Assert.Equal((Sight.Ok, 1L), (_states.Sending.State.Sight, _states.Sending.Sent));
    }

    [Fact]
    public void One_that_is_not_seen_is_told_after_eight_seconds()
    {
        Tick();
        Tick(seconds: 7);
        Assert.Equal(CanaryStage.Waiting, _states.Last!.Stage);

        Tick(seconds: 1);

        Assert.Equal((CanaryStage.NotSeen, "canary_not_seen"), (_states.Last.Stage, _states.Current.Cause));
        Assert.Null(_states.Last.Sighting);
    }

    [Fact]
    public void One_that_a_target_does_not_take_is_told_at_once_if_it_failed_and_after_a_minute_if_it_waits()
    {
        Tick();
        See(_states.Last!.Name, Counters("a", 0), Counters("a", 1));
        Tick(seconds: 59, Counters("a", 1));
        Assert.Equal(CanaryStage.Waiting, _states.Last.Stage);
        Tick(seconds: 1, Counters("a", 1));
        Assert.Equal((CanaryStage.NotDelivered, "canary_not_delivered"), (_states.Last.Stage, _states.Current.Cause));

        Tick(seconds: 240, Counters("a", 1));
        See(_states.Last.Name, Counters("a", 1), Counters("a", 2));
        Tick(seconds: 1, Counters("a", 2, delivered: 1, failed: 1));

        Assert.Equal((CanaryStage.NotDelivered, 2L), (_states.Last.Stage, _states.Sent));
        Assert.Equal(CanaryOutcome.Failed, _states.Last.Sighting!.Sinks.Single().Outcome);
    }

    [Fact]
    public void One_of_another_program_is_the_last_where_the_sensor_sends_none()
    {
        Assert.Null(CanaryProgress.Of(_watch.FindLast()));
        See($"one.{Zone}", Counters("a", 0), Counters("a", 1));
        See($"two.{Zone}", Counters("a", 1), Counters("a", 2));
        _watch.Look([Counters("a", 2, delivered: 1)]);

        var last = CanaryProgress.Of(_watch.FindLast())!;

        Assert.Equal(($"two.{Zone}", CanaryStage.Waiting, (DateTimeOffset?)null), (last.Name, last.Stage, last.Sent));
    }

    private void Tick(int seconds = 0, params SinkCounters[] sinks)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        _watch.Look(sinks);
        _states.Take();
    }

    private void See(string name, SinkCounters before, SinkCounters after) => _watch.Note(
        SampleAlerts.Plain with
        {
            UnixTimeNanoseconds = (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick,
            Interface = "eth1",
            Message = SampleAlerts.Plain.Message with { QuestionName = name },
        },
        [before], [after]);

    private static SinkCounters Counters(string name, long accepted, long delivered = 0, long failed = 0) => new()
    {
        Name = name,
        Accepted = accepted,
        Delivered = delivered,
        Dropped = 0,
        InMemory = accepted - delivered - failed,
        Failed = failed == 0 ? new Dictionary<SendFailure, long>() : new Dictionary<SendFailure, long> { [SendFailure.Refused] = failed },
    };
}
