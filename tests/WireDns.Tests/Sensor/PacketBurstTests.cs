using Microsoft.Extensions.Logging.Abstractions;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Sensor;
using WireDns.Wire;

namespace WireDns.Tests.Sensor;

/// <summary>A thread that captures keeps its turn for several packets, and not for longer.</summary>
public sealed class PacketBurstTests
{
    private static readonly byte[] Query = Layers.Ethernet(Layers.Ipv4(Layers.Udp(DnsBytes.Query("a.example"))));
    private static readonly byte[] Other = Layers.Ethernet(Layers.Ipv4(Layers.Udp(DnsBytes.Query("a.example"), destination: 9_999)));

    private readonly SensorPipeline _pipeline = new(
        new Worker(new Ignoring()), null, PacketSource.OfInterface("eth1"), FaultLog.Open(null, NullLogger.Instance));

    [Fact]
    public void Says_which_packets_held_dns()
    {
        var burst = new PacketBurst(_pipeline, "eth1");

        Assert.Equal([1L, 0, 1], new[] { Query, Other, Query }.Select(frame => burst.Process(Packet(frame))));
        burst.End();
        Assert.Equal((3, 2), (_pipeline.Snapshot().Packets, _pipeline.Snapshot().DnsPackets));
    }

    [Fact]
    public void Others_have_the_turn_when_no_packet_is_at_hand()
    {
        var burst = new PacketBurst(_pipeline, "eth1");
        burst.End();
        Assert.True(IsTurnFree());

        burst.Process(Packet(Query));
        Assert.False(IsTurnFree());

        burst.End();
        burst.End();
        Assert.True(IsTurnFree());
    }

    [Fact]
    public void Others_have_the_turn_after_so_many_packets()
    {
        var burst = new PacketBurst(_pipeline, "eth1");
        for (var i = 1; i < 2 * PacketBurst.Longest; i++)
        {
            burst.Process(Packet(Other));
            Assert.Equal(i == PacketBurst.Longest, IsTurnFree());
        }

        burst.End();
    }

    // Asked by another thread: the one that has the turn may take it again.
    private bool IsTurnFree()
    {
        var isFree = false;
        var other = new Thread(() => isFree = _pipeline.TrySnapshot(TimeSpan.Zero) is not null);
        other.Start();
        other.Join();
        return isFree;
    }

    private static Packet Packet(byte[] frame) => new()
    {
        Data = frame,
        OriginalLength = frame.Length,
        LinkType = LinkType.Ethernet,
        Time = PacketTime.FromNanoseconds(10),
        Number = 1,
    };

    private sealed class Ignoring : IMessageConsumer
    {
        public void Consume(in ObservedMessage message, PacketSource source)
        {
            // The worker's counters are looked at.
        }

        public void FinishSource()
        {
        }
    }
}
