using System.Buffers.Binary;
using WireDns.Wire;

namespace WireDns.Capture.Tests.Files;

/// <summary>Files of Solaris snoop (RFC 1761).</summary>
public sealed class SnoopTests
{
    private const string Header = "736e6f6f70000000 00000002";

    [Fact]
    public void Reads_packets_with_their_lengths_and_times()
    {
        var outcome = ReadOutcome.Of(Sample());

        Assert.Null(outcome.Error);
        Assert.Equal(
            [
                new ReadPacket("010203", 100, LinkType.Ethernet, PacketTime.FromSeconds(1_700_000_000, 123_456_000), 1, 0),
                new ReadPacket("0405060708", 5, LinkType.Ethernet, PacketTime.FromSeconds(1_700_000_001, 1_000), 2, 0),
                new ReadPacket("", 9, LinkType.Ethernet, PacketTime.FromSeconds(uint.MaxValue, 0), 3, 0),
            ],
            outcome.Packets);
        Assert.Equal(LinkType.Ethernet, Assert.Single(outcome.Interfaces).LinkType);
    }

    [Theory]
    [InlineData("IEEE 802.3", 0, LinkType.Ethernet)]
    [InlineData("token ring", 2, LinkType.TokenRing)]
    [InlineData("Ethernet", 4, LinkType.Ethernet)]
    [InlineData("FDDI", 8, LinkType.Fddi)]
    [InlineData("ATM", 18, LinkType.SunAtm)]
    [InlineData("InfiniBand", 26, LinkType.IpOverInfiniBand)]
    [InlineData("IPv4", 28, LinkType.Ipv4)]
    [InlineData("IPv6", 29, LinkType.Ipv6)]
    [InlineData("one that is not known", 9, (LinkType)(-1))]
    public void Knows_a_datalink_type(string about, uint datalinkType, LinkType expected)
    {
        var packet = Assert.Single(ReadOutcome.Of([.. File(datalinkType), .. Record("aa", 1, 0, 0)]).Packets);

        Assert.True(packet.LinkType == expected, about);
    }

    [Theory]
    [InlineData("another version", "736e6f6f70000000 00000003 00000004", "version 3")]
    [InlineData("cut in its header", "736e6f6f70000000 00000002", "ends inside its header")]
    [InlineData("a header alone", "736e6f6f70000000 00000002 00000004", "before the first packet")]
    [InlineData("an absurd length", Header + "00000004 00000001 7fffffff 7fffffff 00000000 00000000 00000000", "2147483647 bytes were captured")]
    [InlineData("a record less than its packet", Header + "00000004 00000004 00000004 0000001b 00000000 00000000 00000000 00000000", "has 27 bytes")]
    [InlineData("a record much more than its packet", Header + "00000004 00000004 00000004 00010000 00000000 00000000 00000000 00000000", "has 65536 bytes")]
    public void Says_what_is_wrong_with_a_file(string about, string hex, string expected)
    {
        var outcome = ReadOutcome.Of(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Empty(outcome.Packets);
        Assert.True(Assert.IsType<CaptureFormatException>(outcome.Error).IsCapture, about);
        Assert.Contains(expected, outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_gives_the_packets_before_the_cut_and_an_error_unless_it_is_cut_between_two()
    {
        var file = Sample();
        var whole = ReadOutcome.Of(file);
        var sound = 0;
        for (var length = 0; length < file.Length; length++)
        {
            var outcome = ReadOutcome.Of(file[..length]);
            Assert.Equal(whole.Packets.Take(outcome.Packets.Count), outcome.Packets);
            sound += outcome.Error is null ? 1 : 0;
        }

        Assert.Equal(2, sound);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Takes_any_bytes(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var file = Sample();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                file[random.Next(8, file.Length)] = (byte)random.Next(256);
            }

            Assert.InRange(ReadOutcome.Of(file).Packets.Count, 0, 4);
        }
    }

    [Fact]
    public void Reads_one_of_a_public_collection()
    {
        var outcome = ReadOutcome.Of(TestPaths.Shared(Path.Combine("captures", "captures", "pcpp-solaris.snoop")));

        Assert.Null(outcome.Error);
        Assert.Equal(250, outcome.Packets.Count);
    }

    private static byte[] Sample() =>
    [
        .. File(4), .. Record("010203", 100, 1_700_000_000, 123_456, padding: 1), .. Record("0405060708", 5, 1_700_000_001, 1, padding: 3),
        .. Record("", 9, uint.MaxValue, 0),
    ];

    private static byte[] File(uint datalinkType) =>
        [.. Convert.FromHexString(Header.Replace(" ", "", StringComparison.Ordinal)), .. Big(datalinkType)];

    private static byte[] Record(string data, uint original, uint seconds, uint microseconds, uint padding = 0)
    {
        var captured = (uint)data.Length / 2;
        return
        [
            .. Big(original), .. Big(captured), .. Big(24 + captured + padding), .. Big(0), .. Big(seconds), .. Big(microseconds),
            .. Convert.FromHexString(data), .. new byte[padding],
        ];
    }

    private static byte[] Big(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
