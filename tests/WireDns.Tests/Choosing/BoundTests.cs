using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Choosing;
using WireDns.Settings;

namespace WireDns.Tests.Choosing;

/// <summary>What happens when there is no room to remember more alerts.</summary>
public sealed class BoundTests
{
    [Fact]
    public void When_too_many_alerts_wait_the_earliest_go_on_and_one_that_comes_too_late_is_sent_and_counted()
    {
        var sent = new List<long?>();
        var room = 3 * AlertSize.Of(At(0));
        var order = new TimeOrder(alert => { sent.Add(((Alert)alert).UnixTimeNanoseconds); return true; }, room);
        foreach (var time in new long[] { 30, 20, 50, 40, 10 })
        {
            order.Take(At(time));
        }

        Assert.Equal([20, 10], sent);
        Assert.Equal(1, order.Late);
        order.Flush();
        Assert.Equal([20, 10, 30, 40, 50], sent);
    }

    [Fact]
    public void An_alert_without_a_time_stays_after_the_one_before_it()
    {
        var sent = new List<long?>();
        var order = new TimeOrder(alert => { sent.Add(((Alert)alert).UnixTimeNanoseconds); return true; });
        order.Take(At(20));
        order.Take(At(null));
        order.Take(At(10));
        order.Flush();

        Assert.Equal([10, 20, null], sent);
    }

    [Fact]
    public void When_there_is_no_room_for_another_client_its_alerts_are_sent_and_counted()
    {
        var gate = new AlertGate(new ChoiceSettings { FirstPer = [AlertPart.Client] });
        for (var number = 0; number < AlertGate.MaximumKeys; number++)
        {
            Assert.True(gate.Passes(Of(number)));
        }

        Assert.False(gate.Passes(Of(7)));
        Assert.True(gate.Passes(Of(AlertGate.MaximumKeys)));
        Assert.True(gate.Passes(Of(AlertGate.MaximumKeys)));
        Assert.Equal((1, 2), (gate.Repeated, gate.WithoutRoom));

        static Alert Of(int number) => At(0) with { Client = new AlertEndpoint($"client {number}", 1) };
    }

    private static Alert At(long? time) => SampleAlerts.Least with { UnixTimeNanoseconds = time };
}
