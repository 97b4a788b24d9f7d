using System.IO.Compression;
using System.IO.Pipes;
using ZstdSharp;

namespace WireDns.Capture.Tests.Files;

/// <summary>A pipe that is written while it is read, as from tcpdump.</summary>
public sealed class PipeTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("gzip, flushed")]
    [InlineData("zstd, flushed")]
    [InlineData("lz4, a frame each")]
    public async Task A_packet_is_delivered_when_it_is_there_and_not_when_a_buffer_is_full(string kind)
    {
        await using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        await using var compressor = kind switch
        {
            "gzip, flushed" => new GZipStream(server, CompressionLevel.Fastest, leaveOpen: true),
            "zstd, flushed" => new CompressionStream(server, leaveOpen: true),
            _ => Stream.Null,
        };
        Action<byte[]> write = kind switch
        {
            "plain" => bytes => server.Write(bytes),
            "lz4, a frame each" => bytes => server.Write(Samples.Lz4(bytes)),
            _ => bytes =>
            {
                compressor.Write(bytes);
                compressor.Flush();
            }
            ,
        };
        var header = new PcapBuilder().ToArray();
        var record = new PcapBuilder().Record(1, 2, [1, 2, 3]).ToArray()[header.Length..];
        write(header);
        using var reader = await Patiently(() => CaptureFileReader.Open(client, "pipe"));
        for (var number = 1; number <= 5; number++)
        {
            // Nothing more is written until it is delivered.
            write(record);
            Assert.Equal(number, await Patiently(() => reader.TryReadBatch(out var batch) ? batch[batch.Count - 1].Number : -1));
        }

        await compressor.DisposeAsync();
        await server.DisposeAsync();
        Assert.False(await Patiently(() => reader.TryReadBatch(out _)));
    }

    [Fact]
    public void Batches_of_the_caller_stay_as_they_are_while_the_reader_fills_others()
    {
        using var reader = CaptureFileReader.Open(new TrickleStream(Samples.Pcap, 100), "test");
        var batches = new List<PacketBatch>();
        for (var batch = new PacketBatch(4096); reader.TryReadBatch(batch); batch = new PacketBatch(4096))
        {
            batches.Add(batch);
        }

        Assert.True(batches.Count > 5);
        var packets = new List<ReadPacket>();
        foreach (var batch in batches)
        {
            foreach (var packet in batch)
            {
                packets.Add(ReadPacket.Of(packet));
                Assert.Equal(packet.LinkType, batch.InterfaceOf(packet).LinkType);
            }
        }

        Assert.Equal(ReadOutcome.Of(Samples.Pcap).Packets, packets);
    }

    [Fact]
    public void A_stream_that_fails_gives_its_own_exception()
    {
        using var failing = new FailingStream(Samples.Gzip(Samples.Pcap, CompressionLevel.NoCompression));
        using var reader = CaptureFileReader.Open(failing, "test");
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var exception = Assert.Throws<IOException>(() =>
            {
                while (reader.TryReadBatch(out _))
                {
                }
            });
            Assert.Equal("the disk is gone", exception.Message);
        }
    }

    private static Task<T> Patiently<T>(Func<T> action) =>
        Task.Run(action, TestContext.Current.CancellationToken).WaitAsync(Waiting.Limit, TestContext.Current.CancellationToken);

    private sealed class FailingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => Position >= 150 ? throw new IOException("the disk is gone") : base.Read(buffer[..Math.Min(50, buffer.Length)]);
    }
}
