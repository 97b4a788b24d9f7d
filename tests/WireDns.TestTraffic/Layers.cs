using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace WireDns.TestTraffic;

/// <summary>
/// Builds packets from the inside out: each method puts one header in front of a payload. Lengths are right; checksums are zero, since no decoder
/// here looks at them.
/// </summary>
internal static class Layers
{
    /// <summary>The client of every packet that names none.</summary>
    public const string Client = "192.0.2.10";

    /// <summary>The server of every packet that names none.</summary>
    public const string Server = "198.51.100.53";

    /// <summary>Bytes of hexadecimal digits with spaces anywhere.</summary>
    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    /// <summary>A 16-bit number in network byte order.</summary>
    public static byte[] Big16(int value) => [(byte)(value >> 8), (byte)value];

    /// <summary>A DNS message over TCP: its length, and the message (RFC 1035 §4.2.2).</summary>
    public static byte[] Framed(byte[] message) => Join(Big16(message.Length), message);

    public static byte[] Udp(byte[] payload, int source = 40000, int destination = 53) =>
        [.. Big16(source), .. Big16(destination), .. Big16(payload.Length + 8), 0, 0, .. payload];

    /// <summary>A TCP segment; its flags by the first letters of FIN, SYN, RST and ACK.</summary>
    public static byte[] Tcp(
        uint sequence, byte[] payload, string flags = "A", uint acknowledgement = 0, int source = 40000, int destination = 53)
    {
        var header = new byte[20];
        Big16(source).CopyTo(header, 0);
        Big16(destination).CopyTo(header, 2);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), acknowledgement);
        header[12] = 0x50;
        header[13] = (byte)flags.Sum(flag => flag switch { 'F' => 1, 'S' => 2, 'R' => 4, 'A' => 16, _ => 0 });
        return [.. header, .. payload];
    }

    /// <summary>An IPv4 packet, or a fragment at an offset in bytes.</summary>
    public static byte[] Ipv4(
        byte[] payload,
        byte protocol = 17,
        string source = Client,
        string destination = Server,
        int id = 1,
        int offset = 0,
        bool more = false,
        bool doNotFragment = false) =>
    [
        0x45, 0, .. Big16(payload.Length + 20), .. Big16(id), .. Big16((offset / 8) | (more ? 0x2000 : 0) | (doNotFragment ? 0x4000 : 0)),
        64, protocol, 0, 0, .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. payload,
    ];

    public static byte[] Ipv6(
        byte[] payload, byte nextHeader = 17, string source = "2001:db8::10", string destination = "2001:db8:53::53") =>
    [
        0x60, 0, 0, 0, .. Big16(payload.Length), nextHeader, 64, .. IPAddress.Parse(source).GetAddressBytes(),
        .. IPAddress.Parse(destination).GetAddressBytes(), .. payload,
    ];

    /// <summary>An IPv6 packet with a fragment at an offset in bytes.</summary>
    public static byte[] Ipv6Fragment(byte[] payload, int offset, bool more, uint id = 1, byte nextHeader = 17) => Ipv6(
        [nextHeader, 0, .. Big16(offset | (more ? 1 : 0)), .. Hex(id.ToString("x8", CultureInfo.InvariantCulture)), .. payload], 44);

    /// <summary>An Ethernet II frame.</summary>
    public static byte[] Ethernet(byte[] payload, int type = 0x0800) =>
        [.. Hex("020000000053 020000000010"), .. Big16(type), .. payload];

    /// <summary>A VLAN tag, with the EtherType of what it holds: the payload of a frame of type 0x8100 or 0x88a8.</summary>
    public static byte[] Tag(byte[] payload, int type = 0x0800, int id = 7) => [.. Big16(id), .. Big16(type), .. payload];
}
