namespace WireDns.Capture.Tests.Files;

/// <summary>Several captures read as one.</summary>
public sealed class MergeTests
{
    [Fact]
    public void Packets_come_in_the_order_of_time_and_those_of_the_same_time_in_the_order_of_the_files()
    {
        var merged = Merge(
            [],
            Pcap((1, 0), (3, 0), (3, 1)),
            Pcap((2, 0), (3, 0), (9, 0)),
            Pcap(),
            Pcap((0, 5)));
        Assert.Equal(["3:0.000000005 1", "0:1.000000000 1", "1:2.000000000 1", "0:3.000000000 2", "1:3.000000000 2", "0:3.000000001 3", "1:9.000000000 3"], merged);
    }

    [Fact]
    public void A_file_whose_times_run_backwards_keeps_its_order()
    {
        var merged = Merge([], Pcap((5, 0), (1, 0), (6, 0)), Pcap((4, 0), (7, 0)));
        Assert.Equal(["1:4.000000000 1", "0:5.000000000 1", "0:1.000000000 2", "0:6.000000000 3", "1:7.000000000 2"], merged);
    }

    [Fact]
    public void A_packet_without_a_time_stays_after_the_one_in_front_of_it()
    {
        var file = new PcapngBuilder().Section().Interface().Enhanced(0, 5_000_000, [1]).Simple(1, [1]).Enhanced(0, 7_000_000, [1]).ToArray();
        var merged = Merge([], file, Pcap((6, 0)));
        Assert.Equal(["0:5.000000000 1", "0:0.000000000 2", "1:6.000000000 1", "0:7.000000000 3"], merged);
    }

    [Fact]
    public void A_damaged_file_is_told_and_the_others_are_read_to_their_end()
    {
        var damage = new List<CaptureFormatException>();
        var merged = Merge(damage, Pcap((1, 0), (5, 0))[..^1], Pcap((2, 0), (6, 0)));
        Assert.Equal(["0:1.000000000 1", "1:2.000000000 1", "1:6.000000000 2"], merged);
        Assert.Equal("0", Assert.Single(damage).FileName);
    }

    [Fact]
    public void Agrees_with_a_sort_over_many_files()
    {
        var random = new Random(7);
        var files = new List<byte[]>();
        var expected = new List<(long Time, int File, long Number)>();
        for (var file = 0; file < 23; file++)
        {
            var builder = new PcapBuilder(0xa1b23c4d);
            var time = 0u;
            for (var number = 1; number <= random.Next(400); number++)
            {
                time += (uint)random.Next(3);
                builder.Record(time, 0, new byte[random.Next(1500)]);
                expected.Add((time, file, number));
            }

            files.Add(builder.ToArray());
        }

        var merged = Merge([], [.. files]);
        Assert.Equal(expected.OrderBy(packet => packet).Select(packet => $"{packet.File}:{packet.Time}.000000000 {packet.Number}"), merged);
    }

    private static byte[] Pcap(params (uint Seconds, uint Nanoseconds)[] times)
    {
        var file = new PcapBuilder(0xa1b23c4d);
        foreach (var (seconds, nanoseconds) in times)
        {
            file.Record(seconds, nanoseconds, [1, 2, 3]);
        }

        return file.ToArray();
    }

    private static List<string> Merge(List<CaptureFormatException> damage, params byte[][] files)
    {
        using var reader = new MergedReader(
            [.. files.Select((file, index) => CaptureFileReader.Open(new MemoryStream(file), $"{index}"))]);
        var merged = new List<string>();
        while (reader.TryRead(out var packet, out var source))
        {
            merged.Add($"{source}:{packet.Time} {packet.Number}");
        }

        Assert.False(reader.TryRead(out _, out _));
        damage.AddRange(reader.Damage);
        return merged;
    }
}
