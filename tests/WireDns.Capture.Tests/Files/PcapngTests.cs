using System.Text;
using WireDns.Wire;

namespace WireDns.Capture.Tests.Files;

/// <summary>pcapng: sections, interfaces, blocks and their damage.</summary>
public sealed class PcapngTests
{
    private const ushort NameOption = 2;
    private const ushort DescriptionOption = 3;
    private const ushort ResolutionOption = 9;
    private const ushort OffsetOption = 14;

    private static readonly byte[] Data = [1, 2, 3, 4, 5];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_all_three_kinds_of_packet_blocks(bool bigEndian)
    {
        var outcome = ReadOutcome.Of(
            new PcapngBuilder().Section(bigEndian).Interface(linkType: 113)
                .Enhanced(0, 1_700_000_000_000_001, Data, original: 60)
                .Obsolete(0, 1_700_000_000_000_002, Data)
                .Simple(5, Data)
                .ToArray());

        Assert.Null(outcome.Error);
        Assert.Equal(
            [
                new ReadPacket("0102030405", 60, LinkType.LinuxSll, PacketTime.FromSeconds(1_700_000_000, 1_000), 1, 0),
                new ReadPacket("0102030405", 5, LinkType.LinuxSll, PacketTime.FromSeconds(1_700_000_000, 2_000), 2, 0),
                new ReadPacket("0102030405", 5, LinkType.LinuxSll, default, 3, 0),
            ],
            outcome.Packets);
    }

    [Fact]
    public void Interfaces_have_their_own_link_types_names_and_times_and_start_again_in_a_section()
    {
        var file = new PcapngBuilder().Section();
        file.Interface(1, 0, file.Option(NameOption, Encoding.UTF8.GetBytes("eth0")), file.Option(DescriptionOption, Encoding.UTF8.GetBytes("uplink")))
            .Interface(101, 0, file.Option(ResolutionOption, 9))
            .Enhanced(1, 5, Data)
            .Enhanced(0, 5, Data);
        file.Section(bigEndian: true);
        file.Interface(276, 0, file.Option(NameOption, Encoding.UTF8.GetBytes("wlan0\0junk"))).Enhanced(0, 6, Data);

        var outcome = ReadOutcome.Of(file.ToArray());
        Assert.Null(outcome.Error);
        Assert.Equal(
            [
                (LinkType.Raw, 5L, 1),
                (LinkType.Ethernet, 5_000L, 0),
                (LinkType.LinuxSll2, 6_000L, 2),
            ],
            outcome.Packets.Select(packet => (packet.LinkType, packet.Time.Nanoseconds, packet.InterfaceIndex)));
        Assert.Equal(["eth0", null, "wlan0"], outcome.Interfaces.Select(description => description.Name));
        Assert.Equal("uplink", outcome.Interfaces[0].Description);
    }

    [Fact]
    public void A_section_that_repeats_the_interfaces_of_the_one_before_gives_them_the_same_indexes()
    {
        var file = new PcapngBuilder();
        for (var section = 0; section < 3; section++)
        {
            file.Section();
            file.Interface(1, 0, file.Option(NameOption, Encoding.UTF8.GetBytes("eth0")))
                .Interface(1, 0, file.Option(NameOption, Encoding.UTF8.GetBytes("eth1")))
                .Enhanced(1, 5, Data);
        }

        var outcome = ReadOutcome.Of(file.ToArray());
        Assert.Equal([1, 1, 1], outcome.Packets.Select(packet => packet.InterfaceIndex));
        Assert.Equal(2, outcome.Interfaces.Count);
    }

    [Theory]
    [InlineData("microseconds by default", null, null, 1_700_000_000_123_456UL, 1_700_000_000_123_456_000L)]
    [InlineData("seconds", 0, null, 1_700_000_000UL, 1_700_000_000_000_000_000L)]
    [InlineData("100 ns", 7, null, 17_000_000_001_234_567UL, 1_700_000_000_123_456_700L)]
    [InlineData("nanoseconds", 9, null, 1_700_000_000_123_456_789UL, 1_700_000_000_123_456_789L)]
    [InlineData("picoseconds", 12, null, 5_999UL, 5L)]
    [InlineData("10^-127", 127, null, ulong.MaxValue, 0L)]
    [InlineData("half seconds", 0x81, null, 3UL, 1_500_000_000L)]
    [InlineData("2^-32", 0xa0, null, 0x6553_f100_8000_0000UL, 1_700_000_000_500_000_000L)]
    [InlineData("2^-127", 0xff, null, ulong.MaxValue, 0L)]
    [InlineData("an offset", null, -3600L, 1_700_003_600_000_000UL, 1_700_000_000_000_000_000L)]
    [InlineData("an offset to before 1970", null, -3600L, 0UL, 0L)]
    [InlineData("an offset beyond all bounds", null, long.MaxValue, 0UL, long.MaxValue - 1)]
    [InlineData("an offset beyond the other bound", null, long.MinValue, 0UL, 0L)]
    [InlineData("ticks beyond all bounds", null, null, ulong.MaxValue, long.MaxValue - 1)]
    [InlineData("the last tick of the fast way", 9, null, (ulong)(long.MaxValue / 2), long.MaxValue / 2)]
    [InlineData("the largest time", 9, null, (ulong)long.MaxValue, long.MaxValue - 1)]
    public void Time_stamps_have_the_resolution_and_the_offset_of_their_interface(
        string description, int? resolution, long? offset, ulong ticks, long nanoseconds)
    {
        var file = new PcapngBuilder().Section();
        List<byte[]> options = [];
        if (resolution is { } exponent)
        {
            options.Add(file.Option(ResolutionOption, (byte)exponent));
        }

        if (offset is { } seconds)
        {
            options.Add(file.Option(OffsetOption, file.U64((ulong)seconds)));
        }

        file.Interface(1, 0, [.. options]).Enhanced(0, ticks, Data);
        var packet = Assert.Single(ReadOutcome.Of(file.ToArray()).Packets);
        Assert.True(packet.Time.Nanoseconds == nanoseconds, $"{description}: {packet.Time.Nanoseconds}");
        Assert.True(packet.Time.HasValue);
    }

    [Theory]
    [InlineData("all of it", 0u, 5u, "0102030405")]
    [InlineData("no more than the snap length", 3u, 5u, "010203")]
    [InlineData("no more than the block holds", 0u, 1000u, "0102030405000000")]
    public void A_simple_packet_block_says_how_much_it_holds_by_the_snap_length(string description, uint snapLength, uint original, string data)
    {
        var packet = Assert.Single(ReadOutcome.Of(new PcapngBuilder().Section().Interface(1, snapLength).Simple(original, Data).ToArray()).Packets);
        Assert.True(packet.Data == data, description);
        Assert.Equal((int)original, packet.OriginalLength);
    }

    [Fact]
    public void Skips_other_blocks_by_their_length_also_such_as_are_larger_than_the_buffer()
    {
        var file = new PcapngBuilder().Section().Block(0x77, new byte[100]).Interface().Block(0x80000001, new byte[3_000_000])
            .Enhanced(0, 1, Data).Block(5, new byte[4]).Block(0xbad, [1, 2, 3, 4]).Enhanced(0, 2, Data).ToArray();
        foreach (var bufferSize in new[] { 4096, 1 << 20 })
        {
            var outcome = ReadOutcome.Of(file, bufferSize);
            Assert.Null(outcome.Error);
            Assert.Equal([1, 2], outcome.Packets.Select(packet => packet.Number));
        }
    }

    [Fact]
    public void Gives_a_packet_block_that_cannot_be_read_its_number_and_says_what_is_wrong_with_it()
    {
        var file = new PcapngBuilder().Section().Interface()
            .Enhanced(0, 1, Data)
            .Enhanced(7, 2, Data)
            .Enhanced(0, 3, Data, captured: 9)
            .Block(6, new byte[16])
            .Block(3, [])
            .Enhanced(0, 4, Data)
            .ToArray();
        using var reader = CaptureFileReader.Open(new MemoryStream(file), "test");
        var packets = new List<(long, LinkType, int, int, bool)>();
        while (reader.TryReadBatch(out var batch))
        {
            foreach (var packet in batch)
            {
                packets.Add((packet.Number, packet.LinkType, packet.InterfaceIndex, packet.Data.Length, packet.Time.HasValue));
            }
        }

        Assert.Equal(
            [
                (1, LinkType.Ethernet, 0, Data.Length, true),
                (2, LinkType.UnknownInterface, Packet.NoInterface, 0, false),
                (3, LinkType.LengthBeyondBlock, 0, 0, true),
                (4, LinkType.BlockTooShort, Packet.NoInterface, 0, false),
                (5, LinkType.BlockTooShort, Packet.NoInterface, 0, false),
                (6, LinkType.Ethernet, 0, Data.Length, true),
            ],
            packets);
        Assert.Equal(6, reader.PacketsRead);
    }

    [Fact]
    public void Ends_well_after_a_file_of_nothing_but_packets_that_cannot_be_read()
    {
        var outcome = ReadOutcome.Of(new PcapngBuilder().Section().Enhanced(0, 1, Data).Simple(5, Data).ToArray());
        Assert.Null(outcome.Error);
        Assert.Equal(2, outcome.Skipped);
    }

    [Fact]
    public void A_damaged_interface_block_keeps_its_id()
    {
        var outcome = ReadOutcome.Of(
            new PcapngBuilder().Section().Block(1, [1, 0, 0, 0]).Interface(linkType: 101).Enhanced(1, 1, Data).ToArray());
        Assert.Equal(LinkType.Raw, Assert.Single(outcome.Packets).LinkType);
    }

    [Theory]
    [InlineData("a length of 8", 6u, 8u, 8u, "8 bytes")]
    [InlineData("a length of 0", 6u, 0u, 0u, "0 bytes")]
    [InlineData("a length that is no multiple of four", 6u, 34u, 34u, "34 bytes")]
    [InlineData("an enormous packet", 6u, 0x7ffffffcu, 0u, "more than 16777216")]
    [InlineData("two lengths that disagree", 6u, 32u, 36u, "ends with length 36")]
    [InlineData("two lengths that disagree, of a block that is skipped", 0x77u, 32u, 36u, "ends with length 36")]
    public void Tells_a_damaged_block_after_the_packets_in_front_of_it(string description, uint type, uint length, uint trailer, string words)
    {
        var outcome = ReadOutcome.Of(
            new PcapngBuilder().Section().Interface().Enhanced(0, 1, Data).Block(type, new byte[20], length, trailer).ToArray());
        Assert.Single(outcome.Packets);
        var error = Assert.IsType<CaptureFormatException>(outcome.Error);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.True(error.PacketNumber == 2, description);
    }

    [Theory]
    [InlineData("another major version", 2, 0x1a2b3c4du, "version 2.0")]
    [InlineData("no byte-order magic", 1, 0x11223344u, "0x11223344")]
    public void Refuses_a_section_that_it_cannot_understand(string description, ushort major, uint magic, string words)
    {
        var bytes = new PcapngBuilder().Section(major: major).ToArray();
        BitConverter.TryWriteBytes(bytes.AsSpan(8), magic);
        var error = Assert.IsType<CaptureFormatException>(ReadOutcome.Of(bytes).Error);
        Assert.True(error.Message.Contains(words, StringComparison.Ordinal), $"{description}: {error.Message}");
    }

    [Fact]
    public void Bounds_what_it_keeps_of_interfaces()
    {
        var file = new PcapngBuilder().Section();
        var name = file.Option(NameOption, new byte[60_000].Select(_ => (byte)'x').ToArray());
        for (var i = 0; i < 70_000; i++)
        {
            file.Interface(1, (uint)i, i % 1000 == 0 ? name : []);
        }

        file.Enhanced(65_535, 1, Data).Enhanced(65_536, 1, Data).Enhanced(69_999, 1, Data);
        var outcome = ReadOutcome.Of(file.ToArray());
        Assert.Equal(65_536, outcome.Interfaces.Count);
        Assert.Equal(CaptureInterface.MaximumTextLength, outcome.Interfaces[0].Name!.Length);
        Assert.Equal(65_535, Assert.Single(outcome.Packets).InterfaceIndex);
        Assert.Equal(2, outcome.Skipped);
    }
}
