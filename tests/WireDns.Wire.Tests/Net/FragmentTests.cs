using WireDns.Wire.Net;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

public sealed class FragmentTests
{
    [Theory]
    [InlineData(8, false, 1)]
    [InlineData(24, true, 2)]
    [InlineData(1480, false, 3)]
    [InlineData(2048, true, 4)]
    public void Puts_a_datagram_together_in_any_order(int size, bool isIpv6, int seed)
    {
        var datagram = Udp(Message(9, 5001));
        var fragments = Split(datagram, size, isIpv6).ToArray();
        new Random(seed).Shuffle(fragments);

        var (payloads, decoder) = Decoding.Run(Raw(fragments));

        var payload = Assert.Single(payloads);
        Assert.Equal(Message(9, 5001), payload.Data);
        Assert.Equal(fragments.Length, payload.Frame);
        Assert.Equal(fragments.Length, decoder.Counters.Selected);
        Assert.False(payload.HasOverlap);
    }

    [Fact]
    public void Keeps_the_byte_that_arrived_first_and_says_so()
    {
        var real = Udp(Message(1, 100));
        var other = Udp(Message(2, 100));

        var (payloads, decoder) = Decoding.Run(Raw([
            Ipv4(real[..64], more: true), Ipv4(other[32..96], offset: 32, more: true), Ipv4(real[96..], offset: 96)]));

        var payload = Assert.Single(payloads);
        Assert.Equal(Join(real[8..64], other[64..96], real[96..]), payload.Data);
        Assert.True(payload.HasOverlap);
        Assert.Equal(1, decoder.Counters.OverlapsWithDifferentBytes);
    }

    [Fact]
    public void Ignores_copies_also_of_the_fragment_that_completed()
    {
        var fragments = Split(Udp(Message(1, 300)), 120, false).SelectMany(fragment => new[] { fragment, fragment });

        var (payloads, decoder) = Decoding.Run(Raw(fragments));

        Assert.Single(payloads);
        Assert.Equal(3, decoder.Counters.Selected);
        Assert.Equal(3, decoder.Counters.Count(NotSelectedReason.DuplicateFragment));
        Assert.Equal(0, decoder.Counters.IncompleteMessages);
    }

    [Fact]
    public void Lets_a_datagram_go_whose_first_fragment_shows_other_ports()
    {
        var other = Split(Udp(Message(1, 300), destination: 5000), 120, false).ToArray();
        var ours = Split(Udp(Message(2, 300)), 120, false).ToArray();

        // The identification is reused at once, for a datagram that is selected.
        var (payloads, decoder) = Decoding.Run(Raw([other[1], other[0], other[2], .. ours]));

        Assert.Equal(2, Assert.Single(payloads).Id);
        Assert.Equal(3, decoder.Counters.Count(NotSelectedReason.OtherPort));
        Assert.Equal(0, decoder.Counters.IncompleteMessages);
    }

    [Fact]
    public void Does_not_let_a_datagram_go_for_a_second_first_fragment()
    {
        var ours = Split(Udp(Message(2, 300)), 120, false).ToArray();
        var decoy = Split(Udp(Message(2, 300), destination: 5000), 120, false).First();

        var (payloads, decoder) = Decoding.Run(Raw([ours[0], decoy, ours[1], ours[2]]));

        Assert.True(Assert.Single(payloads).HasOverlap);
        Assert.Equal(3, decoder.Counters.Selected);
    }

    [Fact]
    public void Refuses_an_ipv6_datagram_for_good_once_its_fragments_overlap()
    {
        var datagram = Udp(Message(1, 200));

        var (payloads, decoder) = Decoding.Run(Raw([
            Ipv6Fragment(datagram[..64], 0, true), Ipv6Fragment(datagram[56..128], 56, true), Ipv6Fragment(datagram[..64], 0, true),
            Ipv6Fragment(datagram[64..], 64, false)]));

        Assert.Empty(payloads);
        Assert.Equal(4, decoder.Counters.Count(UndecodableReason.OverlappingFragments));
    }

    [Fact]
    public void Takes_copies_of_ipv6_fragments_for_copies()
    {
        var fragments = Split(Udp(Message(1, 5000)), 1024, true).ToArray();

        var (payloads, decoder) = Decoding.Run(Raw([fragments[1], .. fragments, .. fragments[..^1].Reverse()]));

        Assert.Single(payloads);
        Assert.Equal(0, decoder.Counters.Undecodable);
    }

    [Fact]
    public void Gives_a_datagram_up_after_its_time_and_not_when_time_goes_backwards()
    {
        var fragments = Split(Udp(Message(1, 300)), 160, false).ToArray();
        var start = 1_000 * Second;

        var late = Decoding.Run([Raw(fragments[0], 1, start), Raw(fragments[1], 2, start + (61 * Second))]);
        var early = Decoding.Run([Raw(fragments[0], 1, start), Raw(fragments[1], 2, start - (900 * Second))]);

        Assert.Empty(late.Payloads);
        Assert.Equal(1, late.Decoder.Counters.CountMessages(IncompleteReason.FragmentTimeout));
        Assert.Equal(1, late.Decoder.Counters.Count(IncompleteReason.FragmentUnfinished));
        Assert.Single(early.Payloads);
    }

    [Fact]
    public void Evicts_the_oldest_datagram_when_there_are_too_many()
    {
        var options = new PacketDecoderOptions { MaximumFragmentedDatagrams = 4 };
        var datagrams = Enumerable.Range(1, 6).Select(id => Split(Udp(Message(id, 300)), 160, false, id).ToArray()).ToArray();

        var (payloads, decoder) = Decoding.Run(
            Raw([.. datagrams.Select(fragments => fragments[0]), .. datagrams.Reverse().Select(fragments => fragments[1])]), options);

        Assert.Equal([6, 5, 4, 3], payloads.Select(payload => payload.Id));
        Assert.True(decoder.Counters.EvictedFragmentedDatagrams >= 2);
        Assert.Equal(2, decoder.Counters.Count(IncompleteReason.FragmentEvicted));
    }

    [Fact]
    public void Keeps_its_memory_bounded_under_a_flood_of_large_fragments()
    {
        // This thread's allocations, not the heap: other tests run meanwhile.
        var options = new PacketDecoderOptions { FragmentMemoryInBytes = 1 << 20 };
        var decoder = Decoding.NewDecoder(options);
        var payload = new byte[8000];
        long allocated = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var fragment = Ipv4(payload, id: i & 0xffff, offset: 8000 + (i % 5 * 8000), more: true, source: $"10.0.{i >> 16}.{i % 251}");
            var packet = Raw(fragment, i + 1, 1_000 * Second);
            var before = GC.GetAllocatedBytesForCurrentThread();
            decoder.Decode(packet.ToPacket());
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.InRange(allocated, 0, 8 << 20);
        Assert.True(decoder.Counters.EvictedFragmentedDatagrams > 10_000);
        Decoding.AssertSum(decoder.Counters);

        var split = Split(Udp(Message(1, 3000)), 1480, false).Select((data, i) => Raw(data, 20_001 + i, 1_000 * Second));
        var payloads = new List<DecodedPayload>();
        foreach (var packet in split)
        {
            Decoding.Add(decoder.Decode(packet.ToPacket()), payloads);
        }

        Assert.Single(payloads);
    }

    [Fact]
    public void Counts_the_fragments_of_a_tcp_segment_with_their_message()
    {
        var segment = Tcp(1, Framed(Message(5, 200)));
        var tail = Tcp(203, Framed(Message(6, 200))[..100]);

        var (payloads, decoder) = Decoding.Run(Raw([
            Ipv4(Tcp(0, [], "S"), 6), .. Split(segment, 80, false, 1, 6), .. Split(tail, 80, false, 2, 6)]));

        Assert.Equal(5, Assert.Single(payloads).Id);
        Assert.Equal(3, decoder.Counters.Selected);
        Assert.Equal(2, decoder.Counters.Count(IncompleteReason.TcpUnfinished));
    }

    private static IEnumerable<byte[]> Split(byte[] datagram, int size, bool isIpv6, int id = 1, byte protocol = 17)
    {
        for (var offset = 0; offset < datagram.Length; offset += size)
        {
            var part = datagram[offset..Math.Min(offset + size, datagram.Length)];
            var more = offset + size < datagram.Length;
            yield return isIpv6 ? Ipv6Fragment(part, offset, more, (uint)id, protocol) : Ipv4(part, protocol, id: id, offset: offset, more: more);
        }
    }
}
