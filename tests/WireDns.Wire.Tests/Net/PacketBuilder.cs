using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace WireDns.Wire.Tests.Net;

/// <summary>Builds packets, byte by byte, for tests that need more than a few.</summary>
internal static class PacketBuilder
{
    public const string Client = "192.0.2.10";
    public const string Server = "198.51.100.53";
    public const long Second = 1_000_000_000;

    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    /// <summary>A query for one short name, told from others by its id.</summary>
    public static byte[] Query(int id) => Join(Big16(id), Hex("0100 0001 0000 0000 0000 03777777 07 6578616d706c65 03636f6d 00 0001 0001"));

    /// <summary>A message of any length: a header that announces a record, and bytes that differ.</summary>
    public static byte[] Message(int id, int length)
    {
        var message = new byte[length];
        for (var i = 0; i < length; i++)
        {
            message[i] = (byte)((i * 31) + (id * 7) + 200);
        }

        Query(id)[..Math.Min(12, length)].CopyTo(message, 0);
        return message;
    }

    public static byte[] Framed(byte[] message) => Join(Big16(message.Length), message);

    public static byte[] Udp(byte[] payload, int source = 40000, int destination = 53) =>
        Join(Big16(source), Big16(destination), Big16(payload.Length + 8), Big16(0), payload);

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
        return Join(header, payload);
    }

    public static byte[] Ipv4(
        byte[] payload, byte protocol = 17, string source = Client, string destination = Server, int id = 1, int offset = 0, bool more = false) =>
        Join(
            Hex("4500"), Big16(payload.Length + 20), Big16(id), Big16((offset / 8) | (more ? 0x2000 : 0)), [64, protocol, 0, 0],
            IPAddress.Parse(source).GetAddressBytes(), IPAddress.Parse(destination).GetAddressBytes(), payload);

    public static byte[] Ipv6(byte[] payload, byte nextHeader = 17, string source = "2001:db8::10", string destination = "2001:db8:53::53") =>
        Join(
            Hex("60000000"), Big16(payload.Length), [nextHeader, 64],
            IPAddress.Parse(source).GetAddressBytes(), IPAddress.Parse(destination).GetAddressBytes(), payload);

    public static byte[] Ipv6Fragment(byte[] payload, int offset, bool more, uint id = 1, byte nextHeader = 17) =>
        Ipv6(Join([nextHeader, 0], Big16(offset | (more ? 1 : 0)), Hex(id.ToString("x8", CultureInfo.InvariantCulture)), payload), 44);

    public static byte[] Ethernet(byte[] payload, int type = 0x0800) => Join(Hex("020000000053 020000000010"), Big16(type), payload);

    /// <summary>A packet of raw IP; its time in nanoseconds is its number in milliseconds, or what is given.</summary>
    public static CapturedPacket Raw(byte[] data, long number, long? time = null, int? originalLength = null) => new(
        data, originalLength ?? data.Length, LinkType.Raw, PacketTime.FromNanoseconds(time ?? (1_000 * Second) + (number * 1_000_000)), number);

    /// <summary>Packets of raw IP, numbered from 1.</summary>
    public static IEnumerable<CapturedPacket> Raw(IEnumerable<byte[]> packets) => packets.Select((data, index) => Raw(data, index + 1));

    public static byte[] Big16(int value) => [(byte)(value >> 8), (byte)value];
}
