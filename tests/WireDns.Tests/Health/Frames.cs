using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace WireDns.Tests.Health;

/// <summary>Ethernet frames and DNS messages to feed a pipeline with.</summary>
internal static class Frames
{
    /// <summary>A query or a response with one question and no record.</summary>
    public static byte[] Message(ushort id, bool isResponse, string name, ushort type = 1)
    {
        var message = new List<byte> { (byte)(id >> 8), (byte)id, (byte)(isResponse ? 0x81 : 0x01), (byte)(isResponse ? 0x80 : 0x00), 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        return [.. message];
    }

    /// <summary>UDP over IPv4.</summary>
    public static byte[] Udp(string source, ushort sourcePort, string destination, ushort destinationPort, ReadOnlySpan<byte> payload)
    {
        var datagram = new byte[8 + payload.Length];
        WritePorts(datagram, sourcePort, destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram.AsSpan(8));
        return Ipv4(source, destination, 17, 0, datagram);
    }

    /// <summary>TCP over IPv4.</summary>
    public static byte[] Tcp(
        string source, ushort sourcePort, string destination, ushort destinationPort, uint sequence, byte flags, ReadOnlySpan<byte> payload)
    {
        var segment = new byte[20 + payload.Length];
        WritePorts(segment, sourcePort, destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        segment[12] = 0x50;
        segment[13] = flags;
        payload.CopyTo(segment.AsSpan(20));
        return Ipv4(source, destination, 6, 0, segment);
    }

    /// <summary>An IPv4 packet, or a fragment: the last 16 bits of the fragment word are flags and offset.</summary>
    public static byte[] Ipv4(string source, string destination, byte protocol, ushort fragment, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[34 + payload.Length];
        frame[12] = 0x08;
        var ip = frame.AsSpan(14);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(20 + payload.Length));
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], 0x1234);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], fragment);
        ip[8] = 64;
        ip[9] = protocol;
        IPAddress.Parse(source).TryWriteBytes(ip[12..], out _);
        IPAddress.Parse(destination).TryWriteBytes(ip[16..], out _);
        payload.CopyTo(ip[20..]);
        return frame;
    }

    private static void WritePorts(Span<byte> header, ushort source, ushort destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header, source);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], destination);
    }
}
