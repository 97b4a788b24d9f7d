using WireDns.Alerts;
using WireDns.Sensor;

namespace WireDns.Tests.Sensor;

/// <summary>When an interface is ok, degraded or blind, and what is reported about it.</summary>
public sealed class InterfaceStatesTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Is_blind_without_a_packet_for_the_time_that_is_given_and_ok_with_the_next_one()
    {
        var states = new InterfaceStates(TimeSpan.FromSeconds(60), _clock);
        Assert.Null(Take(states, seconds: 59));
        Assert.Equal(Sight.Ok, Take(states, seconds: 1)!.Sight);
        Assert.Equal((Sight.Blind, "no packet for 60 s"), (states.Current.Sight, states.Current.Reason));
        Assert.Null(Take(states, seconds: 100));
        Assert.NotNull(Take(states, seconds: 1, packets: 1, dns: 1));
        Assert.Equal(Sight.Ok, states.Current.Sight);
    }

    [Fact]
    public void Is_blind_with_packets_that_hold_no_dns()
    {
        var states = new InterfaceStates(TimeSpan.FromSeconds(60), _clock);
        for (var second = 1; second <= 60; second++)
        {
            Take(states, seconds: 1, packets: second);
        }

        Assert.Equal((Sight.Blind, "packets, but no DNS for 60 s"), (states.Current.Sight, states.Current.Reason));
    }

    [Fact]
    public void Is_blind_at_once_where_the_interface_is_gone_or_down_and_says_which()
    {
        var states = new InterfaceStates(TimeSpan.FromSeconds(60), _clock);
        Assert.NotNull(Take(states, seconds: 1, isUp: false));
        Assert.Equal("the interface is down", states.Current.Reason);
        Assert.NotNull(Take(states, seconds: 1, loss: "the interface is gone"));
        Assert.Equal((Sight.Blind, "the interface is gone"), (states.Current.Sight, states.Current.Reason));
        Assert.NotNull(Take(states, seconds: 1));
        Assert.Equal(Sight.Ok, states.Current.Sight);
    }

    [Fact]
    public void Is_blind_since_it_saw_nothing_though_the_cause_is_another_one_by_now()
    {
        var states = new InterfaceStates(TimeSpan.FromSeconds(60), _clock);
        var start = _clock.GetUtcNow();
        Take(states, seconds: 1, isUp: false);
        Assert.NotNull(Take(states, seconds: 59));
        Assert.Equal(("no_packets", start + TimeSpan.FromSeconds(1)), (states.Current.Cause, states.Current.Since));
    }

    [Fact]
    public void Is_not_down_where_packets_come()
    {
        var states = new InterfaceStates(TimeSpan.FromSeconds(60), _clock);
        Assert.Null(Take(states, seconds: 1, packets: 1, dns: 1, isUp: false));
    }

    [Fact]
    public void Is_degraded_for_a_minute_after_the_last_drop()
    {
        var states = new InterfaceStates(TimeSpan.FromSeconds(600), _clock);
        Assert.NotNull(Take(states, seconds: 1, dropped: 1200));
        Assert.Equal((Sight.Degraded, "1,200 packets were dropped"), (states.Current.Sight, states.Current.Reason));
        Assert.Null(Take(states, seconds: 30, dropped: 1300));
        Assert.Null(Take(states, seconds: 60, dropped: 1300));
        Assert.NotNull(Take(states, seconds: 1, dropped: 1300));
        Assert.Equal(Sight.Ok, states.Current.Sight);
    }

    [Fact]
    public void Is_degraded_for_a_minute_after_it_was_gone_for_a_moment_between_two_looks()
    {
        var states = new InterfaceStates(TimeSpan.FromSeconds(600), _clock);
        Assert.NotNull(Take(states, seconds: 1, interruptions: 1));
        Assert.Equal((Sight.Degraded, "interrupted", "the link was gone for a moment"), (states.Current.Sight, states.Current.Cause, states.Current.Reason));
        Assert.Null(Take(states, seconds: 30, interruptions: 3));
        Assert.Equal("the link was gone for a moment, 3 times", states.Current.Reason);
        Assert.NotNull(Take(states, seconds: 1, interruptions: 3, dropped: 5));
        Assert.Equal(("interrupted,dropped", "the link was gone for a moment, 3 times; 5 packets were dropped"), (states.Current.Cause, states.Current.Reason));
        Assert.NotNull(Take(states, seconds: 60, interruptions: 3, dropped: 5));
        Assert.Equal("dropped", states.Current.Cause);
        Assert.NotNull(Take(states, seconds: 2, interruptions: 3, dropped: 5));
        Assert.Equal(Sight.Ok, states.Current.Sight);
    }

    [Theory]
    [InlineData("up 0, out 1", "down", Label = "it goes between two looks, and stays away")]
    [InlineData("up 0, out 1, out 1, up 1", "", Label = "it is seen to be away, and comes back")]
    [InlineData("up 0, out 0, out 1, up 1", "", Label = "the count comes late")]
    [InlineData("up 0, out 1, out 2, up 2", "", Label = "it comes and goes while it is seen to be away")]
    [InlineData("up 0, out 1, up 2", "interrupted", Label = "it comes back, and goes and comes for a moment")]
    [InlineData("up 0, busy 1, up 1", "interrupted", Label = "it goes right after packets, which hide it from one look")]
    public void Says_one_interruption_once(string looks, string cause)
    {
        var states = new InterfaceStates(TimeSpan.FromSeconds(600), _clock);
        var packets = 0;
        foreach (var look in looks.Split(", ").Select(look => look.Split(' ')))
        {
            packets += look[0] == "busy" ? 1 : 0;
            Take(states, seconds: 1, packets: packets, dns: packets, isUp: look[0] == "up", interruptions: int.Parse(look[1], System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(cause, states.Current.Cause);
    }

    [Fact]
    public void Says_each_change_in_a_line_and_no_more_than_six_a_minute()
    {
        var lines = new List<string>();
        var events = new List<SensorEvent>();
        var log = new StateLog(_clock, LogLines.To(lines.Add, _clock), events.Add);
        var ok = InterfaceState.Fine(_clock.GetUtcNow());
        var blind = new InterfaceState(Sight.Blind, "down", "the interface is down", _clock.GetUtcNow());
        for (var i = 0; i < 50; i++)
        {
            log.ChangeInterface("eth1", ok, blind);
            log.ChangeInterface("eth1", blind, ok);
        }

        log.ChangeInterface("eth1", ok, blind);

        Assert.Equal(6, lines.Count);
        Assert.Equal("eth1 is blind: the interface is down", lines[0]);
        Assert.Equal("eth1 is ok again, after 0 s blind", lines[1]);
        log.ChangeInterface("eth2", ok, blind);
        Assert.Equal("eth2 is blind: the interface is down", lines[6]);
        log.Look();
        Assert.Equal(7, lines.Count);
        _clock.Advance(TimeSpan.FromMinutes(1));
        log.Look();
        log.Look();

        // A condition that lasts is reported even though nothing changes any more.
        Assert.Equal(["eth1 changed its state 95 times more; now it is blind: the interface is down"], lines[7..]);
        Assert.Equal(
            ["blind", "ok", "blind", "ok", "blind", "ok", "blind"], events.Where(raised => raised.Interface == "eth1").Select(raised => raised.State));
        Assert.Equal(events.Count, events.Select(raised => raised.Id).Distinct().Count());
    }

    [Fact]
    public void An_event_says_what_changed_and_how_long_the_state_before_lasted()
    {
        var events = new List<SensorEvent>();
        var log = new StateLog(_clock, LogLines.To(_ => { }, _clock), events.Add);
        var states = new InterfaceStates(TimeSpan.FromSeconds(60), _clock);
        for (var second = 0; second < 90; second++)
        {
            if (Take(states, seconds: 1, packets: second / 80, dns: second / 80) is { } previous)
            {
                log.ChangeInterface("eth1", previous, states.Current);
            }
        }

        Assert.Equal(
            [
                ("interface", "eth1", AlertLevel.High, "blind", "no_packets", "no packet for 60 s", "ok", 60L),
                ("interface", "eth1", AlertLevel.Informational, "ok", null, null, "blind", 21L),
            ],
            events.Select(raised => (raised.Part, raised.Interface, raised.Level, raised.State, raised.Cause, raised.Reason, raised.PreviousState, raised.PreviousSeconds)));
    }

    private InterfaceState? Take(
        InterfaceStates states, int seconds, long packets = 0, long dns = 0, long dropped = 0, bool isUp = true, string? loss = null, long interruptions = 0)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        return states.Take(new InterfaceView(loss, isUp, packets, dns, dropped, interruptions));
    }
}
