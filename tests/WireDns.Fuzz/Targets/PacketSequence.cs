using System.Buffers.Binary;

namespace WireDns.Fuzz.Targets;

/// <summary>
/// Consecutive packets in an input: each with its length in two octets, its link type, and the time since the one before it in
/// sixteenths of a second. What connects packets in captures also connects them in inputs.
/// </summary>
internal static class PacketSequence
{
    private const int HeaderLength = 4;
    private const long Sixteenth = 1_000_000_000 / 16;

    /// <summary>Decodes the packets and ends the input.</summary>
    public static void Decode(DecoderInspector inspector, ReadOnlySpan<byte> packets, FeatureMap features)
    {
        var time = Sixteenth;
        while (packets.Length >= HeaderLength)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(packets);
            var linkType = LinkTypes.Get(packets[2]);
            time += packets[3] * Sixteenth;
            packets = packets[HeaderLength..];
            var data = packets[..Math.Min(length, packets.Length)];
            packets = packets[data.Length..];
            inspector.Decode(linkType, data, length, time, features);
        }

        inspector.Finish(features);
    }

    /// <summary>An input of the packets that a target wants, as many as fit.</summary>
    public static byte[] From(IEnumerable<CapturedPacket> packets, byte mode, int maximumLength)
    {
        var input = new List<byte> { mode };
        foreach (var packet in packets)
        {
            if (input.Count + HeaderLength + packet.Data.Length > maximumLength)
            {
                break;
            }

            input.AddRange([(byte)(packet.Data.Length >> 8), (byte)packet.Data.Length, LinkTypes.IndexOf(packet.LinkType), 1]);
            input.AddRange(packet.Data);
        }

        return [.. input];
    }
}
