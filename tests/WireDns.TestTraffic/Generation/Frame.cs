using System.Buffers.Binary;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// Puts the headers of Ethernet, IP, UDP and TCP in front of a payload that is in the frame already.
/// Every length and every checksum is right: what is wrong in a capture is wrong on purpose, elsewhere.
/// </summary>
internal static class Frame
{
    /// <summary>Octets of an Ethernet II header without a tag.</summary>
    public const int EthernetLength = 14;

    /// <summary>Octets of a UDP header, RFC 768.</summary>
    public const int UdpLength = 8;

    /// <summary>Octets of a TCP header without options, RFC 9293 §3.1.</summary>
    public const int TcpLength = 20;

    /// <summary>IP's number of TCP.</summary>
    public const byte Tcp = 6;

    /// <summary>IP's number of UDP.</summary>
    public const byte Udp = 17;

    // IEEE 802.3 §3.2.8: a frame has at least 64 octets, of which a capture does not show the four of the check
    // sequence.
    private const int ShortestFrame = 60;

    /// <summary>Octets of an IP header without options or extension headers.</summary>
    public static int IpLength(bool ipv6) => ipv6 ? 40 : 20;

    /// <summary>Where a UDP payload is in its frame.</summary>
    public static int UdpPayloadOffset(bool ipv6) => EthernetLength + IpLength(ipv6) + UdpLength;

    /// <summary>Where a TCP payload is in its frame.</summary>
    public static int TcpPayloadOffset(bool ipv6) => EthernetLength + IpLength(ipv6) + TcpLength;

    /// <summary>Writes the headers of a UDP datagram, and the padding after it; returns the frame's length.</summary>
    public static int WriteUdp(
        Span<byte> frame, in Endpoint source, in Endpoint destination, int payloadLength, ushort identification)
    {
        var datagramLength = UdpLength + payloadLength;
        var offset = WriteIp(frame, source.Host, destination.Host, Udp, datagramLength, identification);
        WriteUdpHeader(frame.Slice(offset, datagramLength), source, destination);
        return Pad(frame, offset + datagramLength);
    }

    /// <summary>Writes the UDP header at the start of a whole datagram, checksum included.</summary>
    public static void WriteUdpHeader(Span<byte> datagram, in Endpoint source, in Endpoint destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[4..], (ushort)datagram.Length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], 0);
        var checksum = Checksum(datagram, source.Host, destination.Host, Udp);

        // RFC 768: a sum of zero is sent as all ones, because zero says that there is none.
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], checksum == 0 ? (ushort)0xFFFF : checksum);
    }

    /// <summary>Writes the headers of a TCP segment, and the padding after it; returns the frame's length.</summary>
    public static int WriteTcp(Span<byte> frame, in TcpHeader header, int payloadLength, ushort identification)
    {
        var source = header.Source;
        var destination = header.Destination;
        var segmentLength = TcpLength + payloadLength;
        var offset = WriteIp(frame, source.Host, destination.Host, Tcp, segmentLength, identification);
        var segment = frame.Slice(offset, segmentLength);
        BinaryPrimitives.WriteUInt16BigEndian(segment, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], header.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], header.Acknowledgment);
        segment[12] = (TcpLength / 4) << 4;
        segment[13] = (byte)header.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment[14..], 0xFAF0);
        BinaryPrimitives.WriteUInt32BigEndian(segment[16..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], Checksum(segment, source.Host, destination.Host, Tcp));
        return Pad(frame, offset + segmentLength);
    }

    /// <summary>
    /// Writes the Ethernet and IP headers of a packet; returns where IP's payload begins. The IPv4 flags and the
    /// fragment offset, <paramref name="fragmentField"/>, are given as on the wire (RFC 791 §3.1); IPv6
    /// has none here.
    /// </summary>
    public static int WriteIp(
        Span<byte> frame,
        in Host source,
        in Host destination,
        byte protocol,
        int payloadLength,
        ushort identification,
        ushort fragmentField = 0)
    {
        destination.WriteHardwareAddress(frame);
        source.WriteHardwareAddress(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], source.IsIpv6 ? (ushort)0x86DD : (ushort)0x0800);
        var header = frame[EthernetLength..];
        if (source.IsIpv6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(header, 0x6000_0000);
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)payloadLength);
            header[6] = protocol;
            header[7] = 64;
            source.WriteAddress(header[8..]);
            destination.WriteAddress(header[24..]);
            return EthernetLength + 40;
        }

        header = header[..20];
        header[0] = 0x45;
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(20 + payloadLength));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], fragmentField);
        header[8] = 64;
        header[9] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        source.WriteAddress(header[12..]);
        destination.WriteAddress(header[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Finish(InternetChecksum.Add(0, header)));
        return EthernetLength + 20;
    }

    /// <summary>
    /// Fills a short frame with zeros up to Ethernet's least length; returns the length that results.
    /// </summary>
    public static int Pad(Span<byte> frame, int length)
    {
        if (length >= ShortestFrame)
        {
            return length;
        }

        frame[length..ShortestFrame].Clear();
        return ShortestFrame;
    }

    private static ushort Checksum(ReadOnlySpan<byte> segment, in Host source, in Host destination, byte protocol)
    {
        // RFC 9293 §3.1 and RFC 8200 §8.1: both pseudo-headers add up to the addresses, the protocol and the length.
        var sum = (ulong)protocol + (uint)segment.Length;
        sum += (source.High >> 32) + (uint)source.High + (source.Low >> 32) + (uint)source.Low;
        sum += (destination.High >> 32) + (uint)destination.High + (destination.Low >> 32) + (uint)destination.Low;
        return InternetChecksum.Finish(InternetChecksum.Add(sum, segment));
    }
}
