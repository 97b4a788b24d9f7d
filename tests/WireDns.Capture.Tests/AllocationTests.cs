using WireDns.Wire;

namespace WireDns.Capture.Tests;

/// <summary>
/// Nothing is allocated per packet. These run alone: a collection that another test causes is charged to the threads
/// that are running, which is also why the lowest of several measurements counts.
/// </summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Attempts = 5;

    [Fact]
    public void Reading_pcap_allocates_nothing_per_packet() => AssertNothingAllocated(
        LongFile(new PcapBuilder().ToArray(), new PcapBuilder().Record(1, 2, new byte[300]).ToArray()[24..]));

    [Fact]
    public void Reading_pcapng_allocates_nothing_per_packet()
    {
        var start = new PcapngBuilder().Section().Interface().Interface(101).ToArray();
        var packets = new PcapngBuilder().Enhanced(0, 5, new byte[300]).Obsolete(1, 5, new byte[77]).Simple(5, new byte[5])
            .Block(5, new byte[100]).Enhanced(9, 1, []).ToArray();
        AssertNothingAllocated(LongFile(start, packets));
    }

    [Fact]
    public void Reading_gzip_allocates_nothing_per_packet() => AssertNothingAllocated(
        Samples.Gzip(LongFile(new PcapBuilder().ToArray(), new PcapBuilder().Record(1, 2, new byte[300]).ToArray()[24..])));

    [Fact]
    public void Merging_allocates_nothing_per_packet()
    {
        var file = LongFile(new PcapBuilder().ToArray(), new PcapBuilder().Record(1, 2, new byte[300]).ToArray()[24..]);
        var least = long.MaxValue;
        for (var attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            using var reader = new MergedReader([Open(file), Open(file), Open(file)]);
            for (var i = 0; i < 3000; i++)
            {
                Assert.True(reader.TryRead(out _, out _));
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20_000; i++)
            {
                reader.TryRead(out _, out _);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void Capturing_allocates_nothing_per_packet()
    {
        const int Count = 2000;
        using var cable = VethPair.Create();
        using var capture = LiveCapture.Open(new LiveCaptureOptions { Interface = cable.Receiver });
        var least = long.MaxValue;
        for (var attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            for (var i = 0; i < Count; i++)
            {
                cable.Send(LiveTests.Query);
            }

            using var cancellation = new CancellationTokenSource(LiveTests.Patience);
            var seen = 0;
            long atStart = 0;
            long allocated = long.MaxValue;
            capture.Run(
                (in Packet _) =>
                {
                    if (++seen == 1)
                    {
                        atStart = GC.GetAllocatedBytesForCurrentThread();
                    }
                    else if (seen == Count)
                    {
                        allocated = GC.GetAllocatedBytesForCurrentThread() - atStart;
                        cancellation.Cancel();
                    }
                },
                cancellation.Token);
            least = Math.Min(least, allocated);
        }

        Assert.Equal(0, least);
    }

    private static void AssertNothingAllocated(byte[] file)
    {
        var least = long.MaxValue;
        for (var attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            using var reader = Open(file);
            var batch = new PacketBatch();
            var packets = 0;
            long bytes = 0;
            for (var warm = 0; warm < 4; warm++)
            {
                Assert.True(reader.TryReadBatch(batch));
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            while (reader.TryReadBatch(batch))
            {
                foreach (var packet in batch)
                {
                    packets++;
                    bytes += packet.Data.Length;
                }
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.InRange(packets, 1000, int.MaxValue);
            Assert.NotEqual(0, bytes);
        }

        Assert.Equal(0, least);
    }

    private static CaptureFileReader Open(byte[] file) => CaptureFileReader.Open(new MemoryStream(file), "test");

    // Eight megabytes.
    private static byte[] LongFile(byte[] start, byte[] packets)
    {
        var file = new byte[start.Length + ((8 << 20) / packets.Length * packets.Length)];
        start.CopyTo(file, 0);
        for (var at = start.Length; at < file.Length; at += packets.Length)
        {
            packets.CopyTo(file, at);
        }

        return file;
    }
}
