using System.Buffers.Binary;
using System.Text;

namespace WireDns.Tests.Live;

/// <summary>Frames with a DNS message over UDP, for what no client here sends by itself.</summary>
internal static class DnsFrames
{
    public static byte[] Ethernet(ushort type, params byte[] payload) =>
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 0x07, (byte)(type >> 8), (byte)type, .. payload];

    /// <summary>A tag, and the EtherType of what is in it.</summary>
    public static byte[] Tag(ushort id, ushort type, byte[] payload) => [(byte)(id >> 8), (byte)id, (byte)(type >> 8), (byte)type, .. payload];

    /// <summary>A query from 192.0.2.11 to 192.0.2.53, or the response to it.</summary>
    public static byte[] Ipv4(string name, ushort id, bool isResponse = false)
    {
        var datagram = Udp(name, id, isResponse);
        byte[] client = [192, 0, 2, 11], server = [192, 0, 2, 53];
        byte[] packet = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, .. isResponse ? server : client, .. isResponse ? client : server, .. datagram];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        return packet;
    }

    /// <summary>A query from 2001:db8:20::11 to 2001:db8:20::53.</summary>
    public static byte[] Ipv6(string name, ushort id)
    {
        var datagram = Udp(name, id, isResponse: false);
        var prefix = Convert.FromHexString("20010db80020000000000000000000");
        return [0x60, 0, 0, 0, 0, (byte)datagram.Length, 17, 64, .. prefix, 0x11, .. prefix, 0x53, .. datagram];
    }

    private static byte[] Udp(string name, ushort id, bool isResponse)
    {
        var labels = name.Split('.').SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)).ToArray();
        byte[] message =
        [
            (byte)(id >> 8), (byte)id, (byte)(isResponse ? 0x81 : 1), 0, 0, 1, 0, 0, 0, 0, 0, 0, .. labels, 0, 0, 1, 0, 1,
        ];
        byte[] client = [0x9c, 0x40], server = [0, 53];
        return [.. isResponse ? server : client, .. isResponse ? client : server, 0, (byte)(8 + message.Length), 0, 0, .. message];
    }
}
