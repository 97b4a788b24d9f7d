namespace WireDns.Capture.Tests.Files;

/// <summary>
/// Captures that were cut or changed: what came before the damage is delivered, and nothing but a format error comes
/// out.
/// </summary>
public sealed class DamageTests
{
    public static TheoryData<string> Names => ["pcap", "pcap, big-endian", "pcap, Kuznetzov", "pcapng"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_that_is_cut_anywhere_gives_the_packets_before_the_cut_and_an_error_unless_it_is_cut_between_two(string name)
    {
        var file = File(name);
        var whole = ReadOutcome.Of(file);
        var sound = 0;
        Assert.Null(whole.Error);
        for (var length = 0; length < file.Length; length++)
        {
            var outcome = ReadOutcome.Of(file[..length]);
            Assert.Equal(whole.Packets.Take(outcome.Packets.Count), outcome.Packets);
            sound += outcome.Error is null ? 1 : 0;
        }

        // One position before each packet, and before each other block of a pcapng file.
        Assert.Equal(name == "pcapng" ? 23 : whole.Packets.Count, sound);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_gives_the_same_whatever_the_buffer_and_however_it_comes(string name)
    {
        var file = File(name);
        var whole = ReadOutcome.Of(file);
        foreach (var step in new[] { 1, 3, 16, 61 })
        {
            var outcome = ReadOutcome.Of(() => CaptureFileReader.Open(new TrickleStream(file, step), "test"), 4096);
            Assert.Equal(whole.Packets, outcome.Packets);
            Assert.Null(outcome.Error);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutations_are_read_or_refused_but_nothing_else(string name)
    {
        var random = new Random(20260902);
        var file = File(name);
        for (var round = 0; round < 3000; round++)
        {
            ReadOutcome.Of(Mutation.Of(file, random), 4096);
        }
    }

    [Theory]
    [InlineData("pcap")]
    [InlineData("pcapng")]
    public void Random_octets_after_a_sound_start_are_read_or_refused_but_nothing_else(string name)
    {
        var random = new Random(20260903);
        var file = File(name);
        for (var round = 0; round < 1000; round++)
        {
            var noise = new byte[random.Next(300)];
            random.NextBytes(noise);
            ReadOutcome.Of([.. file, .. noise], 4096);
        }
    }

    [Fact]
    public void A_damaged_file_fails_again_when_it_is_read_on()
    {
        var file = new PcapBuilder().Record(1, 1, [1, 2, 3]).ToArray();
        using var reader = CaptureFileReader.Open(new MemoryStream(file[..^1]), "test");
        var first = Assert.Throws<CaptureFormatException>(() => reader.TryReadBatch(out _));
        var second = Assert.Throws<CaptureFormatException>(() => reader.TryReadBatch(out _));
        Assert.Equal(first.Message, second.Message);
    }

    private static byte[] File(string name) => name switch
    {
        "pcap" => Samples.Pcap,
        "pcap, big-endian" => new PcapBuilder(0xa1b23c4d, bigEndian: true).Record(1, 2, [1, 2, 3]).Record(2, 3, []).Record(3, 4, new byte[70]).ToArray(),
        "pcap, Kuznetzov" => new PcapBuilder(0xa1b2cd34, extraRecordBytes: 8).Record(1, 2, [1, 2, 3]).Record(2, 3, []).ToArray(),
        _ => Samples.Pcapng,
    };
}
