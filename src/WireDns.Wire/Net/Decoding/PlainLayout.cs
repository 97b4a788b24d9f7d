using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;

namespace WireDns.Wire.Net.Decoding;

/// <summary>
/// Where the headers are in a frame of the shape that nearly all have: Ethernet, at most one 802.1Q tag, IPv4 without options and in one
/// piece or IPv6 without extension headers, TCP or UDP, wholly captured. Found in a few loads. Every other shape goes through the layers
/// one by one, which would give the same result for these.
/// </summary>
/// <param name="IpOffset">Where the IP header starts, in bytes.</param>
/// <param name="TransportOffset">Where the UDP or TCP header starts, in bytes; at least 8 bytes follow.</param>
/// <param name="End">Where the IP packet ends, in bytes; 0 where the frame has another shape.</param>
internal readonly record struct PlainLayout(int IpOffset, int TransportOffset, int End)
{
    private const int TagLength = 4;
    private const int MinimumTransportLength = UdpDatagram.HeaderLength;

    // An Ethernet header, a tag perhaps, and the fixed part of an IPv4 header, so that their bytes can be read without another check.
    private const int MinimumLength = EthernetFrame.HeaderLength + TagLength + Ipv4Packet.MinimumHeaderLength;

    public bool IsPlain => End != 0;

    public bool HasTag => IpOffset != EthernetFrame.HeaderLength;

    public bool IsIpv6 => TransportOffset - IpOffset == Ipv6Packet.HeaderLength;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainLayout Find(ReadOnlySpan<byte> frame)
    {
        const uint Ipv4WithoutOptions = 0x080045;
        const int Offset = EthernetFrame.HeaderLength;
        if (frame.Length < MinimumLength)
        {
            return default;
        }

        // EtherType, IP version and header length in one load.
        return BinaryPrimitives.ReadUInt32BigEndian(frame.Slice(Offset - 2, sizeof(uint))) >> 8 == Ipv4WithoutOptions
            ? FindIpv4(frame, Offset)
            : FindOther(frame);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PlainLayout FindIpv4(ReadOnlySpan<byte> frame, int offset)
    {
        const uint MoreFragmentsAndOffset = 0x3fff;
        var header = frame.Slice(offset, Ipv4Packet.MinimumHeaderLength);

        // Two fields in a load of four octets each: the total length before the identification, flags and offset before time to live and protocol.
        var length = (int)(BinaryPrimitives.ReadUInt32BigEndian(header[2..]) >> 16);
        var fragmentAndProtocol = BinaryPrimitives.ReadUInt32BigEndian(header[6..]);
        return (byte)fragmentAndProtocol is IpProtocol.Tcp or IpProtocol.Udp
            && (fragmentAndProtocol & (MoreFragmentsAndOffset << 16)) == 0
            && length >= Ipv4Packet.MinimumHeaderLength + MinimumTransportLength && length <= frame.Length - offset
            ? new PlainLayout(offset, offset + Ipv4Packet.MinimumHeaderLength, offset + length)
            : default;
    }

    private static PlainLayout FindOther(ReadOnlySpan<byte> frame)
    {
        var offset = EthernetFrame.HeaderLength;
        var type = BinaryPrimitives.ReadUInt16BigEndian(frame[(offset - 2)..]);
        if (type == EtherType.Vlan)
        {
            offset += TagLength;
            type = BinaryPrimitives.ReadUInt16BigEndian(frame[(offset - 2)..]);
        }

        const byte VersionAndHeaderLength = 0x45;
        return type switch
        {
            EtherType.Ipv4 when frame[offset] == VersionAndHeaderLength => FindIpv4(frame, offset),
            EtherType.Ipv6 when frame.Length - offset >= Ipv6Packet.HeaderLength => FindIpv6(frame, offset),
            _ => default,
        };
    }

    private static PlainLayout FindIpv6(ReadOnlySpan<byte> frame, int offset)
    {
        var header = frame.Slice(offset, Ipv6Packet.HeaderLength);
        int length = BinaryPrimitives.ReadUInt16BigEndian(header[4..]);
        var transport = offset + Ipv6Packet.HeaderLength;
        return header[0] >> 4 == 6 && header[6] is IpProtocol.Tcp or IpProtocol.Udp
            && length >= MinimumTransportLength && length <= frame.Length - transport
            ? new PlainLayout(offset, transport, transport + length)
            : default;
    }
}
