using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>What no input may do: make a decoder throw or miscount, or make the two ways through the layers disagree.</summary>
public sealed class RobustnessTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Takes_every_torture_packet_cut_at_every_length(bool bySnapLength)
    {
        foreach (var (_, packets) in TestCaptures.Torture())
        {
            var decoder = Decoding.NewDecoder();
            foreach (var packet in packets.Take(12))
            {
                for (var length = 0; length < Math.Min(packet.Data.Length, 400); length++)
                {
                    var cut = packet with { Data = packet.Data[..length], OriginalLength = bySnapLength ? packet.OriginalLength : length };
                    Drain(decoder.Decode(cut.ToPacket()));
                }
            }

            Drain(decoder.Finish());
            Decoding.AssertSum(decoder.Counters);
            Assert.Equal(0, decoder.Counters.Held);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Takes_mutated_torture_packets(int seed)
    {
        var random = new Random(seed);
        var decoder = Decoding.NewDecoder(new PacketDecoderOptions { MaximumTcpConnections = 50, MaximumFragmentedDatagrams = 50 });
        foreach (var (_, packets) in TestCaptures.Torture())
        {
            foreach (var packet in packets.Take(60))
            {
                var data = packet.Data.ToArray();
                for (var flips = random.Next(1, 6); flips > 0 && data.Length > 0; flips--)
                {
                    data[random.Next(Math.Min(data.Length, 120))] = (byte)random.Next(256);
                }

                Drain(decoder.Decode((packet with { Data = data }).ToPacket()));
                Decoding.AssertSum(decoder.Counters);
            }
        }

        Drain(decoder.Finish());
        Decoding.AssertSum(decoder.Counters);
        Assert.Equal(0, decoder.Counters.Held);
    }

    [Fact]
    public void Takes_every_link_type_with_any_bytes()
    {
        var random = new Random(4);
        var decoder = Decoding.NewDecoder();
        var bytes = new byte[200];
        foreach (var linkType in Enum.GetValues<LinkType>())
        {
            for (var round = 0; round < 300; round++)
            {
                random.NextBytes(bytes);
                bytes.AsSpan(random.Next(60)..).Fill((byte)random.Next(0, 2));
                var length = random.Next(bytes.Length);
                var packet = new CapturedPacket(bytes.AsMemory(0, length), length + random.Next(2), linkType, default, round + 1);
                Drain(decoder.Decode(packet.ToPacket()));
                Decoding.AssertSum(decoder.Counters);
            }
        }
    }

    [Fact]
    public void Takes_the_shared_captures()
    {
        foreach (var (name, packets) in TestCaptures.Shared())
        {
            var (payloads, _) = Decoding.Run(packets);
            Assert.All(payloads, payload => Assert.True(payload.SourcePort == 53 || payload.DestinationPort == 53, name));
        }
    }

    /// <summary>A PPI header names Ethernet as what follows, so that the same frame goes through the layers one by one.</summary>
    [Fact]
    public void Reads_plain_frames_in_one_step_as_it_reads_them_layer_by_layer()
    {
        var ppi = Hex("00000800 01000000");
        var frames = 0;
        foreach (var (_, packets) in TestCaptures.Torture().Concat(TestCaptures.Shared()))
        {
            var ethernet = packets.Where(packet => packet.LinkType == LinkType.Ethernet).ToList();
            frames += ethernet.Count;
            var (direct, directly) = Decoding.Run(ethernet);
            var (stepwise, slowly) = Decoding.Run(ethernet.Select(packet => packet with
            {
                Data = Join(ppi, packet.Data.ToArray()),
                OriginalLength = packet.OriginalLength + ppi.Length,
                LinkType = LinkType.Ppi,
            }));

            Assert.Equal(direct.Select(Describe), stepwise.Select(Describe));
            Assert.Equal(Describe(directly.Counters), Describe(slowly.Counters));
        }

        Assert.True(frames > 1000);
    }

    private static string Describe(DecodedPayload payload) => $"{Convert.ToHexString(payload.Data)} {payload with { Data = [] }}";

    private static string Describe(PacketCounters counters) => string.Join(
        ' ',
        Enum.GetValues<NotSelectedReason>().Select(reason => counters.Count(reason))
            .Concat(Enum.GetValues<UndecodableReason>().Select(reason => counters.Count(reason)))
            .Concat(Enum.GetValues<IncompleteReason>().Select(reason => counters.Count(reason)))
            .Concat([counters.Selected, counters.IncompleteMessages, counters.LostTcpBytes, counters.ExactDuplicatePackets]));

    private static void Drain(PayloadReader reader)
    {
        while (reader.TryRead(out var payload))
        {
            Assert.True(payload.PacketNumber >= 0);
        }
    }
}
