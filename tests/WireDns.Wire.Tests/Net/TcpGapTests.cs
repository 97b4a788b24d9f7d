using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>What waited behind a gap that was given up has the number, the time and the interface of the packet that brought its last octet.</summary>
public sealed class TcpGapTests
{
    private static readonly byte[] Syn = Ipv4(Tcp(0, [], "S"), 6);

    [Fact]
    public void A_message_after_an_acknowledged_gap_has_the_packet_of_its_own_last_octet()
    {
        // The second message is lost, the third comes in two segments, the fourth and the fifth in one.
        var messages = Enumerable.Range(1, 5).Select(id => Framed(Query(id))).ToArray();
        var third = Offset(messages, 2);
        var fourth = Offset(messages, 3);

        var (payloads, _) = Decoding.Run(Raw([
            Syn, Ipv4(Tcp(1, messages[0]), 6), Ipv4(Tcp(third, messages[2][..20]), 6), Ipv4(Tcp(third + 20, messages[2][20..]), 6),
            Ipv4(Tcp(fourth, Join(messages[3], messages[4])), 6), Acknowledge(1000), Acknowledge(1000)]));

        Assert.Equal([(1, 2L), (3, 4L), (4, 5L), (5, 5L)], payloads.Select(payload => (payload.Id, payload.Frame)));
        Assert.All(payloads, payload => Assert.Equal(TimeOf(payload.Frame), payload.Time));
    }

    [Theory]
    [InlineData("the end of the input")]
    [InlineData("a reset")]
    [InlineData("another connection between the same ends")]
    [InlineData("the end of the stream")]
    [InlineData("a segment that is too far ahead")]
    [InlineData("time")]
    public void So_has_one_whatever_gave_the_gap_up(string what)
    {
        byte[][] packets = [Syn, Ipv4(Tcp(1, Framed(Query(1))), 6), Ipv4(Tcp(500, Framed(Query(2))), 6), Ipv4(Udp(Query(9)))];
        byte[][] last = what switch
        {
            "a reset" => [Ipv4(Tcp(600, [], "R"), 6)],
            "another connection between the same ends" => [Ipv4(Tcp(900_000, [], "S"), 6)],
            "the end of the stream" => [Ipv4(Tcp(500 + (uint)Framed(Query(2)).Length, [], "FA"), 6)],
            "a segment that is too far ahead" => [Ipv4(Tcp(200_000, Framed(Query(3))), 6)],
            _ => [],
        };
        var decoder = Decoding.NewDecoder();
        var payloads = new List<DecodedPayload>();
        foreach (var packet in Raw([.. packets, .. last]))
        {
            Decoding.Add(decoder.Decode(packet.ToPacket()), payloads);
        }

        if (what == "time")
        {
            Decoding.Add(decoder.Expire(PacketTime.FromNanoseconds(10_000 * Second)), payloads);
            Assert.Equal(3, payloads.Count);
        }

        Decoding.Add(decoder.Finish(), payloads);

        Assert.Equal((3L, TimeOf(3)), payloads.Where(payload => payload.Id == 2).Select(payload => (payload.Frame, payload.Time)).Single());
    }

    [Fact]
    public void So_has_each_of_many_small_ones()
    {
        var messages = Enumerable.Range(1, 1000).Select(id => Framed(Query(id))).ToArray();
        var packets = messages.Select((message, index) => Ipv4(Tcp(Offset(messages, index), message), 6)).ToList();
        packets.RemoveAt(0);

        var (payloads, _) = Decoding.Run(Raw([Syn, .. packets, Acknowledge(Offset(messages, 1000))]));

        Assert.Equal(Enumerable.Range(2, 999).Select(id => (id, (long)id)), payloads.Select(payload => (payload.Id, payload.Frame)));
    }

    [Fact]
    public void The_octets_of_a_message_may_come_one_by_one()
    {
        var message = Framed(Message(2, 3000));
        var octets = message.Select((octet, index) => Ipv4(Tcp(1001 + (uint)index, [octet]), 6));

        var (payloads, _) = Decoding.Run(Raw([Syn, .. octets, Ipv4(Tcp(1001 + (uint)message.Length, Framed(Query(3))), 6), Acknowledge(9000)]));

        Assert.Equal([(2, message.Length + 1L), (3, message.Length + 2L)], payloads.Select(payload => (payload.Id, payload.Frame)));
    }

    [Fact]
    public void A_message_that_a_retransmission_completes_or_lets_through_has_the_packet_of_that()
    {
        var (a, b, c) = (Framed(Query(1)), Framed(Query(2)), Framed(Query(3)));
        var length = (uint)a.Length;

        var (payloads, _) = Decoding.Run(Raw([
            Syn, Ipv4(Tcp(1, a), 6), Ipv4(Tcp(1 + (2 * length), c), 6), Ipv4(Tcp(1 + length, b), 6), Acknowledge(1 + (3 * length))]));

        Assert.Equal([(1, 2L), (2, 4L), (3, 4L)], payloads.Select(payload => (payload.Id, payload.Frame)));
    }

    [Fact]
    public void Its_interface_is_that_of_its_own_packet_too()
    {
        var decoder = Decoding.NewDecoder();
        var interfaces = new List<int>();
        foreach (var (packet, index) in Raw([Syn, Ipv4(Tcp(500, Framed(Query(2))), 6), Acknowledge(1000)]).Zip([7, 8, 9]))
        {
            var payloads = decoder.Decode(new Packet
            {
                Data = packet.Data.Span,
                OriginalLength = packet.OriginalLength,
                LinkType = packet.LinkType,
                Time = packet.Time,
                Number = packet.Number,
                InterfaceIndex = index,
            });
            while (payloads.TryRead(out var payload))
            {
                interfaces.Add(payload.InterfaceIndex);
            }
        }

        Assert.Equal([8], interfaces);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_message_has_the_packet_of_its_last_octet_or_the_one_at_hand_however_its_stream_is_cut_lost_and_ordered(int seed)
    {
        var random = new Random(seed);
        var checkedMessages = 0;
        for (var round = 0; round < 100; round++)
        {
            var messages = Enumerable.Range(1, 60).Select(id => Framed(Message(id, random.Next(0, 400)))).ToArray();
            var stream = Join(messages);
            var sent = new List<(uint Sequence, byte[] Data)>();
            for (var at = 0; at < stream.Length;)
            {
                var length = Math.Min(stream.Length - at, random.Next(1, random.Next(3) == 0 ? 20 : 600));
                if (random.Next(8) != 0)
                {
                    sent.Insert(Math.Max(0, sent.Count - random.Next(4)), (1 + (uint)at, stream[at..(at + length)]));
                }

                at += length;
            }

            var decoder = Decoding.NewDecoder();
            Take(decoder, Raw(Syn, 1));
            var frame = 1;
            var frames = new List<(uint Sequence, int Length, long Frame)>();
            foreach (var (sequence, data) in sent)
            {
                frames.Add((sequence, data.Length, ++frame));
                Check(Take(decoder, Raw(Ipv4(Tcp(sequence, data), 6), frame)), frame);
                if (random.Next(10) == 0)
                {
                    // What an acknowledgement lets through was there before it.
                    Check(Take(decoder, Raw(Acknowledge(1 + (uint)random.Next((int)sequence)), ++frame)), 0);
                }
            }

            var rest = new List<DecodedPayload>();
            Decoding.Add(decoder.Finish(), rest);
            Check(rest, 0);

            void Check(List<DecodedPayload> payloads, long atHand)
            {
                // Bytes within a message may read like one, if the segments around them are lost.
                foreach (var payload in payloads.Where(payload => payload.Id is > 0 and <= 60 && Framed(payload.Data).SequenceEqual(messages[payload.Id - 1])))
                {
                    checkedMessages++;
                    var last = Offset(messages, payload.Id) - 1;
                    var own = frames.First(pair => pair.Sequence <= last && last < pair.Sequence + pair.Length).Frame;
                    Assert.True(payload.Frame == own || payload.Frame == atHand, $"message {payload.Id}: {payload.Frame}, not {own} or {atHand}");
                    Assert.Equal(TimeOf(payload.Frame), payload.Time);
                }
            }
        }

        Assert.True(checkedMessages > 300, $"{checkedMessages}");
    }

    private static List<DecodedPayload> Take(PacketDecoder decoder, CapturedPacket packet)
    {
        var payloads = new List<DecodedPayload>();
        Decoding.Add(decoder.Decode(packet.ToPacket()), payloads);
        return payloads;
    }

    // The sequence number of a message, and for the number after the last of their end.
    private static uint Offset(byte[][] messages, int index) => 1 + (uint)messages.Take(index).Sum(message => message.Length);

    private static string TimeOf(long frame) => Raw([], frame).Time.ToString();

    private static byte[] Acknowledge(uint octets) => Ipv4(Tcp(7, [], "A", octets, source: 53, destination: 40000), 6, Server, Client);
}
