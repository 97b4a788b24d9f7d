using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>Packets that were cut before the capture, whose record says that they are whole.</summary>
public sealed class SlicedPacketTests
{
    [Theory]
    [InlineData("plain", "020000000053 020000000010 0800")]
    [InlineData("after a tag", "020000000053 020000000010 8100 0064 0800")]
    [InlineData("after two tags", "020000000053 020000000010 88a8 0064 8100 0065 0800")]
    public void What_is_there_of_a_sliced_query_is_read_and_marked(string about, string link)
    {
        var whole = Ipv4(Udp(Query(1)));
        var data = Join(Hex(link), whole[..^5]);

        var (payloads, decoder) = Decoding.Run([Frame(data, 1)]);

        var payload = Assert.Single(payloads);
        Assert.True(payload.IsTruncated, about);
        Assert.Equal(Query(1)[..^5], payload.Data);
        Assert.Equal(1, decoder.Counters.Selected);
        Assert.Equal(1, decoder.Counters.CountMessages(IncompleteReason.Sliced));
        Assert.Equal(0, decoder.Counters.CountMessages(IncompleteReason.SnapLength));
        Assert.Equal((1, data.Length, data.Length), Slices(decoder));
    }

    [Fact]
    public void A_udp_length_that_promises_more_than_a_whole_packet_has_is_a_slice()
    {
        var udp = Udp(Query(1));
        var data = Ethernet(Ipv4(udp[..^7]));

        var (payloads, decoder) = Decoding.Run([Frame(data, 1)]);

        Assert.True(Assert.Single(payloads).IsTruncated);
        Assert.Equal((1, data.Length, data.Length), Slices(decoder));
    }

    [Theory]
    [InlineData("VXLAN", 4789, "0800000000000100 020000000053 020000000010 0800")]
    [InlineData("GTP-U", 2152, "30ff003400000001")]
    [InlineData("LISP", 4341, "8000000000000000")]
    public void A_packet_that_a_mirror_cut_within_its_tunnel_is_counted_once(string about, int port, string header)
    {
        var inner = Ipv4(Udp(Query(1)));
        var outer = Ipv4(Udp(Join(Hex(header), inner[..^9]), 50000, port));

        var (payloads, decoder) = Decoding.Run(Raw([outer, outer]));

        Assert.Equal(2, payloads.Count);
        Assert.All(payloads, payload => Assert.True(payload.IsTruncated, about));
        Assert.Equal((2, outer.Length, outer.Length), Slices(decoder));
    }

    [Fact]
    public void A_packet_that_the_snap_length_cut_is_no_slice()
    {
        var whole = Ipv4(Udp(Query(1)));

        var (_, decoder) = Decoding.Run([Raw(whole[..^5], 1, originalLength: whole.Length)]);

        Assert.Equal((0, 0, 0), Slices(decoder));
        Assert.Equal(1, decoder.Counters.CountMessages(IncompleteReason.SnapLength));
    }

    [Fact]
    public void Slices_tell_the_lengths_that_they_were_cut_to()
    {
        var whole = Ipv4(Udp(Query(1)));
        var (_, decoder) = Decoding.Run(Raw([whole[..^5], whole[..^9], whole, whole[..^2]]));

        Assert.Equal((3, whole.Length - 9, whole.Length - 2), Slices(decoder));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public void A_first_fragment_that_was_cut_is_read_at_once_as_far_as_it_goes_and_its_datagram_is_counted_once(bool isIpv6, bool isFirst)
    {
        var message = Message(9, 900);
        var datagram = Udp(message);
        byte[] Fragment(int from, int to) => isIpv6
            ? Ipv6Fragment(datagram[from..to], from, more: to < datagram.Length)
            : Ipv4(datagram[from..to], offset: from, more: to < datagram.Length);
        byte[][] fragments = [Fragment(0, 480), Fragment(480, 720), Fragment(720, datagram.Length)];
        fragments[0] = fragments[0][..^100];
        if (!isFirst)
        {
            fragments = [fragments[2], fragments[0], fragments[1]];
        }

        var (payloads, decoder) = Decoding.Run(Raw(fragments));

        var payload = Assert.Single(payloads);
        Assert.Equal(isFirst ? 1 : 2, payload.Frame);
        Assert.True(payload.IsTruncated);
        Assert.Equal(message[..(480 - 100 - 8)], payload.Data);
        Assert.Equal(1, decoder.Counters.CountMessages(IncompleteReason.Sliced));
        Assert.Equal(1, decoder.Counters.IncompleteMessages);
        Assert.Equal((1, 2), (decoder.Counters.Selected, decoder.Counters.Count(IncompleteReason.FragmentCut)));
        Assert.Equal(2, decoder.Counters.Incomplete);
    }

    [Fact]
    public void After_a_first_fragment_that_was_cut_a_copy_is_a_copy_and_another_one_begins_a_datagram()
    {
        var first = Ipv4(Udp(Message(9, 900))[..480], more: true);
        var other = Udp(Message(8, 300));

        var (payloads, decoder) = Decoding.Run(Raw([
            first[..^100], first[..^100], Ipv4(other[..160], more: true), Ipv4(other[160..], offset: 160)]));

        Assert.Equal([(9, 1L), (8, 4L)], payloads.Select(payload => (payload.Id, payload.Frame)));
        Assert.Equal(1, decoder.Counters.Count(NotSelectedReason.DuplicateFragment));
        Assert.Equal((3, 0), (decoder.Counters.Selected, decoder.Counters.Incomplete));
    }

    [Fact]
    public void A_later_fragment_that_was_cut_counts_as_missing_until_a_whole_copy_comes()
    {
        var datagram = Udp(Message(9, 900));
        byte[][] fragments = [Ipv4(datagram[..480], more: true), Ipv4(datagram[480..], offset: 480)[..^100], Ipv4(datagram[480..], offset: 480)];

        var alone = Decoding.Run(Raw(fragments[..2]));
        var copied = Decoding.Run(Raw(fragments));

        Assert.Empty(alone.Payloads);
        Assert.Equal((1, 2), (alone.Decoder.Counters.IncompleteMessages, alone.Decoder.Counters.Count(IncompleteReason.FragmentUnfinished)));
        Assert.Equal(Message(9, 900), Assert.Single(copied.Payloads).Data);
        Assert.Equal((0, 3), (copied.Decoder.Counters.IncompleteMessages, copied.Decoder.Counters.Selected));
    }

    [Fact]
    public void Any_slice_of_any_frame_decodes_to_a_prefix_of_what_the_whole_one_has()
    {
        var frames = 0;
        foreach (var (name, packets) in TestCaptures.Torture())
        {
            foreach (var packet in packets.Take(4))
            {
                if (Decoding.Run([packet]).Payloads is not [{ Transport: Transport.Udp, IsTruncated: false } whole])
                {
                    continue;
                }

                frames++;
                for (var length = 0; length < packet.Data.Length; length++)
                {
                    var (payloads, decoder) = Decoding.Run([packet with { Data = packet.Data[..length], OriginalLength = length }]);
                    foreach (var payload in payloads)
                    {
                        Assert.True(whole.Data.AsSpan().StartsWith(payload.Data), $"{name}, {length} bytes: no prefix");
                        Assert.Equal(
                            whole with { Data = [], IsTruncated = false, Vlans = payload.Vlans }, payload with { Data = [], IsTruncated = false });
                        Assert.Equal(payload.Data.Length < whole.Data.Length, payload.IsTruncated);
                        Assert.True(!payload.IsTruncated || decoder.Counters.SlicedPackets == 1, $"{name}, {length} bytes");
                    }
                }
            }
        }

        Assert.True(frames > 300, $"{frames} frames");
    }

    private static CapturedPacket Frame(byte[] data, long number) =>
        new(data, data.Length, LinkType.Ethernet, PacketTime.FromNanoseconds(Second), number);

    private static (long Packets, int Shortest, int Longest) Slices(PacketDecoder decoder) =>
        (decoder.Counters.SlicedPackets, decoder.Counters.ShortestSliceInBytes, decoder.Counters.LongestSliceInBytes);
}
