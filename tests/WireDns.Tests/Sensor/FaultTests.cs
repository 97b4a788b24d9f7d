using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Sensor;
using WireDns.Tests.Live;
using WireDns.Tests.Running;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Tests.Sensor;

/// <summary>An exception while a packet is processed costs only that packet.</summary>
public sealed class FaultTests
{
    [Fact]
    public void A_packet_whose_message_fails_is_undecodable_and_the_next_one_is_read()
    {
        var consumer = new Failing();
        var worker = new Worker(consumer);
        var source = PacketSource.OfInterface("eth1");
        for (var number = 1; number <= 3; number++)
        {
            try
            {
                worker.Process(Query(number), source);
                Assert.NotEqual(2, number);
            }
            catch (InvalidOperationException)
            {
                Assert.Equal(2, number);
                worker.Abandon(source);
            }
        }

        worker.FinishSource(source);
        var counters = worker.Ledger.Decoder;
        Assert.Equal([1L, 3L], consumer.Taken);
        Assert.Equal(1, counters.Count(UndecodableReason.InternalError));
        Assert.Equal(("internal_error", 2), Assert.Single(worker.Snapshot().Places.Select(place => (place.Reason, place.Origin.PacketNumber))));
        Assert.Equal((3, 2, 1), (counters.Packets, counters.Selected, counters.Undecodable));
    }

    [Fact]
    public void Packets_are_kept_within_a_mebibyte_and_said_once_a_minute()
    {
        using var folder = new TemporaryFolder();
        var clock = new ManualClock();
        var lines = new List<string>();
        var log = new FaultLog(folder.Path, clock, LogLines.To(lines.Add, clock));
        for (var number = 1; number <= 20_000; number++)
        {
            log.Note(Query(number), "eth1", new InvalidOperationException("the framework's words"));
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        log.Note(Query(20_001), "eth1", new InvalidOperationException("the framework's words"));

        var path = folder["wiredns-faults-1.pcap"];
        Assert.Equal(2, lines.Count);
        Assert.StartsWith("a fault of this program lost a packet, the last one packet 1 of eth1 (", lines[0], StringComparison.Ordinal);
        Assert.EndsWith($"it is kept in {path}", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("a fault of this program lost 20,000 packets, the last one packet 20001 of eth1 (", lines[1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.DoesNotContain("framework", line, StringComparison.Ordinal));
        Assert.InRange(new FileInfo(path).Length, FaultLog.MaximumFileLength - 200, FaultLog.MaximumFileLength);
        using var reader = CaptureFileReader.Open(path);
        Assert.True(reader.TryReadBatch(out var batch));
        Assert.True(batch[0].Data.SequenceEqual(Query(1).Data));
        Assert.Equal(Query(1).Time, batch[0].Time);
    }

    private static Packet Query(int number)
    {
        var data = Layers.Ethernet(DnsFrames.Ipv4("www.example.org", (ushort)number));
        return new Packet
        {
            Data = data,
            OriginalLength = data.Length,
            LinkType = LinkType.Ethernet,
            Time = PacketTime.FromSeconds(1_700_000_000, (uint)number),
            Number = number,
        };
    }

    private sealed class Failing : IMessageConsumer
    {
        public List<long> Taken { get; } = [];

        public void Consume(in ObservedMessage message, PacketSource source)
        {
            if (message.Payload.PacketNumber == 2)
            {
                throw new InvalidOperationException("a planted fault");
            }

            Taken.Add(message.Payload.PacketNumber);
        }

        public void FinishSource()
        {
        }
    }
}
