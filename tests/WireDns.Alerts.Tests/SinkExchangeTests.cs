using System.Globalization;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

/// <summary>A delivery that gets other sinks while alerts are raised.</summary>
public sealed class SinkExchangeTests
{
    private static readonly TimeSpan Drain = Waiting.Limit;

    [Fact]
    public void A_sink_that_is_unchanged_goes_on_as_it_is()
    {
        var stays = new Receiver();
        var added = new Receiver();
        using var delivery = new AlertDelivery([Sink("a", "1", stays)]);
        delivery.Enqueue(AlertBufferTests.Numbered(1));

        delivery.Exchange([Opening("a", "1", () => throw new IOException("it is open already")), Opening("b", "1", added)], Drain);
        delivery.Enqueue(AlertBufferTests.Numbered(2));

        Assert.True(delivery.Complete(Drain));
        Assert.Equal([1, 2], stays.Numbers);
        Assert.Equal([2], added.Numbers);
    }

    [Fact]
    public void A_sink_that_goes_delivers_what_waits_and_stays_in_the_counters()
    {
        var goes = new Receiver { Pause = TimeSpan.FromMilliseconds(5) };
        using var delivery = new AlertDelivery([Sink("a", "1", goes)]);
        for (var number = 1; number <= 20; number++)
        {
            delivery.Enqueue(AlertBufferTests.Numbered(number));
        }

        delivery.Exchange([], Drain);
        delivery.Enqueue(AlertBufferTests.Numbered(21));

        Assert.Equal(Enumerable.Range(1, 20).Select(number => (long)number), goes.Numbers);
        Assert.True(goes.IsDisposed);
        Assert.Equal(("a", 20L, 0L), delivery.Counters.Select(sink => (sink.Name, sink.Delivered, sink.Lost)).Single());
    }

    [Fact]
    public void A_sink_that_comes_back_is_once_in_the_counters_and_goes_on_from_what_it_had()
    {
        using var delivery = new AlertDelivery([Sink("a", "1", new Receiver())]);
        for (var number = 1; number <= 6; number++)
        {
            delivery.Enqueue(AlertBufferTests.Numbered(number));
            delivery.Exchange(number % 2 == 0 ? [Opening("a", "1", () => Sink("a", "1", new Receiver()))] : [], Drain);
        }

        Assert.True(delivery.Complete(Drain));
        Assert.Equal(("a", 3L, 3L), delivery.Counters.Select(sink => (sink.Name, sink.Accepted, sink.Delivered)).Single());
    }

    [Fact]
    public void What_a_sink_that_hangs_has_no_time_to_deliver_is_lost_and_counted()
    {
        using var stuck = new GatedStream(isOpen: false);
        using var delivery = new AlertDelivery([new AlertSink("a", new TextFormat(), new StreamTransport(stuck)) { Identity = "1" }]);
        delivery.Enqueue(AlertBufferTests.Numbered(1));
        Assert.True(stuck.Hangs.Wait(Drain, TestContext.Current.CancellationToken));

        delivery.Exchange([], TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, delivery.Counters.Single().Failed[SendFailure.Abandoned]);
        stuck.Open();
    }

    [Fact]
    public void No_counter_goes_back_and_no_alert_is_missing_in_the_sum_while_a_sink_is_exchanged()
    {
        using var stuck = new GatedStream(isOpen: false);
        using var delivery = new AlertDelivery([Sink("b", "1", new Receiver()), new AlertSink("a", new TextFormat(), new StreamTransport(stuck)) { Identity = "1" }]);
        for (var number = 1; number <= 5; number++)
        {
            delivery.Enqueue(AlertBufferTests.Numbered(number));
        }

        Assert.True(stuck.Hangs.Wait(Drain, TestContext.Current.CancellationToken));
        var exchange = new Thread(() => delivery.Exchange([Opening("b", "1", new Receiver()), Opening("a", "2", new Receiver()), Opening("c", "1", new Receiver())], Drain));
        exchange.Start();

        // The new sink is there, and waits for the old one, which hangs.
        Assert.True(SpinWait.SpinUntil(() => delivery.Counters.Any(sink => sink.Name == "c"), Drain));
        const int Raised = 8;
        for (var number = 6; number <= Raised; number++)
        {
            delivery.Enqueue(AlertBufferTests.Numbered(number));
        }

        var last = Of("a");
        Assert.Equal((Raised, Raised, 0), ((int)last.Accepted, (int)last.InMemory, (int)last.Delivered));

        stuck.Open();
        while (!exchange.Join(0))
        {
            last = Check(last);
        }

        Assert.True(SpinWait.SpinUntil(() => (last = Check(last)).Delivered == Raised, Drain));
        Assert.True(delivery.Complete(Drain));
        Assert.Equal((Raised, Raised, 0), ((int)Of("a").Accepted, (int)Of("a").Delivered, (int)Of("a").Lost));

        SinkCounters Of(string name) => Assert.Single(delivery.Counters, sink => sink.Name == name);

        SinkCounters Check(SinkCounters before)
        {
            var now = Of("a");
            Assert.Equal(Raised, now.Accepted);
            Assert.True(now.Delivered >= before.Delivered && now.FailedTotal == 0, $"{now.Delivered} after {before.Delivered}");
            return now;
        }
    }

    [Fact]
    public void An_end_while_a_sink_is_exchanged_counts_what_both_have()
    {
        using var stuck = new GatedStream(isOpen: false);
        using var delivery = new AlertDelivery([new AlertSink("a", new TextFormat(), new StreamTransport(stuck)) { Identity = "1" }]);
        delivery.Enqueue(AlertBufferTests.Numbered(1));
        Assert.True(stuck.Hangs.Wait(Drain, TestContext.Current.CancellationToken));
        var exchange = new Thread(() => delivery.Exchange([Opening("a", "2", () => throw new IOException("the file is in use")), Opening("c", "1", new Receiver())], Drain));
        exchange.Start();
        Assert.True(SpinWait.SpinUntil(() => delivery.Counters.Any(sink => sink.Name == "c"), Drain));
        delivery.Enqueue(AlertBufferTests.Numbered(2));

        Assert.False(delivery.Complete(TimeSpan.Zero));

        AssertLost();
        stuck.Open();
        exchange.Join();
        AssertLost();

        void AssertLost() => Assert.Equal((2L, 0L, 2L), delivery.Counters.Where(sink => sink.Name == "a").Select(sink => (sink.Accepted, sink.Waiting, sink.FailedTotal)).Single());
    }

    [Fact]
    public void What_a_sink_has_left_in_its_spool_waits_there_until_the_next_one_has_found_it()
    {
        var before = Of() with { Accepted = 10, Delivered = 4, Spooled = 6 };

        var held = before.Plus(Of() with { Accepted = 2, InMemory = 2 });
        var found = before.Plus(Of() with { Accepted = 2, InMemory = 2, Recovered = 6, Spooled = 6 });

        Assert.Equal((12L, 4L, 0L, 8L), (held.Accepted, held.Delivered, held.Recovered, held.Waiting));
        Assert.Equal((12L, 4L, 0L, 8L), (found.Accepted, found.Delivered, found.Recovered, found.Waiting));

        static SinkCounters Of() => new() { Name = "a", Accepted = 0, Delivered = 0, Dropped = 0, Failed = new Dictionary<SendFailure, long>() };
    }

    [Fact]
    public void A_changed_sink_is_opened_when_the_one_before_has_closed_and_takes_what_came_meanwhile()
    {
        var first = new Receiver { Pause = TimeSpan.FromMilliseconds(1) };
        var second = new Receiver();
        var tries = 0;
        var lines = new List<string>();
        using var delivery = new AlertDelivery([Sink("a", "1", first)], notice => lines.Add(notice.ToString()));
        delivery.Enqueue(AlertBufferTests.Numbered(1));
        var opening = Opening("a", "2", () =>
        {
            Assert.True(first.IsDisposed);
            return ++tries == 1 ? throw new IOException("the file is in use") : Sink("a", "2", second);
        });

        delivery.Exchange([opening], Drain);
        for (var number = 2; number <= 10; number++)
        {
            Assert.True(delivery.Enqueue(AlertBufferTests.Numbered(number)));
        }

        Assert.True(SpinWait.SpinUntil(() => second.Numbers.Count == 9, Drain));
        Assert.Equal([1], first.Numbers);
        Assert.Equal(Enumerable.Range(2, 9).Select(number => (long)number), second.Numbers);
        Assert.Contains("a: the file is in use; it is tried again, and alerts wait", lines);
        Assert.True(delivery.Complete(Drain));
        Assert.Equal((10L, 10L, 0L), delivery.Counters.Select(sink => (sink.Accepted, sink.Delivered, sink.Lost)).Single());
    }

    [Fact]
    public void One_that_never_opens_counts_what_waited_for_it_as_lost()
    {
        var first = new Receiver();
        using var delivery = new AlertDelivery([Sink("a", "1", first)]);
        delivery.Exchange([Opening("a", "2", () => throw new IOException("the file is in use"))], Drain);
        delivery.Enqueue(AlertBufferTests.Numbered(1));
        Assert.Equal(1, delivery.Counters.Single().Waiting);

        Assert.False(delivery.Complete(Drain));

        Assert.Equal((0L, 1L), delivery.Counters.Select(sink => (sink.Waiting, sink.Failed[SendFailure.Abandoned])).Single());
    }

    [Fact]
    public void A_new_sink_that_cannot_be_opened_changes_nothing()
    {
        var stays = new Receiver();
        var other = new Receiver();
        using var delivery = new AlertDelivery([Sink("a", "1", stays)]);

        Assert.Throws<IOException>(() => delivery.Exchange([Opening("b", "1", other), Opening("c", "1", () => throw new IOException("no such folder"))], Drain));
        delivery.Enqueue(AlertBufferTests.Numbered(1));

        Assert.True(delivery.Complete(Drain));
        Assert.Equal([1], stays.Numbers);
        Assert.Empty(other.Numbers);
        Assert.True(SpinWait.SpinUntil(() => other.IsDisposed, Drain));
    }

    [Fact]
    public void Every_alert_reaches_each_place_once_while_sinks_are_exchanged_over_and_over()
    {
        var receivers = new List<Receiver>();
        Receiver Next()
        {
            receivers.Add(new Receiver());
            return receivers[^1];
        }

        var kept = new Receiver();
        using var delivery = new AlertDelivery([Sink("kept", "0", kept), Sink("changed", "0", Next())]);
        long raised = 0;
        var isEnding = false;
        var threads = Enumerable.Range(0, 2).Select(_ => AlertBufferTests.Start(() =>
        {
            while (!Volatile.Read(ref isEnding))
            {
                delivery.Enqueue(AlertBufferTests.Numbered(Interlocked.Increment(ref raised)));

                // A queue that is full drops alerts, which is another test.
                SpinWait.SpinUntil(() => delivery.Counters.All(sink => sink.Waiting < 1000));
            }
        })).ToList();
        for (var round = 1; round <= 50; round++)
        {
            var identity = round.ToString(CultureInfo.InvariantCulture);
            delivery.Exchange([Opening("kept", "0", () => throw new IOException("open")), Opening("changed", identity, () => Sink("changed", identity, Next()))], Drain);
        }

        Volatile.Write(ref isEnding, true);
        threads.ForEach(thread => thread.Join());
        var isDelivered = delivery.Complete(Drain);
        Assert.True(isDelivered, string.Join("; ", delivery.Counters.Select(sink =>
            $"{sink.Name}: {raised} raised, {sink.Delivered} delivered, {sink.Waiting} wait, {sink.Dropped} dropped, {string.Join(", ", sink.Failed)} failed")));

        Assert.Equal(51, receivers.Count);
        Assert.Equal(raised, kept.Numbers.Distinct().LongCount());
        Assert.Equal(raised, receivers.SelectMany(receiver => receiver.Numbers).Distinct().LongCount());
        Assert.Equal(raised, receivers.Sum(receiver => (long)receiver.Numbers.Count));
        Assert.All(delivery.Counters, sink => Assert.Equal((raised, raised, 0L), (sink.HandedOver, sink.Delivered, sink.Lost)));
    }

    [Fact]
    public void A_spool_is_taken_over_by_the_changed_sink()
    {
        var folder = Directory.CreateTempSubdirectory("wiredns-test-").FullName;
        try
        {
            var absent = new Receiver { Failure = SendFailure.ReceiverAbsent };
            var there = new Receiver();
            var options = new SpoolOptions { Folder = Path.Combine(folder, "spool"), Owner = "a" };
            using var delivery = new AlertDelivery([Sink("a", "1", absent) with { Spool = Spool.Open(options), Patience = TimeSpan.Zero }]);
            for (var number = 1; number <= 5; number++)
            {
                delivery.Enqueue(AlertBufferTests.Numbered(number));
            }

            delivery.Exchange([Opening("a", "2", () => Sink("a", "2", there) with { Spool = Spool.Open(options) })], Drain);
            delivery.Enqueue(AlertBufferTests.Numbered(6));

            Assert.True(SpinWait.SpinUntil(() => there.Numbers.Count == 6, Drain), $"{there.Numbers.Count} came");
            Assert.True(delivery.Complete(Drain));
            Assert.Equal([1, 2, 3, 4, 5, 6], there.Numbers);
            Assert.Equal((6L, 6L, 0L, 0L, 0L), delivery.Counters.Select(sink => (sink.HandedOver, sink.Delivered, sink.Recovered, sink.Waiting, sink.Lost)).Single());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static AlertSink Sink(string name, string identity, IMessageTransport transport) => new(name, new TextFormat(), transport) { Identity = identity };

    private static SinkOpening Opening(string name, string identity, IMessageTransport transport) => Opening(name, identity, () => Sink(name, identity, transport));

    private static SinkOpening Opening(string name, string identity, Func<AlertSink> open) => new(Sink(name, identity, null!), open);

    /// <summary>Keeps the numbers of the packets of the alerts that it gets.</summary>
    private sealed class Receiver : IMessageTransport
    {
        private readonly List<long> _numbers = [];

        public TimeSpan Pause { get; init; }

        public SendFailure Failure { get; init; }

        public bool IsDisposed { get; private set; }

        public IReadOnlyList<long> Numbers
        {
            get
            {
                lock (_numbers)
                {
                    return [.. _numbers];
                }
            }
        }

        public SendOutcome Send(MessageBatch batch)
        {
            Thread.Sleep(Pause);
            for (var index = 0; Failure == SendFailure.None && index < batch.Count; index++)
            {
                var text = System.Text.Encoding.UTF8.GetString(batch[index].Span);
                lock (_numbers)
                {
                    _numbers.Add(long.Parse(text[(text.LastIndexOf('#') + 1)..], CultureInfo.InvariantCulture));
                }

                batch.Settle(index);
            }

            return new(Failure);
        }

        public void Dispose() => IsDisposed = true;
    }
}
