using System.Buffers.Binary;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Wire.Tests.Net;

/// <summary>Runs packets through a decoder and asserts, after each, that every packet is in exactly one counter.</summary>
internal static class Decoding
{
    public static PacketDecoder NewDecoder(PacketDecoderOptions? options = null) => new(options ?? new PacketDecoderOptions(), LooksLikeMessage);

    public static (List<DecodedPayload> Payloads, PacketDecoder Decoder) Run(
        IEnumerable<CapturedPacket> packets, PacketDecoderOptions? options = null)
    {
        var decoder = NewDecoder(options);
        var payloads = new List<DecodedPayload>();
        foreach (var packet in packets)
        {
            Add(decoder.Decode(packet.ToPacket()), payloads);
            AssertSum(decoder.Counters);
        }

        Add(decoder.Finish(), payloads);
        AssertSum(decoder.Counters);
        Assert.Equal(0, decoder.Counters.Held);
        return (payloads, decoder);
    }

    public static void Add(PayloadReader reader, List<DecodedPayload> payloads)
    {
        while (reader.TryRead(out var payload))
        {
            payloads.Add(DecodedPayload.Copy(in payload));
        }
    }

    public static void AssertSum(PacketCounters counters)
    {
        Assert.True(counters.Held >= 0, $"held {counters.Held}");
        Assert.Equal(
            counters.Packets,
            counters.Selected + counters.NotSelected + counters.Undecodable + counters.Incomplete + counters.Held);
    }

    /// <summary>A header that a DNS message of that length could have; with fewer bytes less is checked.</summary>
    public static bool LooksLikeMessage(ReadOnlySpan<byte> start, int messageLength)
    {
        if (messageLength < 12)
        {
            return false;
        }

        if (start.Length < 12)
        {
            return start.Length < 3 || ((start[2] >> 3) & 0xf) is 0 or 1 or 2 or 4 or 5 or 6;
        }

        var opcode = (start[2] >> 3) & 0xf;
        var questions = BinaryPrimitives.ReadUInt16BigEndian(start[4..]);
        var records = BinaryPrimitives.ReadUInt16BigEndian(start[6..]) + BinaryPrimitives.ReadUInt16BigEndian(start[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(start[10..]);
        return opcode is 0 or 1 or 2 or 4 or 5 or 6 && questions <= 16 && 12 + (questions * 5) + (records * 11) <= messageLength;
    }
}
