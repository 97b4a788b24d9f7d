using WireDns.Alerts.Buffers;

namespace WireDns.Alerts.Tests;

public sealed class AlertBufferTests
{
    private static TimeSpan Patience => Waiting.Limit;

    [Fact]
    public void Gives_alerts_back_in_order_around_the_end_of_the_ring()
    {
        var queue = new AlertBuffer(5, QueueMode.Drop);
        var taken = new List<long>();
        var batch = new Notification?[2];
        for (var number = 0; number < 50; number += 2)
        {
            Assert.True(queue.Add(Numbered(number)));
            Assert.True(queue.Add(Numbered(number + 1)));
            Assert.Equal(2, Take(queue, batch));
            taken.AddRange(batch.Select(alert => ((Alert)alert!).PacketNumber));
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(number => (long)number), taken);
        Assert.Equal(50, queue.Accepted);
    }

    [Fact]
    public void Drops_and_counts_what_does_not_fit_where_it_must_not_wait()
    {
        var queue = new AlertBuffer(2, QueueMode.Drop);
        Assert.True(queue.Add(Numbered(1)));
        Assert.True(queue.Add(Numbered(2)));
        Assert.False(queue.Add(Numbered(3)));
        Assert.Equal((2, 1, 2), (queue.Accepted, queue.Dropped, queue.Count));

        Take(queue, new Notification?[1]);
        Assert.True(queue.Add(Numbered(4)));
    }

    [Fact]
    public void Is_full_by_memory_before_it_is_by_number()
    {
        var large = SampleAlerts.Plain with { Message = SampleAlerts.Plain.Message with { Answers = [new AlertAnswer("a", "TXT", "IN", 0, new string('x', 50_000))] } };
        var queue = new AlertBuffer(1000, QueueMode.Drop, maximumOctets: 210_000);
        Assert.True(queue.Add(large));
        Assert.True(queue.Add(large));
        Assert.False(queue.Add(large)); // 100,000 octets each, and their objects
        Assert.True(queue.Add(SampleAlerts.Plain));

        Take(queue, new Notification?[1]);
        Assert.True(queue.Add(large));
    }

    [Fact]
    public void Takes_an_alert_larger_than_the_maximum_when_it_is_empty()
    {
        var queue = new AlertBuffer(1000, QueueMode.Block, maximumOctets: 1);
        Assert.True(queue.Add(SampleAlerts.Full));
        var adder = Start(() => queue.Add(SampleAlerts.Full));
        WaitUntilItWaits(adder);
        Take(queue, new Notification?[1]);
        Assert.True(adder.Join(Patience));
        Assert.Equal(1, queue.Count);
    }

    [Fact]
    public void Waits_for_room_where_it_may()
    {
        var queue = new AlertBuffer(1, QueueMode.Block);
        queue.Add(Numbered(1));
        var isQueued = false;
        var adder = Start(() => isQueued = queue.Add(Numbered(2)));
        WaitUntilItWaits(adder);

        var batch = new Notification?[8];
        Assert.Equal(1, Take(queue, batch));

        Assert.True(adder.Join(Patience));
        Assert.True(isQueued);
        Assert.Equal(1, Take(queue, batch));
        Assert.Equal(2, ((Alert)batch[0]!).PacketNumber);
    }

    [Fact]
    public void Lets_all_who_wait_for_room_go_at_the_end()
    {
        var queue = new AlertBuffer(1, QueueMode.Block);
        queue.Add(Numbered(1));
        var adders = Enumerable.Range(0, 3).Select(number => Start(() => queue.Add(Numbered(number)))).ToArray();
        Array.ForEach(adders, WaitUntilItWaits);

        queue.Complete();

        Assert.All(adders, adder => Assert.True(adder.Join(Patience)));
        Assert.Equal((1, 3), (queue.Accepted, queue.Dropped));
    }

    [Fact]
    public void Gives_what_is_queued_after_the_end_and_then_nothing()
    {
        var queue = new AlertBuffer(4, QueueMode.Block);
        queue.Add(Numbered(1));
        queue.Complete();
        Assert.False(queue.Add(Numbered(2)));
        var batch = new Notification?[4];
        Assert.Equal(1, Take(queue, batch));
        Assert.Equal(0, Take(queue, batch));
    }

    [Fact]
    public void Wakes_the_one_who_takes()
    {
        var queue = new AlertBuffer(4, QueueMode.Drop);
        var taken = -1;
        var taker = Start(() => taken = Take(queue, new Notification?[4]));
        WaitUntilItWaits(taker);
        queue.Add(Numbered(1));
        Assert.True(taker.Join(Patience));
        Assert.Equal(1, taken);

        taker = Start(() => taken = Take(queue, new Notification?[4]));
        WaitUntilItWaits(taker);
        queue.Complete();
        Assert.True(taker.Join(Patience));
        Assert.Equal(0, taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Loses_and_doubles_nothing_between_many_threads(int capacity)
    {
        const int Adders = 4;
        const int Each = 5000;
        var queue = new AlertBuffer(capacity, QueueMode.Block);
        var adders = Enumerable.Range(0, Adders).Select(adder => Start(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                queue.Add(Numbered((adder * Each) + number));
            }
        })).ToArray();
        var seen = new List<long>();
        var taker = Start(() =>
        {
            var batch = new Notification?[7];
            for (int taken; (taken = Take(queue, batch)) > 0;)
            {
                seen.AddRange(batch[..taken].Select(alert => ((Alert)alert!).PacketNumber));
            }
        });

        Assert.All(adders, adder => Assert.True(adder.Join(Patience)));
        queue.Complete();
        Assert.True(taker.Join(Patience));

        for (var adder = 0; adder < Adders; adder++)
        {
            var own = seen.Where(number => number / Each == adder).ToArray();
            Assert.Equal(Enumerable.Range(adder * Each, Each).Select(number => (long)number), own);
        }
    }

    [Fact]
    public void Allocates_nothing()
    {
        var queue = new AlertBuffer(16, QueueMode.Drop);
        var alert = Numbered(1);
        var batch = new Notification?[16];
        queue.Add(alert);
        Take(queue, batch);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (var round = 0; round < 1000; round++)
            {
                queue.Add(alert);
                Take(queue, batch);
            }
        }));
    }

    [Fact]
    public void Keeps_what_is_read_until_it_is_removed()
    {
        var queue = new AlertBuffer(2, QueueMode.Drop);
        queue.Add(Numbered(1));
        queue.Add(Numbered(2));
        var batch = new Notification?[8];
        Assert.Equal(2, queue.Peek(batch));
        Assert.False(queue.Add(Numbered(3)));
        Assert.Equal(2, queue.Peek(batch));
        Assert.Equal(1, ((Alert)batch[0]!).PacketNumber);

        queue.Remove(1);

        Assert.True(queue.Add(Numbered(4)));
        Assert.Equal(2, queue.Peek(batch));
        Assert.Equal([2, 4], batch[..2].Select(alert => ((Alert)alert!).PacketNumber));
        Assert.Equal(2, queue.Abandon());
        queue.Remove(2); // what was in flight when it was abandoned
        Assert.Equal(0, queue.Count);
    }

    private static int Take(AlertBuffer buffer, Notification?[] batch)
    {
        var read = buffer.Peek(batch);
        buffer.Remove(read);
        return read;
    }

    internal static Alert Numbered(long number) => SampleAlerts.Least with { PacketNumber = number };

    internal static Thread Start(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    internal static void WaitUntilItWaits(Thread thread) =>
        Assert.True(SpinWait.SpinUntil(() => (thread.ThreadState & ThreadState.WaitSleepJoin) != 0, Patience));
}
