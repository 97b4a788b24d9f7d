using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>Nothing is allocated per packet once the tables have grown.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Allocates_nothing_for_datagrams_and_for_what_is_not_selected() => AssertNoAllocation(
        [
            Eth(Ipv4(Udp(Query(1)))), Eth(Ipv6(Udp(Query(1)))[..], 0x86dd), Eth(Ipv4(Tcp(1, new byte[1000], destination: 443), 6)),
            Eth(Join(Big16(5), Big16(0x0800), Ipv4(Udp(Query(1)))), 0x8100), Eth(Hex("0001080006040001"), 0x0806),
            Eth(Ipv4(Join(Hex("0000 0800"), Ipv4(Udp(Query(1)))), 47)), Eth(Ipv4(Udp([1], destination: 853))), Eth(Ipv4([1], 50)),
        ]);

    [Fact]
    public void Allocates_nothing_for_fragments()
    {
        var datagram = Udp(Message(1, 4000));
        AssertNoAllocation([
            Eth(Ipv4(datagram[..1480], more: true)), Eth(Ipv4(datagram[2960..], offset: 2960)), Eth(Ipv4(datagram[1480..2960], offset: 1480, more: true)),
            Eth(Ipv6Fragment(datagram[..1480], 0, true), 0x86dd), Eth(Ipv6Fragment(datagram[1480..], 1480, false), 0x86dd)]);
    }

    [Fact]
    public void Allocates_nothing_for_streams_in_order_out_of_order_and_with_gaps()
    {
        var (a, b) = (Framed(Message(1, 3000)), Framed(Query(2)));
        byte[] Client(uint sequence, byte[] data, string flags = "A", uint acknowledgement = 0) => Eth(Ipv4(Tcp(sequence, data, flags, acknowledgement), 6));
        byte[][] Connection(uint first) =>
        [
            Client(first, [], "S"), Client(first + 1, b), Client(first + 36, a[..1400]), Client(first + 2836, a[2800..]),
            Client(first + 1436, a[1400..2800]), Client(first + 3073, b),
            Eth(Ipv4(Tcp(9, [], "A", first + 5000, 53, 40000), 6, Server, Layers.Client)), Client(first + 5000, [], "R"),
        ];
        AssertNoAllocation([.. Connection(0), .. Connection(1_000_000)]);
    }

    private static byte[] Eth(byte[] payload, int type = 0x0800) => Ethernet(payload, type);

    private static void AssertNoAllocation(byte[][] frames)
    {
        var decoder = Decoding.NewDecoder();
        var delivered = 0;
        long number = 0;
        Run(200);

        Assert.Equal(0, Allocated.By(() => Run(200)));
        Assert.True(delivered >= 400);

        void Run(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                foreach (var frame in frames)
                {
                    var packet = new Packet
                    {
                        Data = frame,
                        OriginalLength = frame.Length,
                        LinkType = LinkType.Ethernet,
                        Number = ++number,
                        Time = PacketTime.FromNanoseconds(number * Second),
                    };
                    var payloads = decoder.Decode(in packet);
                    while (payloads.TryRead(out var payload))
                    {
                        delivered += payload.Data.IsEmpty ? 0 : 1;
                    }
                }
            }
        }
    }
}
