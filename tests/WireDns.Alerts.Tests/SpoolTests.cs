using System.Text;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

public sealed class SpoolTests : IDisposable
{
    private static TimeSpan Patience => Waiting.Limit;

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("wiredns-spool-").FullName, "spool");

    private SpoolOptions Options => new() { Folder = _folder, Owner = "relp://siem as ecs" };

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void Gives_messages_back_in_order_with_their_ids_also_to_the_next_process()
    {
        using (var spool = Spool.Open(Options))
        {
            Write(spool, 1, 1000);
            Assert.Equal(Numbers(1, 512), Read(spool));
            spool.Settle();
            Assert.Equal(Numbers(513, 1000), Read(spool)); // and not settled: the process ends before it is
            Assert.Equal(488, spool.Waiting);
        }

        using (var spool = Spool.Open(Options))
        {
            Assert.Equal((488, 488, 0), (spool.Recovered, spool.Waiting, spool.Damaged));
            Write(spool, 1001, 1010);
            Assert.Equal(Numbers(513, 1010), Read(spool));
            spool.Settle();
            Assert.Equal(0, spool.Waiting);
        }

        using (var spool = Spool.Open(Options))
        {
            Assert.Equal(0, spool.Waiting);
            Assert.InRange(Directory.GetFiles(_folder, "*.segment").Length, 0, 1); // what is settled goes
        }
    }

    [Fact]
    public void Recovers_every_whole_message_wherever_the_end_of_the_process_cut_the_last()
    {
        byte[] whole;
        using (var spool = Spool.Open(Options))
        {
            Write(spool, 1, 4);
        }

        var segment = Assert.Single(Directory.GetFiles(_folder, "*.segment"));
        whole = File.ReadAllBytes(segment);
        var record = whole.Length / 4;
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(segment, whole[..length]);
            using var spool = Spool.Open(Options);
            Assert.Equal((length / record, 0), (spool.Recovered, spool.Damaged));
            spool.Complete();
            Assert.Equal(Numbers(1, length / record), Read(spool));
        }
    }

    [Fact]
    public void Says_that_a_message_is_broken_and_gives_what_stands_before_and_what_comes_after()
    {
        using (var spool = Spool.Open(Options))
        {
            Write(spool, 1, 4);
        }

        var segment = Assert.Single(Directory.GetFiles(_folder, "*.segment"));
        var whole = File.ReadAllBytes(segment);
        for (var index = 0; index < whole.Length; index++)
        {
            var broken = whole.ToArray();
            broken[index] ^= 0x40;
            File.WriteAllBytes(segment, broken);
            using var spool = Spool.Open(Options);
            var before = index / (whole.Length / 4);
            Assert.Equal(before, spool.Recovered);
            Write(spool, 5, 5);
            spool.Complete();
            Assert.Equal([.. Numbers(1, before), .. Numbers(5, 5)], Read(spool));
            spool.Dispose();
            Array.ForEach(Directory.GetFiles(_folder, "*.segment").Order().Skip(1).ToArray(), File.Delete);
        }
    }

    [Fact]
    public void Takes_no_more_when_it_is_full_until_there_is_room()
    {
        using var spool = Spool.Open(Options with { MaximumSize = 1 << 20 });
        var batch = new MessageBatch();
        var taken = 0;
        SendOutcome outcome;
        do
        {
            batch.Add(new byte[100_000], $"{taken}");
            outcome = spool.Send(batch);
            taken += (int)batch.Taken();
        }
        while (outcome.Failure == SendFailure.None);

        Assert.Equal((SendFailure.DeviceFull, "the spool is full", 10), (outcome.Failure, outcome.Detail, taken));
        var read = new MessageBatch();
        spool.Read(read);
        read.SettleFirst(read.Count);
        spool.Settle();
        Assert.Equal(1, batch.Count); // what it did not take is still the sender's
    }

    [Fact]
    public void Lets_the_oldest_go_where_it_is_told_to()
    {
        using var spool = Spool.Open(Options with { MaximumSize = 20 << 20, DropsOldest = true });
        for (var number = 0; number < 40; number++)
        {
            var batch = new MessageBatch();
            batch.Add(new byte[1_000_000], $"{number}");
            Assert.Equal(SendFailure.None, spool.Send(batch).Failure);
            batch.Taken();
        }

        Assert.InRange(spool.Dropped, 20, 30);
        Assert.Equal(40, spool.Waiting + spool.Dropped);
        var read = new MessageBatch();
        spool.Read(read);
        Assert.Equal($"{spool.Dropped}", read.Id(0)); // the oldest that is left
    }

    [Fact]
    public void Belongs_to_one_process_and_one_sink_and_to_its_owner_alone()
    {
        using (var spool = Spool.Open(Options))
        {
            Assert.EndsWith("belongs to another process or target", Assert.Throws<IOException>(() => Spool.Open(Options)).Message, StringComparison.Ordinal);
            Write(spool, 1, 1);
        }

        var other = Assert.Throws<IOException>(() => Spool.Open(Options with { Owner = "relp://siem as text" }));
        Assert.Contains("holds alerts for relp://siem as ecs, and not for relp://siem as text", other.Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
            foreach (var file in Directory.GetFiles(_folder))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }

            Directory.Move(_folder, _folder + "-moved");
            Directory.CreateSymbolicLink(_folder, _folder + "-moved");
            Assert.EndsWith("is a link", Assert.Throws<IOException>(() => Spool.Open(Options)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_a_receiver_did_not_take_is_delivered_by_the_next_run()
    {
        using var gone = new DatagramLike(isThere: false);
        using (var delivery = new AlertDelivery([Sink(gone)]))
        {
            for (var number = 1; number <= 100; number++)
            {
                delivery.Enqueue(AlertBufferTests.Numbered(number));
            }

            Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0].Spooled == 100, Patience));
            Assert.True(delivery.Complete(Patience)); // nothing is lost
            Assert.Equal((100, 100, 0), (delivery.Counters[0].Spooled, delivery.Counters[0].Waiting, delivery.Counters[0].Delivered));
        }

        using var there = new DatagramLike(isThere: true);
        using var next = new AlertDelivery([Sink(there)]);
        next.Enqueue(AlertBufferTests.Numbered(101));
        Assert.True(next.Complete(Patience));
        Assert.Equal((101, 100, 0, 0), (next.Counters[0].Delivered, next.Counters[0].Recovered, next.Counters[0].Spooled, next.Counters[0].Waiting));
        Assert.Equal(Enumerable.Range(1, 101).Select(number => $"#{number}"), there.Messages.Select(line => line[line.LastIndexOf('#')..]));

        AlertSink Sink(IMessageTransport transport) => new("relp", new TextFormat(), transport) { Spool = Spool.Open(Options), Patience = TimeSpan.Zero };
    }

    private static void Write(Spool spool, int first, int last)
    {
        var batch = new MessageBatch();
        for (var number = first; number <= last; number++)
        {
            batch.Add(Encoding.ASCII.GetBytes($"message {number:000000}"), $"{number:000000}");
        }

        Assert.Equal(SendFailure.None, spool.Send(batch).Failure);
        Assert.Equal(last - first + 1, batch.Taken());
    }

    private static string[] Read(Spool spool)
    {
        var batch = new MessageBatch();
        spool.Read(batch);
        return [.. Enumerable.Range(0, batch.Count).Select(index => $"{batch.Id(index)} {Encoding.ASCII.GetString(batch[index].Span)}")];
    }

    private static string[] Numbers(int first, int last) =>
        [.. Enumerable.Range(first, last - first + 1).Select(number => $"{number:000000} message {number:000000}")];

    /// <summary>A receiver that can be up or down.</summary>
    private sealed class DatagramLike(bool isThere) : IMessageTransport
    {
        public List<string> Messages { get; } = [];

        public SendOutcome Send(MessageBatch batch)
        {
            for (var index = 0; isThere && index < batch.Count; index++)
            {
                Messages.Add(Encoding.UTF8.GetString(batch[index].Span));
                batch.Settle(index);
            }

            return isThere ? SendOutcome.Done : new(SendFailure.ReceiverAbsent);
        }

        public void Dispose()
        {
        }
    }
}
