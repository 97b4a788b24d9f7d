using WireDns.Fuzz.Targets;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;
using WireDns.Wire.Tests.Net;

namespace WireDns.Wire.Tests.Fuzzing;

/// <summary>TCP streams that a sender shaped to cost as much as possible.</summary>
[Collection(nameof(Undisturbed))]
public sealed class TcpWorstCaseTests
{
    private const byte Synchronise = 0x02;
    private const int SmallStack = 128 * 1024;

    private readonly PacketDecoder _decoder = new(new PacketDecoderOptions(), DnsMessageStart.IsPlausible);
    private readonly ServerFrames _frames = new();
    private readonly List<DecodedPayload> _payloads = [];

    [Fact]
    public void Thousands_of_gaps_that_one_segment_gives_up_take_no_stack()
    {
        // After each gap there could be the start of a message of 12 bytes, so each one is tried separately.
        byte[] start = [0, 12, 0];
        var thread = new Thread(
            () =>
            {
                Send(0, Synchronise, default);
                for (var offset = 2; offset < 191_000; offset += start.Length + 1)
                {
                    Send(offset, 0, start);
                }

                Send(259_990, 0, start);
            },
            SmallStack);

        thread.Start();
        thread.Join();

        Decoding.Add(_decoder.Finish(), _payloads);
        Decoding.AssertSum(_decoder.Counters);
        Assert.Equal(0, _decoder.Counters.Held);
        Assert.True(_decoder.Counters.CountMessages(IncompleteReason.TcpGap) > 17_000, "the gaps were not given up one by one");
    }

    [Fact]
    public void Messages_of_single_octets_come_out_whole_in_either_order()
    {
        byte[] message = [0, 29, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, .. "example"u8, 3, .. "com"u8, 0, 0, 1, 0, 1];
        byte[] stream = [.. Enumerable.Repeat(message, 200).SelectMany(octets => octets)];
        Send(0, Synchronise, default);
        for (var offset = 0; offset < stream.Length / 2; offset++)
        {
            Send(1 + offset, 0, stream.AsSpan(offset, 1));
        }

        for (var offset = stream.Length - 1; offset >= stream.Length / 2; offset--)
        {
            Send(1 + offset, 0, stream.AsSpan(offset, 1));
        }

        Assert.Equal(200, _payloads.Count);
        Assert.All(_payloads, payload => Assert.Equal(message[2..], payload.Data));
        Assert.Equal(stream.Length, _decoder.Counters.Selected);
    }

    [Fact]
    public void A_segment_of_nothing_but_empty_messages_is_delivered_in_full()
    {
        var stream = new byte[60_000];
        Send(0, Synchronise, default);
        Send(1, 0, stream);

        Assert.Equal(stream.Length / 2, _payloads.Count);
        Assert.All(_payloads, payload => Assert.Empty(payload.Data));
    }

    [Fact]
    public void Streams_of_many_connections_with_one_octet_each_stay_within_their_memory()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var client = 0; client < 25_000; client++)
        {
            var packet = Packet(_frames.WriteTcp(true, false, client, 1, 0, Synchronise, [0xff]));
            Decoding.Add(_decoder.Decode(in packet), _payloads);
        }

        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        Decoding.AssertSum(_decoder.Counters);
        Assert.True(_decoder.Counters.EvictedTcpConnections > 10_000, $"evicted {_decoder.Counters.EvictedTcpConnections}");
        Assert.InRange(taken, 1 << 20, 70 << 20);
    }

    private static Packet Packet(ReadOnlySpan<byte> frame) => new()
    {
        Data = frame,
        OriginalLength = frame.Length,
        LinkType = LinkType.Ethernet,
        Time = PacketTime.FromNanoseconds(1_000_000_000),
        Number = 1,
    };

    private void Send(int offset, byte flags, ReadOnlySpan<byte> payload)
    {
        var packet = Packet(_frames.WriteTcp(false, false, 0, 1000 + (uint)offset, 0, flags, payload));
        Decoding.Add(_decoder.Decode(in packet), _payloads);
    }
}
