using System.Buffers.Binary;

namespace WireDns.Capture.Tests.Live;

/// <summary>Frames to send and to filter, put together from layers.</summary>
internal static class Frames
{
    public static byte[] Ethernet(ushort etherType, byte[] payload) =>
        [.. Convert.FromHexString("020000000001020000000002"), (byte)(etherType >> 8), (byte)etherType, .. payload];

    /// <summary>A tag and the EtherType behind it: the payload of an Ethernet frame of type 0x8100 or 0x88a8.</summary>
    public static byte[] Tag(ushort etherType, byte[] payload) => [0, 7, (byte)(etherType >> 8), (byte)etherType, .. payload];

    public static byte[] Ipv4(byte protocol, byte[] payload, ushort fragment = 0)
    {
        byte[] packet = [.. Convert.FromHexString("4500000000010000400000000a0000010a000002"), .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), fragment);
        packet[9] = protocol;
        return packet;
    }

    public static byte[] Ipv6(byte nextHeader, byte[] payload)
    {
        byte[] packet = [.. Convert.FromHexString("6000000000000040" + "20010db8000000000000000000000001" + "20010db8000000000000000000000002"), .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)payload.Length);
        packet[6] = nextHeader;
        return packet;
    }

    public static byte[] Udp(ushort source, ushort destination, int length = 20)
    {
        var datagram = new byte[8 + length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, source);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), destination);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        return datagram;
    }

    public static byte[] Tcp(ushort source, ushort destination)
    {
        var segment = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(segment, source);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), destination);
        segment[12] = 0x50;
        return segment;
    }
}
