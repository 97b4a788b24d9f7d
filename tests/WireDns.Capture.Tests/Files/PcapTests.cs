using WireDns.Wire;

namespace WireDns.Capture.Tests.Files;

/// <summary>The classic format and its variants.</summary>
public sealed class PcapTests
{
    private static readonly byte[] First = [1, 2, 3];
    private static readonly byte[] Second = [4, 5, 6, 7, 8];

    [Theory]
    [InlineData("microseconds, little-endian", 0xa1b2c3d4, false, 0, 0, 1_000)]
    [InlineData("microseconds, big-endian", 0xa1b2c3d4, true, 0, 0, 1_000)]
    [InlineData("nanoseconds, little-endian", 0xa1b23c4d, false, 0, 0, 1)]
    [InlineData("nanoseconds, big-endian", 0xa1b23c4d, true, 0, 0, 1)]
    [InlineData("Kuznetzov, little-endian", 0xa1b2cd34, false, 0, 8, 1_000)]
    [InlineData("Kuznetzov, big-endian", 0xa1b2cd34, true, 0, 8, 1_000)]
    [InlineData("Ixia hardware, little-endian", 0x1c0001ac, false, 4, 0, 1)]
    [InlineData("Ixia hardware, big-endian", 0x1c0001ac, true, 4, 0, 1)]
    [InlineData("Ixia software, little-endian", 0x1c0001ab, false, 4, 0, 1_000)]
    [InlineData("Ixia software, big-endian", 0x1c0001ab, true, 4, 0, 1_000)]
    public void Reads_every_variant(string description, uint magic, bool bigEndian, int extraHeader, int extraRecord, int unit)
    {
        var outcome = ReadOutcome.Of(
            new PcapBuilder(magic, bigEndian, linkType: 113, snapLength: 96, extraHeaderBytes: extraHeader, extraRecordBytes: extraRecord)
                .Record(1_700_000_000, 123_456, First, original: 100)
                .Record(1_700_000_001, 1, Second)
                .ToArray());

        Assert.True(outcome.Error is null, description);
        Assert.Equal(
            [
                new ReadPacket("010203", 100, LinkType.LinuxSll, At(1_700_000_000, 123_456L * unit), 1, 0),
                new ReadPacket("0405060708", 5, LinkType.LinuxSll, At(1_700_000_001, unit), 2, 0),
            ],
            outcome.Packets);
        var described = Assert.Single(outcome.Interfaces);
        Assert.Equal(new CaptureInterface { LinkType = LinkType.LinuxSll, SnapLength = 96 }, described);
    }

    [Fact]
    public void Reads_a_file_without_packets() => Assert.Empty(Sound(new PcapBuilder()));

    [Fact]
    public void Reads_an_empty_packet() => Assert.Equal("", Assert.Single(Sound(new PcapBuilder().Record(1, 2, []))).Data);

    [Theory]
    [InlineData("a fraction of exactly a second", 1_000_000u, 11, 0)]
    [InlineData("the last fraction that takes the fast way", 4_294_967u, 14, 294_967_000)]
    [InlineData("the first that does not", 4_294_968u, 14, 294_968_000)]
    [InlineData("the largest", 0xffffffffu, 4304, 967_295_000)]
    public void Carries_a_fraction_of_more_than_a_second(string description, uint fraction, long seconds, long nanoseconds)
    {
        var packet = Assert.Single(Sound(new PcapBuilder().Record(10, fraction, First)));
        Assert.True(At(seconds, nanoseconds) == packet.Time, $"{description}: {packet.Time}");
    }

    [Fact]
    public void Takes_seconds_as_unsigned() =>
        Assert.Equal(At(0xffffffff, 0), Assert.Single(Sound(new PcapBuilder().Record(0xffffffff, 0, First))).Time);

    [Fact]
    public void Takes_the_link_type_from_the_low_half_of_its_field() =>
        Assert.Equal((LinkType)276, Assert.Single(Sound(new PcapBuilder(linkType: 0x2400_0114).Record(1, 1, First))).LinkType);

    [Fact]
    public void Reads_more_than_the_snap_length_of_the_header_says() =>
        Assert.Equal(5, Assert.Single(Sound(new PcapBuilder(snapLength: 2).Record(1, 1, Second))).OriginalLength);

    [Theory]
    [InlineData("zero", 0u)]
    [InlineData("less than was captured", 4u)]
    public void Raises_an_original_length_that_cannot_be(string description, uint original) =>
        Assert.True(Assert.Single(Sound(new PcapBuilder().Record(1, 1, Second, original: original))).OriginalLength == 5, description);

    [Theory]
    [InlineData("2.2 has the original length first", 2, 2, 100u, 5u)]
    [InlineData("2.3 in that order", 2, 3, 100u, 5u)]
    [InlineData("2.3 in the usual order", 2, 3, 5u, 100u)]
    [InlineData("543.0, of DG/UX", 543, 0, 100u, 5u)]
    public void Finds_the_captured_length_in_older_versions(string description, ushort major, ushort minor, uint third, uint fourth)
    {
        var packet = Assert.Single(Sound(new PcapBuilder(major: major, minor: minor).Record(1, 1, Second, third, fourth)));
        Assert.True(packet is { Data: "0405060708", OriginalLength: 100 }, description);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 5)]
    [InlineData(3, 0)]
    [InlineData(543, 1)]
    public void Refuses_a_version_that_is_not_known(ushort major, ushort minor)
    {
        var error = Error(new PcapBuilder(major: major, minor: minor).Record(1, 1, First));
        Assert.Contains($"version {major}.{minor}", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsCapture);
    }

    [Fact]
    public void Reads_the_largest_packet_and_refuses_a_larger_one()
    {
        const int Largest = 262_144;
        Assert.Equal(2 * Largest, Assert.Single(Sound(new PcapBuilder().Record(1, 1, new byte[Largest]))).Data.Length);

        var outcome = ReadOutcome.Of(new PcapBuilder().Record(1, 1, First).Record(1, 1, new byte[Largest + 1]).ToArray());
        Assert.Single(outcome.Packets);
        var error = Assert.IsType<CaptureFormatException>(outcome.Error);
        Assert.Equal((2, 43), (error.PacketNumber, error.ByteOffset));
        Assert.Contains("262145", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Does_not_allocate_what_a_length_claims()
    {
        var file = new PcapBuilder().Record(1, 1, First).Record(1, 1, First, captured: 0x7fffffff).ToArray();
        ReadOutcome.Of(file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotNull(ReadOutcome.Of(file).Error);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Tells_where_a_file_ends_inside_a_packet()
    {
        var file = new PcapBuilder().Record(1, 1, First).Record(1, 1, Second).ToArray();
        var outcome = ReadOutcome.Of(file[..^1]);
        Assert.Single(outcome.Packets);
        var error = Assert.IsType<CaptureFormatException>(outcome.Error);
        Assert.Equal(("test", 2, 43, true), (error.FileName, error.PacketNumber, error.ByteOffset, error.IsCapture));
        Assert.StartsWith("test: packet 2 at byte 43: the file ends inside a record", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing", "", false, "empty")]
    [InlineData("one octet", "d4", false, "begins with d4")]
    [InlineData("only the magic number", "d4c3b2a1", true, "ends inside its header")]
    [InlineData("a Network Monitor file", "474d425500020000000000000000000000000000", false, "Network Monitor")]
    [InlineData("a zip archive", "504b03040000000000000000000000000000", false, "zip archive")]
    [InlineData("an executable", "7f454c46020101000000000000000000", false, "7f454c46")]
    public void Says_what_a_file_is_that_it_does_not_read(string description, string bytes, bool isCapture, string words)
    {
        var error = Assert.IsType<CaptureFormatException>(ReadOutcome.Of(Convert.FromHexString(bytes)).Error);
        Assert.True(error.IsCapture == isCapture, description);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static PacketTime At(long seconds, long nanoseconds) => PacketTime.FromNanoseconds((seconds * 1_000_000_000) + nanoseconds);

    private static List<ReadPacket> Sound(PcapBuilder file)
    {
        var outcome = ReadOutcome.Of(file.ToArray());
        Assert.Null(outcome.Error);
        return outcome.Packets;
    }

    private static CaptureFormatException Error(PcapBuilder file) =>
        Assert.IsType<CaptureFormatException>(ReadOutcome.Of(file.ToArray()).Error);
}
