using System.IO.Compression;
using System.IO.Hashing;

namespace WireDns.Capture.Tests.Compression;

/// <summary>Captures in every compression.</summary>
public sealed class CompressionTests
{
    public static TheoryData<string> Names => [.. Samples.Compressed.Keys];

    private static List<ReadPacket> Expected { get; } = ReadOutcome.Of(Samples.Pcap).Packets;

    [Theory]
    [MemberData(nameof(Names))]
    public void Reads_a_compressed_capture_as_it_reads_the_plain_one(string name)
    {
        var outcome = ReadOutcome.Of(Samples.Compressed[name]);
        Assert.Null(outcome.Error);
        Assert.Equal(Samples.Packets, outcome.Packets.Count);
        Assert.Equal(Expected, outcome.Packets);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reads_a_compressed_capture_that_comes_an_octet_at_a_time(string name)
    {
        var file = Samples.Compressed[name];
        var outcome = ReadOutcome.Of(() => CaptureFileReader.Open(new TrickleStream(file, 1), "test"), PacketBatch.DefaultBufferSize);
        Assert.Null(outcome.Error);
        Assert.Equal(Expected, outcome.Packets);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cut_compressed_capture_gives_the_packets_before_the_cut_and_then_an_error_unless_what_is_left_is_whole(string name)
    {
        var file = Samples.Compressed[name];
        var sound = new List<int>();
        for (var length = 0; length < file.Length; length++)
        {
            var outcome = ReadOutcome.Of(file[..length]);
            Assert.Equal(Expected.Take(outcome.Packets.Count), outcome.Packets);
            if (outcome.Error is null)
            {
                sound.Add(length);
            }
        }

        // Between two streams, frames or members, and anywhere in gzip's padding.
        var most = name.Contains("padding", StringComparison.Ordinal) ? 602
            : name.Contains("skippable", StringComparison.Ordinal) ? 1
            : name.Contains("two streams", StringComparison.Ordinal) && name.StartsWith("xz", StringComparison.Ordinal) ? 3
            : 0;
        Assert.True(sound.Count <= most, $"sound at {string.Join(" ", sound)} of {file.Length}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutations_of_a_compressed_capture_are_read_or_refused_but_nothing_else(string name)
    {
        var random = new Random(20260901);
        for (var round = 0; round < 200; round++)
        {
            ReadOutcome.Of(Mutation.Of(Samples.Compressed[name], random));
        }
    }

    [Fact]
    public void A_cut_gzip_gives_every_packet_that_is_in_front_of_the_cut()
    {
        var file = Samples.Gzip(Samples.Pcap, CompressionLevel.NoCompression);

        // Stored: ten octets of header, five of the block's, then the capture as it is.
        const int Header = 15;
        for (var length = Header + 24; length < file.Length - 8; length += 7)
        {
            var plain = ReadOutcome.Of(Samples.Pcap[..Math.Min(length - Header, Samples.Pcap.Length)]);
            var cut = ReadOutcome.Of(file[..length]);
            Assert.Equal(plain.Packets.Count, cut.Packets.Count);
            Assert.Contains("the data ends early", Assert.IsType<CaptureFormatException>(cut.Error).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("check sum", 8, "check sum")]
    [InlineData("length", 4, "length")]
    public void A_gzip_with_a_wrong_trailer_gives_every_packet_and_then_an_error(string description, int fromEnd, string words)
    {
        var file = Samples.Gzip(Samples.Pcap);
        file[^fromEnd] ^= 1;
        var outcome = ReadOutcome.Of(file);
        Assert.Equal(Expected, outcome.Packets);
        Assert.True(outcome.Error!.Message.Contains(words, StringComparison.Ordinal), description);
    }

    [Fact]
    public void Garbage_after_a_gzip_member_is_told_after_every_packet()
    {
        var outcome = ReadOutcome.Of([.. Samples.Gzip(Samples.Pcap), 1, 2, 3]);
        Assert.Equal(Expected, outcome.Packets);
        Assert.NotNull(outcome.Error);
    }

    [Fact]
    public void Compression_three_times_over_is_refused()
    {
        var outcome = ReadOutcome.Of(Samples.Gzip(Samples.Zstd(Samples.Gzip(Samples.Pcap))));
        Assert.Contains("more than 2 times", outcome.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_which_compression_was_found()
    {
        using var reader = CaptureFileReader.Open(new MemoryStream(Samples.Compressed["zstd, with skippable frames"]), "test");
        Assert.Equal((CaptureCompression.Zstd, CaptureFormat.Pcap), (reader.Compression, reader.Format));
    }

    [Fact]
    public void A_dictionary_that_xz_asks_for_is_bounded()
    {
        // The block header with a dictionary of 4 GiB, and its checksum.
        var file = Samples.Compressed["xz"].ToArray();
        const int BlockHeader = 12;
        const int DictionaryAt = BlockHeader + 4;
        file[DictionaryAt] = 40;
        BitConverter.TryWriteBytes(file.AsSpan(BlockHeader + 8), Crc32.HashToUInt32(file.AsSpan(BlockHeader, 8)));
        Assert.Contains("dictionary", ReadOutcome.Of(file).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gigabyte_of_nothing_takes_no_memory()
    {
        // A thousand members of a megabyte of zeros each are a million bytes of file: a capture of empty packets.
        byte[] member = Samples.Gzip(new byte[1 << 20]);
        var bomb = Enumerable.Repeat(member, 256).SelectMany(bytes => bytes);
        byte[] file = [.. Samples.Gzip(Samples.Pcap), .. bomb];
        using var reader = CaptureFileReader.Open(new MemoryStream(file), "test");
        var batch = new PacketBatch();
        Assert.True(reader.TryReadBatch(batch));
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (reader.TryReadBatch(batch))
        {
        }

        Assert.Equal(Samples.Packets + (256L * (1 << 20) / 16), reader.PacketsRead);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }
}
