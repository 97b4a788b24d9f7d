using System.Buffers.Binary;

namespace WireDns.Wire.Net.Ip;

/// <summary>Tells whether bytes look like an IP packet, where no field says what they are.</summary>
internal static class IpHeaders
{
    /// <summary>Whether the bytes start with an IPv4 or IPv6 header that fits them. The packet itself may be cut.</summary>
    public static bool ArePlausible(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && (bytes[0] >> 4) switch
    {
        4 => bytes.Length >= Ipv4Packet.MinimumHeaderLength && (bytes[0] & 0x0f) >= 5 && bytes[9] != 0
            && BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) is 0 or >= Ipv4Packet.MinimumHeaderLength,
        6 => bytes.Length >= Ipv6Packet.HeaderLength,
        _ => false,
    };
}
