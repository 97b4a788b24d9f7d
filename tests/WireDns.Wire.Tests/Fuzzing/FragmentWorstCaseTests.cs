using System.Buffers.Binary;
using WireDns.Fuzz.Targets;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;
using WireDns.Wire.Tests.Net;

namespace WireDns.Wire.Tests.Fuzzing;

/// <summary>Fragments that a sender shaped to cost as much as possible.</summary>
[Collection(nameof(Undisturbed))]
public sealed class FragmentWorstCaseTests
{
    private readonly PacketDecoder _decoder = Decoding.NewDecoder();
    private readonly ServerFrames _frames = new();
    private readonly List<DecodedPayload> _payloads = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_longest_datagram_in_the_shortest_fragments_comes_out_whole(bool isIpv6)
    {
        var datagram = Datagram(65_528 - (isIpv6 ? 0 : 20));
        for (var offset = (datagram.Length - 1) / 8 * 8; offset >= 0; offset -= 8)
        {
            var end = Math.Min(datagram.Length, offset + 8);
            Send(_frames.WriteFragment(isIpv6, 1, offset, end < datagram.Length, datagram.AsSpan(offset..end)));
        }

        Assert.Equal(datagram[8..], Assert.Single(_payloads).Data);
        Assert.Equal((datagram.Length + 7) / 8, _decoder.Counters.Selected);
    }

    [Fact]
    public void Datagrams_that_never_end_give_way_to_newer_ones()
    {
        const int Count = 30_000;
        var bound = new PacketDecoderOptions().MaximumFragmentedDatagrams;
        var first = Datagram(16);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var number = 0; number < Count; number++)
        {
            Send(_frames.WriteFragment(true, number, 0, true, first));
        }

        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(_decoder.Counters.Held, 1, bound);
        Assert.Equal(Count - _decoder.Counters.Held, _decoder.Counters.EvictedFragmentedDatagrams);
        Assert.Equal(_decoder.Counters.EvictedFragmentedDatagrams, _decoder.Counters.Count(IncompleteReason.FragmentEvicted));
        Assert.InRange(taken, 1 << 16, 24 << 20);
    }

    [Fact]
    public void Fragments_over_each_other_with_other_bytes_each_time_cost_nothing_but_their_length()
    {
        const int Rounds = 500;
        var datagram = Datagram(40_000);
        Send(_frames.WriteFragment(false, 1, 0, true, datagram));
        for (var round = 1; round <= Rounds; round++)
        {
            var other = datagram.ToArray();
            other.AsSpan(8).Fill((byte)round);
            Send(_frames.WriteFragment(false, 1, 0, true, other));
        }

        Send(_frames.WriteFragment(false, 1, datagram.Length, false, default));

        var payload = Assert.Single(_payloads);
        Assert.Equal(datagram[8..], payload.Data);
        Assert.True(payload.HasOverlap);
        Assert.Equal(Rounds, _decoder.Counters.OverlapsWithDifferentBytes);
    }

    private static byte[] Datagram(int length)
    {
        var datagram = new byte[length];
        for (var place = 8; place < length; place++)
        {
            datagram[place] = (byte)(place * 7);
        }

        BinaryPrimitives.WriteUInt16BigEndian(datagram, 53);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), 4000);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)length);
        return datagram;
    }

    private void Send(ReadOnlySpan<byte> frame)
    {
        var packet = new Packet
        {
            Data = frame,
            OriginalLength = frame.Length,
            LinkType = LinkType.Ethernet,
            Time = PacketTime.FromNanoseconds(1_000_000_000),
            Number = 1,
        };
        Decoding.Add(_decoder.Decode(in packet), _payloads);
    }
}
