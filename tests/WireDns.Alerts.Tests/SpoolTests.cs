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

        Assert.Equal((SendFailure.ReceiverBusy, "the spool is full", 10), (outcome.Failure, outcome.Detail, taken));
        Assert.Equal(1, batch.Count); // what it did not take is still the sender's
        for (var number = 0; number < 10 && spool.Send(batch).Failure != SendFailure.None; number++)
        {
            var read = new MessageBatch();
            spool.Read(read);
            Assert.Equal($"{number}", read.Id(0));
            spool.Settle();
        }

        Assert.Equal(1, batch.Taken());
        Assert.InRange(spool.Waiting, 2, 10); // it had room before all was settled
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

    [Fact]
    public void A_full_spool_and_a_full_queue_lose_alerts_that_are_counted_and_the_rest_arrives()
    {
        var gone = new DatagramLike(isThere: false);
        using var delivery = new AlertDelivery(
        [
            new AlertSink("relp", new TextFormat(), gone) { Spool = Spool.Open(Options with { MaximumSize = Spool.SmallestSize }), Patience = Patience, QueueCapacity = 50, LeastLevel = AlertLevel.Medium },
        ]);
        var alerts = 0;
        while (!IsFull())
        {
            delivery.Enqueue(AlertBufferTests.Numbered(++alerts));
            Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0].InMemory < 50 || IsFull(), Patience), delivery.Counters[0].ToString());
        }

        for (var number = 0; number < 100; number++)
        {
            delivery.Enqueue(AlertBufferTests.Numbered(++alerts)); // of which no more than 50 fit into the queue
        }

        delivery.Enqueue(SampleAlerts.Plain with { Rule = SampleAlerts.Plain.Rule with { Level = AlertLevel.Low } }); // not for it
        var full = delivery.Counters[0];
        Assert.True(full is { Dropped: > 0, Spooled: > 100 }, full.ToString());
        Assert.Equal(delivery.Raised, Sum(full));
        gone.IsThere = true;
        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0].Waiting == 0, Patience));
        Assert.False(delivery.Complete(Patience));
        var end = delivery.Counters[0];
        Assert.Equal((alerts + 1, 1, 0), (delivery.Raised, end.Filtered, end.FailedTotal));
        Assert.Equal(delivery.Raised, Sum(end));
        Assert.Equal(end.Delivered, gone.Messages.Count);

        bool IsFull() => delivery.Counters[0].Trouble is { Failure: SendFailure.ReceiverBusy, Detail: "the spool is full; nobody listens there" };
    }

    [Fact]
    public void The_counts_of_a_sink_add_up_whatever_happens_to_its_alerts()
    {
        using (var left = Spool.Open(Options with { MaximumSize = 17 << 20, DropsOldest = true }))
        {
            Write(left, 1, 100);
        }

        var receiver = new DatagramLike(isThere: false);
        var delivery = new AlertDelivery(
        [
            new AlertSink("spooled", new TextFormat(), receiver)
            {
                Spool = Spool.Open(Options with { MaximumSize = 17 << 20, DropsOldest = true }), Mode = QueueMode.Block, Patience = TimeSpan.Zero,
            },
            new AlertSink("refused", new TextFormat(), new DatagramLike(isThere: true, refusesEach: 3)) { Mode = QueueMode.Block },
            new AlertSink("hangs", new TextFormat(), new StreamTransport(new GatedStream(isOpen: false))) { QueueCapacity = 10, TakesEvents = false },
        ]);
        for (var number = 1; number <= 1000; number++)
        {
            // Long ones, so that the oldest segment gives way; a client that is none, so that the format fails.
            delivery.Enqueue(number % 100 == 0 ? SampleAlerts.Blind
                : number % 100 == 1 ? SampleAlerts.Plain with { Client = null! }
                : SampleAlerts.Plain with { Message = SampleAlerts.Plain.Message with { QuestionName = new string('a', 30_000) } });
        }

        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0].InMemory == 0 && delivery.Counters[1].InMemory == 0, Patience));
        delivery.Complete(TimeSpan.FromSeconds(1));
        Assert.All(delivery.Counters, counters => Assert.Equal(delivery.Raised + counters.Recovered, Sum(counters)));
        var (spooled, refused, hangs) = (delivery.Counters[0], delivery.Counters[1], delivery.Counters[2]);
        Assert.Equal((100, 10), (spooled.Recovered, spooled.Failed[SendFailure.FormatFault]));
        Assert.True(spooled.Failed[SendFailure.SpoolFull] > 100 && spooled.Spooled > 0 && spooled.Delivered == 0, spooled.DescribeLosses());
        Assert.Equal(330, refused.Failed[SendFailure.Refused]);
        Assert.Equal((10, 990), (hangs.Filtered, hangs.Dropped + hangs.FailedTotal));
        delivery.Dispose();
    }

    [Fact]
    public void What_arrived_before_patience_was_over_does_not_wait_in_the_spool()
    {
        using var receiver = new DatagramLike(isThere: true, takesOnly: 100);
        using (var delivery = new AlertDelivery([new AlertSink("relp", new TextFormat(), receiver) { Spool = Spool.Open(Options), Patience = TimeSpan.Zero, Mode = QueueMode.Block }]))
        {
            for (var number = 1; number <= 400; number++)
            {
                delivery.Enqueue(AlertBufferTests.Numbered(number));
            }

            Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0] is { Delivered: 100, InMemory: 0 }, Patience));
            Assert.True(delivery.Complete(Patience));
            Assert.Equal((100, 300), (delivery.Counters[0].Delivered, delivery.Counters[0].Spooled));
        }

        using var next = Spool.Open(Options);
        Assert.Equal(300, next.Waiting);
    }

    [Fact]
    public void A_message_that_the_disk_has_damaged_is_counted_and_those_after_it_arrive()
    {
        var receiver = new DatagramLike(isThere: false);
        using var delivery = new AlertDelivery([new AlertSink("relp", new TextFormat(), receiver) { Spool = Spool.Open(Options), Patience = Patience }]);
        delivery.Enqueue(AlertBufferTests.Numbered(1));
        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0] is { Spooled: 1, Retries: > 0 }, Patience)); // it is read, and waits for the receiver
        delivery.Enqueue(AlertBufferTests.Numbered(2));
        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0].Spooled == 2, Patience));
        var segment = Assert.Single(Directory.GetFiles(_folder, "*.segment"));
        using (var file = new FileStream(segment, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            file.Seek(-3, SeekOrigin.End);
            file.WriteByte(0);
        }

        receiver.IsThere = true;
        Assert.True(SpinWait.SpinUntil(() => delivery.Counters[0].Failed.ContainsKey(SendFailure.SpoolDamaged), Patience));
        delivery.Enqueue(AlertBufferTests.Numbered(3));
        Assert.False(delivery.Complete(Patience));
        Assert.Equal((2, 1, 0), (delivery.Counters[0].Delivered, delivery.Counters[0].Failed[SendFailure.SpoolDamaged], delivery.Counters[0].Waiting));
        Assert.Equal(["#1", "#3"], receiver.Messages.Select(line => line[line.LastIndexOf('#')..]));
        Assert.Equal("damaged in the spool 1", delivery.Counters[0].DescribeLosses());
    }

    [Fact]
    public void A_disk_that_becomes_full_is_said_and_the_alerts_wait()
    {
        using var disk = FullDevice.Mount(kibibytes: 64);
        using var spool = Spool.Open(Options with { Folder = Path.Combine(disk.Folder, "spool") });
        var batch = new MessageBatch();
        batch.Add(new byte[100_000], "1");
        Assert.Equal((SendFailure.DeviceFull, "the spool cannot be written"), Outcome(spool.Send(batch)));
        disk.Remount("size=1m");
        Assert.Equal(SendFailure.None, spool.Send(batch).Failure);
        Assert.Equal(1, batch.Taken());
        var read = new MessageBatch();
        spool.Read(read);
        Assert.Equal("1", read.Id(0));

        // No mount option makes a file system read-only while files are open, as the system does after an error of the disk.
        Assert.Equal(
            (SendFailure.Forbidden, "the spool cannot be written: the file system is read-only"), Outcome(SystemErrors.OutcomeOf(new IOException("", 30), "the spool")));

        static (SendFailure, string?) Outcome(SendOutcome outcome) => (outcome.Failure, outcome.Detail);
    }

    [Fact]
    public void Says_why_it_cannot_be_opened()
    {
        using var disk = FullDevice.Mount(kibibytes: 64);
        disk.Remount("ro");
        var folder = Path.Combine(disk.Folder, "spool");
        Assert.Equal($"cannot make the folder {folder}: the file system is read-only", Assert.Throws<IOException>(() => Spool.Open(Options with { Folder = folder })).Message);
        disk.Remount("rw");
        File.WriteAllText(folder, "");
        Assert.Equal($"cannot make the folder {folder}: a file with this name is there", Assert.Throws<IOException>(() => Spool.Open(Options with { Folder = folder })).Message);
    }

    [Fact]
    public void A_folder_that_others_could_enter_is_closed_to_them()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("modes are Unix's");
        }
        else
        {
            const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Directory.CreateDirectory(_folder, Mine | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            Spool.Open(Options).Dispose();
            Assert.Equal(Mine, File.GetUnixFileMode(_folder));
        }
    }

    private static long Sum(SinkCounters sink) => sink.Filtered + sink.Delivered + sink.InMemory + sink.Spooled + sink.FailedTotal + sink.Dropped;

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

    /// <summary>A receiver that can be up or down, and refuse each so-manieth message.</summary>
    private sealed class DatagramLike(bool isThere, int refusesEach = int.MaxValue, int takesOnly = int.MaxValue) : IMessageTransport
    {
        private volatile bool _isThere = isThere;
        private int _count;

        public bool IsThere
        {
            set => _isThere = value;
        }

        public List<string> Messages { get; } = [];

        public SendOutcome Send(MessageBatch batch)
        {
            var isThere = _isThere;
            for (var index = 0; isThere && index < batch.Count; index++)
            {
                if (Messages.Count == takesOnly)
                {
                    return new(SendFailure.ReceiverAbsent);
                }

                if (++_count % refusesEach == 0)
                {
                    batch.Refuse(index, SendFailure.Refused);
                    continue;
                }

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
