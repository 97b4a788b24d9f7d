using Microsoft.Extensions.Logging.Abstractions;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sensor;
using WireDns.Tests.Running;
using WireDns.Wire;

namespace WireDns.Tests.Sensor;

/// <summary>The packets that several threads capture come to the worker in one order.</summary>
public sealed class PacketMergeTests
{
    private readonly SteppingClock _clock = new();
    private readonly Recording _recording = new();
    private readonly PacketMerge _merge;
    private long _found;

    public PacketMergeTests()
    {
        var pipeline = new SensorPipeline(new Worker(_recording), null, PacketSource.OfInterface("eth1"), FaultLog.Open(null, NullLogger.Instance));
        _merge = new PacketMerge(pipeline, "eth1", 2, count => _found += count, _clock);
    }

    [Fact]
    public void Packets_of_two_threads_are_taken_by_their_time_and_numbered_in_that_order()
    {
        Take(0, 10, 30, 50);
        Take(1, 20, 40);
        _merge.End(0);
        _merge.End(1);

        Assert.Equal([10L, 20, 30, 40, 50], _recording.Times);
        Assert.Equal([1L, 2, 3, 4, 5], _recording.Numbers);
        Assert.Equal(5, _found);
        Assert.Equal(0, _merge.OutOfOrder);
    }

    [Fact]
    public void A_packet_waits_until_the_other_thread_has_read_as_far()
    {
        Take(0, 10, 30);
        _merge.Pause(0, 30);
        Assert.Empty(_recording.Times);
        Assert.Equal(0, _merge.HandedOverUpTo);

        _merge.Pause(1, 15);
        Assert.Equal([10L], _recording.Times);
        Assert.Equal(15, _merge.HandedOverUpTo);

        Take(1, 20);
        _merge.Pause(1, 25);
        Assert.Equal([10L, 20], _recording.Times);

        _merge.Pause(1, 40);
        Assert.Equal([10L, 20, 30], _recording.Times);
        Assert.Equal(30, _merge.HandedOverUpTo);
    }

    [Fact]
    public void A_thread_that_has_ended_is_waited_for_no_longer_and_after_a_new_beginning_again()
    {
        Take(0, 10);
        _merge.End(1);
        _merge.Pause(0, 10);
        Assert.Equal([10L], _recording.Times);

        _merge.End(0);
        _merge.Begin();
        Take(0, 20);
        _merge.Pause(0, 20);
        Assert.Equal([10L], _recording.Times);
        Assert.Equal(10, _merge.HandedOverUpTo);
    }

    [Fact]
    public void A_thread_whose_batches_are_all_full_goes_before_its_turn_and_every_packet_is_taken_and_counted()
    {
        const int Packets = 20_000; // more than all batches of a thread hold
        _clock.Step = TimeSpan.FromMilliseconds(10);
        for (var time = 1; time <= Packets; time++)
        {
            Take(0, time);
        }

        Assert.InRange(_merge.OutOfOrder, 1, Packets);
        Assert.Equal(_merge.OutOfOrder, _recording.Times.Count);
        Take(1, 5);
        _merge.End(1);
        _merge.End(0);

        Assert.Equal(Packets + 1, _recording.Times.Count);
        Assert.Equal(Enumerable.Range(1, Packets).Select(time => (long)time), _recording.Times.Where((_, place) => place != _recording.Times.LastIndexOf(5)));
    }

    [Fact]
    public void A_clock_that_was_set_back_holds_packets_for_two_seconds_only()
    {
        Take(0, 1_000_000);
        _merge.Pause(0, 1_000_000);
        Take(1, 10);
        _merge.Pause(1, 10);
        Assert.Equal([10L], _recording.Times);

        _clock.Now += TimeSpan.FromSeconds(2);
        _merge.Pause(1, 10);
        Assert.Equal([10L, 1_000_000], _recording.Times);
    }

    [Fact]
    public void Packets_that_were_looked_at_before_the_rules_were_exchanged_are_matched_with_the_new_ones()
    {
        using var folder = new TemporaryFolder();
        var before = LoadedRules.Load([folder.Write("rule.yml", Rule("other.example"))]);
        var after = LoadedRules.Load([folder.Write("rule.yml", Rule("wanted.example"))], null, before);
        var names = new List<string?>();
        var worker = new Worker(before, alert =>
        {
            names.Add(alert.Message.QuestionName);
            return true;
        });
        var pipeline = new SensorPipeline(worker, null, PacketSource.OfInterface("eth1"), FaultLog.Open(null, NullLogger.Instance));
        var merge = new PacketMerge(pipeline, "eth1", 2, _ => { }, _clock);
        var query = Layers.Ethernet(Layers.Ipv4(Layers.Udp(DnsBytes.Query("wanted.example"))));
        merge.Take(0, new Packet { Data = query, OriginalLength = query.Length, LinkType = LinkType.Ethernet, Time = PacketTime.FromNanoseconds(10), Number = 1 });
        merge.Pause(0, 10);
        pipeline.Swap(after);
        merge.End(1);

        Assert.Equal(["wanted.example"], names);
    }

    private static string Rule(string name) => $$"""
        title: A name
        id: 6a4b2a4e-3b6c-4f0e-9a55-0d7c1f2b3c4d
        logsource: {category: dns}
        detection:
            name: {query: {{name}}}
            condition: name
        """;

    private void Take(int thread, params long[] times)
    {
        foreach (var time in times)
        {
            var query = Layers.Ethernet(Layers.Ipv4(Layers.Udp(DnsBytes.Query("a.example", (ushort)time))));
            _merge.Take(thread, new Packet
            {
                Data = query,
                OriginalLength = query.Length,
                LinkType = LinkType.Ethernet,
                Time = PacketTime.FromNanoseconds(time),
                Number = 77,
            });
        }
    }

    /// <summary>Goes on each time it is looked at.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (Now += Step).Ticks;
    }

    private sealed class Recording : IMessageConsumer
    {
        public List<long> Times { get; } = [];

        public List<long> Numbers { get; } = [];

        public void Consume(in ObservedMessage message, PacketSource source)
        {
            Times.Add(message.Payload.Time.Nanoseconds);
            Numbers.Add(message.Payload.PacketNumber);
        }

        public void FinishSource()
        {
        }
    }
}
