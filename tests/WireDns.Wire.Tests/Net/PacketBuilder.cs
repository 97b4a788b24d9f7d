namespace WireDns.Wire.Tests.Net;

/// <summary>Short queries, messages of any length, and packets that hold them.</summary>
internal static class PacketBuilder
{
    /// <summary>A second in nanoseconds.</summary>
    public const long Second = 1_000_000_000;

    /// <summary>A query for one short name, told from others by its id.</summary>
    public static byte[] Query(int id) => DnsBytes.Query("www.example.com", (ushort)id);

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

    /// <summary>A packet of raw IP; its time is its number in milliseconds, given in nanoseconds, or the given time.</summary>
    public static CapturedPacket Raw(byte[] data, long number, long? time = null, int? originalLength = null) => new(
        data, originalLength ?? data.Length, LinkType.Raw, PacketTime.FromNanoseconds(time ?? (1_000 * Second) + (number * 1_000_000)), number);

    /// <summary>Packets of raw IP, numbered from 1.</summary>
    public static IEnumerable<CapturedPacket> Raw(IEnumerable<byte[]> packets) => packets.Select((data, index) => Raw(data, index + 1));
}
