using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

public sealed class AlertDeliveryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Delivers_every_alert_to_every_destination_in_order()
    {
        using var text = new GatedStream();
        using var json = new GatedStream();
        using var delivery = new AlertDelivery(
        [
            Destination("text", text) with { Mode = QueueMode.Block, QueueCapacity = 3 },
            new AlertSink("json", new EcsFormat(), new StreamTransport(json)) { QueueCapacity = 1000 },
        ]);
        for (var number = 1; number <= 1000; number++)
        {
            Assert.True(delivery.Enqueue(AlertBufferTests.Numbered(number)));
        }

        Assert.True(delivery.Complete(Timeout.InfiniteTimeSpan));

        Assert.Equal(Enumerable.Range(1, 1000).Select(number => $"#{number}"), text.Lines().Select(line => line[line.LastIndexOf('#')..]));
        Assert.Equal(1000, json.Lines().Length);
        Assert.All(delivery.Counters, counters => Assert.Equal((1000, 1000, 0, 0), (counters.Accepted, counters.Delivered, counters.Dropped, counters.FailedTotal)));
        Assert.True(text.IsDisposed && json.IsDisposed);
    }

    [Fact]
    public void A_sink_that_hangs_stops_no_other_and_its_losses_are_counted()
    {
        using var stuck = new GatedStream(isOpen: false);
        using var sound = new GatedStream();
        using var delivery = new AlertDelivery(
        [
            Destination("stuck", stuck) with { QueueCapacity = 10 },
            Destination("sound", sound) with { Mode = QueueMode.Block },
        ]);
        delivery.Enqueue(SampleAlerts.Plain);
        Assert.True(stuck.Hangs.Wait(Patience, TestContext.Current.CancellationToken));
        for (var number = 2; number <= 100; number++)
        {
            Assert.Equal(number <= 11, delivery.Enqueue(SampleAlerts.Plain));
        }

        Assert.False(delivery.Complete(TimeSpan.FromMilliseconds(1)));

        // The sound one may need longer than the millisecond that was enough to give up on the other; what it did not deliver is counted too.
        var counters = delivery.Counters;
        Assert.Equal((11, 0, 89), (counters[0].Accepted, counters[0].Delivered, counters[0].Dropped));
        Assert.Equal(11, counters[0].Failed[SendFailure.Abandoned]);
        Assert.Equal(100, counters[1].Delivered + counters[1].FailedTotal);
        stuck.Open();
    }

    [Fact]
    public void Delivers_to_the_others_while_one_hangs()
    {
        using var stuck = new GatedStream(isOpen: false);
        using var sound = new GatedStream();
        using var delivery = new AlertDelivery([Destination("stuck", stuck), Destination("sound", sound)]);
        for (var number = 1; number <= 100; number++)
        {
            delivery.Enqueue(SampleAlerts.Plain);
        }

        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[1].Delivered == 100, Patience));
        Assert.Equal(0, delivery.Counters[0].Delivered);
        stuck.Open();
        Assert.True(delivery.Complete(Patience));
    }

    [Fact]
    public void What_an_abandoned_thread_delivers_later_is_not_counted_twice()
    {
        using var stuck = new GatedStream(isOpen: false);
        using var delivery = new AlertDelivery([Destination("stuck", stuck)]);
        delivery.Enqueue(SampleAlerts.Plain);
        Assert.True(stuck.Hangs.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.False(delivery.Complete(TimeSpan.Zero));

        stuck.Open();
        Assert.True(SpinWait.SpinUntil(() => stuck.IsDisposed, Patience));

        var counters = delivery.Counters[0];
        Assert.Equal((1, 0, 1), (counters.Accepted, counters.Delivered, counters.FailedTotal));
    }

    [Fact]
    public void A_short_deadline_of_another_thread_ends_a_long_wait()
    {
        using var stuck = new GatedStream(isOpen: false);
        using var delivery = new AlertDelivery([Destination("stuck", stuck)]);
        delivery.Enqueue(SampleAlerts.Plain);
        Assert.True(stuck.Hangs.Wait(Patience, TestContext.Current.CancellationToken));
        var waiter = AlertBufferTests.Start(() => delivery.Complete(Timeout.InfiniteTimeSpan));
        AlertBufferTests.WaitUntilItWaits(waiter);

        Assert.False(delivery.Complete(TimeSpan.Zero));

        Assert.True(waiter.Join(Patience));
        stuck.Open();
    }

    [Fact]
    public void Writes_many_waiting_alerts_in_one_piece_and_flushes_before_it_waits()
    {
        using var stream = new GatedStream(isOpen: false);
        using var delivery = new AlertDelivery([Destination("text", stream)]);
        delivery.Enqueue(SampleAlerts.Plain);
        Assert.True(stream.Hangs.Wait(Patience, TestContext.Current.CancellationToken));
        for (var number = 2; number <= 61; number++)
        {
            delivery.Enqueue(SampleAlerts.Plain);
        }

        stream.Open();

        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0].Delivered == 61, Patience)); // without an end or a further alert
        Assert.Equal(2, stream.Writes);
    }

    [Fact]
    public void Counts_by_reason_what_a_stream_refuses_and_goes_on()
    {
        using var stream = new GatedStream { Failure = new IOException("no space", 28) };
        using var delivery = new AlertDelivery([Destination("text", stream)]);
        delivery.Enqueue(SampleAlerts.Plain);
        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0].FailedTotal == 1, Patience));
        stream.Failure = null;
        delivery.Enqueue(SampleAlerts.Plain);

        Assert.False(delivery.Complete(Patience));

        Assert.Equal((1, 1), (delivery.Counters[0].Delivered, delivery.Counters[0].Failed[SendFailure.DeviceFull]));
        Assert.Null(delivery.Counters[0].LastFault);
    }

    [Fact]
    public void Survives_exceptions_of_a_sink_and_of_a_format()
    {
        using var stream = new GatedStream { Failure = new InvalidOperationException("a defect") };
        using var delivery = new AlertDelivery([Destination("text", stream)]);
        delivery.Enqueue(SampleAlerts.Plain);
        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0].FailedTotal == 1, Patience));
        Assert.Equal("InvalidOperationException: a defect", delivery.Counters[0].LastFault);
        stream.Failure = null;
        delivery.Enqueue(SampleAlerts.Plain with { Rule = null! });
        delivery.Enqueue(SampleAlerts.Plain);

        Assert.False(delivery.Complete(Patience));

        var counters = delivery.Counters[0];
        Assert.Equal((1, 1, 1), (counters.Delivered, counters.Failed[SendFailure.SinkFault], counters.Failed[SendFailure.FormatFault]));
        Assert.Contains("NullReferenceException", counters.LastFault, StringComparison.Ordinal);
        Assert.Single(stream.Lines()); // nothing of the message whose format failed
    }

    [Fact]
    public void Says_when_no_reader_is_left_and_lets_whoever_waits_go()
    {
        using var gone = new GatedStream { Failure = new IOException("broken pipe", 32) };
        using var delivery = new AlertDelivery([Destination("stdout", gone) with { Mode = QueueMode.Block, QueueCapacity = 1 }]);
        using var callback = delivery.NoReaderLeft.Register(() => throw new InvalidOperationException("a defect of whoever listens"));
        for (var number = 0; number < 100; number++)
        {
            delivery.Enqueue(SampleAlerts.Plain);
        }

        Assert.True(delivery.NoReaderLeft.WaitHandle.WaitOne(Patience));
        Assert.False(delivery.Complete(Patience));
        Assert.Equal(100, delivery.Counters[0].Failed[SendFailure.ReaderGone]);
        Assert.Equal(1, gone.Writes);
    }

    [Fact]
    public void Goes_on_for_the_readers_that_are_left()
    {
        using var gone = new GatedStream { Failure = new IOException("broken pipe", 32) };
        using var sound = new GatedStream();
        using var delivery = new AlertDelivery([Destination("gone", gone), Destination("sound", sound)]);
        delivery.Enqueue(SampleAlerts.Plain);
        Assert.False(delivery.Complete(Patience));
        Assert.False(delivery.NoReaderLeft.IsCancellationRequested);
        Assert.Equal(1, delivery.Counters[1].Delivered);
    }

    [Fact]
    public void Counts_alerts_that_come_after_the_end_as_dropped()
    {
        using var stream = new GatedStream();
        using var delivery = new AlertDelivery([Destination("text", stream)]);
        Assert.True(delivery.Complete(Patience));
        Assert.False(delivery.Enqueue(SampleAlerts.Plain));
        Assert.False(delivery.Complete(Patience));
        Assert.Equal(1, delivery.Counters[0].Dropped);
    }

    private static AlertSink Destination(string name, Stream stream) => new(name, new TextFormat(), new StreamTransport(stream));
}
