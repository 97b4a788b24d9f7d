using WireDns.Fuzz;
using WireDns.Fuzz.Targets;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;
using WireDns.Wire.Tests.Net;

namespace WireDns.Wire.Tests.Fuzzing;

/// <summary>What fuzzing found, reduced as far as possible, and where it came from.</summary>
public sealed class FoundInputTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData("fragments of an input that is older than the one before it never expired", "fragments", "000000000000000000000300c0000000e9000000f0000000")]
    [InlineData("a fragment of IPv6 with another's place and other bytes went unsaid", "fragments", "010100000000530000000a006c0063000000000c00000001")]
    [InlineData("a packet whose end was delivered counted as incomplete for its start", "tcp", "7241003a00630072002f38002e000d004100630070003a002a002a0d0a0d0a481900000008002f00650074006e000040002d00c0a80100c0")]
    public void An_input_that_was_found_is_decoded(string description, string targetName, string hex)
    {
        var target = FuzzTargets.Create(targetName)!;
        // Minutes of another input before it.
        target.Run(Convert.FromHexString("01020202c0000000c0000000c0000000c0000000c0000000c0000000"), new FeatureMap());

        var failure = Record.Exception(() => target.Run(Convert.FromHexString(hex), new FeatureMap()));

        Assert.True(failure is null, $"{description}: {failure}");
    }

    [Fact]
    public void Time_begins_anew_with_each_input()
    {
        var decoder = Decoding.NewDecoder();
        var frames = new ServerFrames();
        byte[] datagram = [0, 53, 16, 0, 0, 24, 0, 0, .. new byte[16]];
        Decode(frames.WriteFragment(false, 1, 0, true, datagram.AsSpan(0, 16)), 1000 * Second);
        Decoding.Add(decoder.Finish(), []);

        // From a file of long ago, with more than a minute between its fragments.
        Decode(frames.WriteFragment(false, 2, 0, true, datagram.AsSpan(0, 16)), 10 * Second);
        var delivered = Decode(frames.WriteFragment(false, 2, 16, false, datagram.AsSpan(16)), 80 * Second);

        Assert.Empty(delivered);
        Assert.Equal(1, decoder.Counters.Count(IncompleteReason.FragmentTimeout));

        List<DecodedPayload> Decode(ReadOnlySpan<byte> frame, long time) => DecodeOne(decoder, frame, time);
    }

    [Fact]
    public void A_copy_of_an_IPv6_fragment_with_other_bytes_is_said_to_be_one()
    {
        var decoder = Decoding.NewDecoder();
        var frames = new ServerFrames();
        byte[] datagram = [0, 53, 16, 0, 0, 24, 0, 0, .. new byte[16]];
        DecodeOne(decoder, frames.WriteFragment(true, 1, 0, true, datagram.AsSpan(0, 16)), Second);
        DecodeOne(decoder, frames.WriteFragment(true, 1, 0, true, [0, 53, 16, 0, 0, 24, 0, 0, .. "other!!!"u8]), Second);
        var payload = Assert.Single(DecodeOne(decoder, frames.WriteFragment(true, 1, 16, false, datagram.AsSpan(16)), Second));

        Assert.Equal(datagram[8..], payload.Data);
        Assert.True(payload.HasOverlap);
        Assert.Equal(1, decoder.Counters.OverlapsWithDifferentBytes);
    }

    private static List<DecodedPayload> DecodeOne(PacketDecoder decoder, ReadOnlySpan<byte> frame, long time)
    {
        var payloads = new List<DecodedPayload>();
        var packet = new Packet
        {
            Data = frame,
            OriginalLength = frame.Length,
            LinkType = LinkType.Ethernet,
            Time = PacketTime.FromNanoseconds(time),
            Number = 1,
        };
        Decoding.Add(decoder.Decode(in packet), payloads);
        Decoding.AssertSum(decoder.Counters);
        return payloads;
    }
}
