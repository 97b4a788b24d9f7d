using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

public sealed class AlertDeliveryTests
{
    private static TimeSpan Patience => Waiting.Limit;

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
            Assert.Equal(number <= 10, delivery.Enqueue(SampleAlerts.Plain));
        }

        Assert.False(delivery.Complete(TimeSpan.FromMilliseconds(1)));

        // The sound one may need longer than the millisecond that was enough to give up on the other; what it failed to deliver is counted too.
        var counters = delivery.Counters;
        Assert.Equal((10, 0, 90), (counters[0].Accepted, counters[0].Delivered, counters[0].Dropped));
        Assert.Equal(10, counters[0].Failed[SendFailure.Abandoned]);
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
        Assert.Equal("a fault of the program: a defect", delivery.Counters[0].LastFault);
        stream.Failure = null;
        delivery.Enqueue(SampleAlerts.Plain with { Client = null! });
        delivery.Enqueue(SampleAlerts.Plain);

        Assert.False(delivery.Complete(Patience));

        var counters = delivery.Counters[0];
        Assert.Equal((1, 1, 1), (counters.Delivered, counters.Failed[SendFailure.TransportFault], counters.Failed[SendFailure.FormatFault]));
        Assert.StartsWith("a fault of the program: ", counters.LastFault, StringComparison.Ordinal);
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

    [Fact]
    public void Keeps_what_a_receiver_does_not_take_and_tries_it_again_until_it_does()
    {
        using var transport = new FailingTransport(SendFailure.ReceiverAbsent);
        using var delivery = new AlertDelivery([new AlertSink("syslog", new TextFormat(), transport)]);
        for (var number = 1; number <= 20; number++)
        {
            delivery.Enqueue(AlertBufferTests.Numbered(number));
        }

        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0].Retries >= 3, Patience));
        Assert.Equal((20, SendFailure.ReceiverAbsent), (delivery.Counters[0].Waiting, delivery.Counters[0].Trouble.Failure));
        transport.Failure = SendFailure.None;

        Assert.True(delivery.Complete(Patience));
        Assert.Equal(Enumerable.Range(1, 20).Select(number => $"#{number}"), transport.Messages.Select(line => line[line.LastIndexOf('#')..]));
        Assert.Equal((20, 0, SendFailure.None), (delivery.Counters[0].Delivered, delivery.Counters[0].Lost, delivery.Counters[0].Trouble.Failure));
    }

    [Fact]
    public void Gives_up_for_good_at_once_and_on_patience_when_it_is_over()
    {
        using var final = new FailingTransport(SendFailure.TransportFault);
        using var slow = new FailingTransport(SendFailure.DeviceFull);
        using var delivery = new AlertDelivery(
        [
            new AlertSink("final", new TextFormat(), final),
            new AlertSink("slow", new TextFormat(), slow) { Patience = TimeSpan.FromMilliseconds(200) },
        ]);
        delivery.Enqueue(SampleAlerts.Plain);
        Assert.True(SpinWait.SpinUntil(() => delivery.Counters.All(counters => counters.FailedTotal == 1), Patience));
        Assert.Equal(0, delivery.Counters[0].Retries);
        Assert.InRange(delivery.Counters[1].Retries, 2, 10);
        delivery.Enqueue(SampleAlerts.Plain); // patience is over until one goes through: this one is tried once
        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[1].FailedTotal == 2, Patience));
        slow.Failure = SendFailure.None;
        delivery.Enqueue(SampleAlerts.Plain);

        Assert.False(delivery.Complete(Patience));
        Assert.Equal((1, 2), (delivery.Counters[1].Delivered, delivery.Counters[1].Failed[SendFailure.DeviceFull]));
        Assert.Equal("a defect while sending 3", delivery.Counters[0].DescribeLosses());
    }

    [Fact]
    public void Says_what_waits_what_is_lost_and_that_the_receiver_is_back()
    {
        var counters = new SinkCounters { Name = "syslog", Accepted = 10, Delivered = 10, Dropped = 0, Failed = new Dictionary<SendFailure, long>() };
        var lines = new List<string>();
        var time = new ManualTime();
        var watch = new DeliveryWatch(() => [counters], notice => lines.Add(notice.ToString()), time);
        watch.Look();
        counters = counters with { Trouble = new(SendFailure.ReceiverAbsent), TroubleLasts = TimeSpan.FromSeconds(3) };
        watch.Look();
        Assert.Empty(lines); // nothing waits
        counters = counters with { Accepted = 12, InMemory = 2, TroubleLasts = TimeSpan.FromSeconds(0.3) };
        watch.Look();
        Assert.Empty(lines); // a moment is not worth a line
        counters = counters with { TroubleLasts = TimeSpan.FromSeconds(1.3) };
        watch.Look();
        watch.Look();
        Assert.Equal(["syslog: nobody listens there; 2 alerts wait and are tried again"], lines);
        counters = counters with { Dropped = 4 };
        watch.Look();
        Assert.Single(lines); // not yet
        time.Advance(TimeSpan.FromSeconds(10));
        watch.Look();
        Assert.Equal("syslog: 4 alerts lost; since the start: queue full 4", lines[1]);
        counters = counters with { Dropped = 5, Trouble = default, Delivered = 12, InMemory = 0, TroubleLasts = TimeSpan.Zero };
        watch.Look();
        watch.Look();
        Assert.Equal("syslog: takes alerts again after 1.3 s; 1 alert was lost", lines[2]);
        Assert.Equal(3, lines.Count);
    }

    private static AlertSink Destination(string name, Stream stream) => new(name, new TextFormat(), new StreamTransport(stream));

    /// <summary>A receiver that takes nothing until it is told to.</summary>
    private sealed class FailingTransport(SendFailure failure) : IMessageTransport
    {
        public SendFailure Failure { get; set; } = failure;

        public List<string> Messages { get; } = [];

        public SendOutcome Send(MessageBatch batch)
        {
            for (var index = 0; Failure == SendFailure.None && index < batch.Count; index++)
            {
                Messages.Add(System.Text.Encoding.UTF8.GetString(batch[index].Span));
                batch.Settle(index);
            }

            return new(Failure);
        }

        public void Dispose()
        {
        }
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }
}
