using System.IO.Compression;

namespace WireDns.Capture.Tests.Fuzzing;

/// <summary>Files that claim or repeat as much as possible. What they may take depends on their length, not on what they claim.</summary>
[Collection(nameof(Undisturbed))]
public sealed class WorstCaseTests
{
    private static ReadOnlySpan<byte> EmptyMember => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    [Fact]
    public void Sections_and_interfaces_by_the_ten_thousand_take_memory_by_their_bytes()
    {
        var builder = new PcapngBuilder();
        for (var section = 0; section < 200; section++)
        {
            builder.Section();
            for (var number = 0; number < 400; number++)
            {
                builder.Interface(snapLength: (uint)((section * 400) + number));
            }
        }

        var file = builder.ToArray();
        var (outcome, allocated) = Measure(file);

        Assert.Null(outcome.Error);

        // As many as a file may have; the last sections have none of their own.
        Assert.Equal(65_536, outcome.Interfaces.Count);
        Assert.InRange(allocated, 0, 16L * file.Length);
    }

    [Fact]
    public void A_file_of_sections_alone_is_read_to_its_end()
    {
        var builder = new PcapngBuilder();
        for (var section = 0; section < 50_000; section++)
        {
            builder.Section();
        }

        var (outcome, allocated) = Measure(builder.ToArray());

        Assert.Null(outcome.Error);
        Assert.InRange(allocated, 0, 2 << 20);
    }

    [Fact]
    public void Empty_members_by_the_thousand_take_no_memory_of_their_own()
    {
        using var compressed = new MemoryStream();
        Compress(compressed, new PcapBuilder().ToArray());
        for (var member = 0; member < 20_000; member++)
        {
            compressed.Write(EmptyMember);
        }

        Compress(compressed, new PcapBuilder().Record(1, 0, [1, 2, 3]).ToArray().AsSpan(24));
        var (outcome, allocated) = Measure(compressed.ToArray());

        Assert.Null(outcome.Error);
        Assert.Single(outcome.Packets);
        Assert.InRange(allocated, 0, 4 << 20);
    }

    [Fact]
    public void A_bomb_of_one_packet_of_a_gigabyte_is_refused_by_its_length()
    {
        using var compressed = new MemoryStream();
        Compress(compressed, [.. new PcapBuilder().Record(1, 0, [], captured: 1 << 30).ToArray(), .. new byte[16 << 20]]);
        var (outcome, allocated) = Measure(compressed.ToArray());

        Assert.IsType<CaptureFormatException>(outcome.Error);
        Assert.Empty(outcome.Packets);
        Assert.InRange(allocated, 0, 4 << 20);
    }

    private static (ReadOutcome Outcome, long Allocated) Measure(byte[] file)
    {
        ReadOutcome.Of(file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var outcome = ReadOutcome.Of(file);
        return (outcome, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Compress(Stream destination, ReadOnlySpan<byte> content)
    {
        using var gzip = new GZipStream(destination, CompressionLevel.Optimal, leaveOpen: true);
        gzip.Write(content);
    }
}
