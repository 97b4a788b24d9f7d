using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>What is held for reassembly expires by the clock too, on an idle link.</summary>
public sealed class ExpiryTests
{
    private const long Start = 1_000 * Second;

    [Fact]
    public void Fragments_are_given_up_when_their_time_is_over_without_another_packet()
    {
        var decoder = Decoding.NewDecoder();
        for (var id = 1; id <= 10; id++)
        {
            Decoding.Add(decoder.Decode(Raw(First(id), id, Start).ToPacket()), []);
        }

        Assert.Equal(10, decoder.Counters.Held);
        Expire(decoder, 60);
        Assert.Equal(10, decoder.Counters.Held);
        Expire(decoder, 61);
        Assert.Equal((0, 10), (decoder.Counters.Held, decoder.Counters.CountMessages(IncompleteReason.FragmentTimeout)));
        Decoding.AssertSum(decoder.Counters);
    }

    [Fact]
    public void Connections_are_given_up_and_what_waited_behind_a_gap_is_delivered()
    {
        var decoder = Decoding.NewDecoder();
        var number = 0;
        for (var client = 1; client <= 10; client++)
        {
            Take(Tcp(99, [], "S", source: 40_000 + client));
            Take(Tcp(100, Framed(Query(client)), "A", source: 40_000 + client));
            Take(Tcp(1000, Framed(Query(100 + client)), "A", source: 40_000 + client));
        }

        Assert.Equal(10, decoder.Counters.Held);
        var payloads = Expire(decoder, 3600);

        Assert.Equal(Enumerable.Range(101, 10).Select(id => Convert.ToHexString(Query(id))), payloads.Select(payload => Convert.ToHexString(payload.Data)));
        Assert.Equal(0, decoder.Counters.Held);
        Assert.Empty(Expire(decoder, 7200));
        Decoding.AssertSum(decoder.Counters);

        void Take(byte[] segment) => Decoding.Add(decoder.Decode(Raw(Ipv4(segment, 6), ++number, Start).ToPacket()), []);
    }

    [Fact]
    public void A_clock_that_stands_or_goes_back_gives_nothing_up()
    {
        var decoder = Decoding.NewDecoder();
        Decoding.Add(decoder.Decode(Raw(First(1), 1, Start).ToPacket()), []);

        Expire(decoder, 0);
        Expire(decoder, -5000);

        Assert.Equal(1, decoder.Counters.Held);
    }

    private static byte[] First(int id) => Ipv4(Udp(Message(id, 300))[..160], id: id, more: true);

    private static List<DecodedPayload> Expire(PacketDecoder decoder, int seconds)
    {
        var payloads = new List<DecodedPayload>();
        Decoding.Add(decoder.Expire(PacketTime.FromNanoseconds(Start + (seconds * Second))), payloads);
        return payloads;
    }
}
