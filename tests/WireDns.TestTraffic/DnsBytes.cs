using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace WireDns.TestTraffic;

/// <summary>DNS messages as bytes, built by RFC 1035 alone.</summary>
internal static class DnsBytes
{
    public const ushort A = 1;
    public const ushort Cname = 5;
    public const ushort Txt = 16;
    public const ushort Opt = 41;

    /// <summary>A query with RD set.</summary>
    public static byte[] Query(string name, ushort id = 1, ushort type = A) => Message(id, 0x0100, [Question(name, type)], []);

    /// <summary>A response with RD and RA set, and records in the answer section.</summary>
    public static byte[] Response(string name, ushort id = 1, ushort type = A, ushort responseCode = 0, params byte[][] answers) =>
        Message(id, (ushort)(0x8180 | responseCode), [Question(name, type)], answers);

    /// <summary>A message with any header.</summary>
    public static byte[] Message(ushort id, ushort flags, byte[][] questions, byte[][] answers, byte[][]? additional = null)
    {
        var header = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), flags);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)questions.Length);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)answers.Length);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), (ushort)(additional?.Length ?? 0));
        return [.. header, .. questions.SelectMany(bytes => bytes), .. answers.SelectMany(bytes => bytes), .. (additional ?? []).SelectMany(bytes => bytes)];
    }

    /// <summary>A response without a question and with one answer of any class, owned by the root.</summary>
    public static byte[] WithAnswer(ushort type, ushort dnsClass, ReadOnlySpan<byte> data) =>
        [0, 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, .. Number(type), .. Number(dnsClass), 0, 0, 0, 0, .. Number((ushort)data.Length), .. data];

    /// <summary>A query for the addresses of a name that is given as on the wire.</summary>
    public static byte[] WithQuestion(ReadOnlySpan<byte> wireName) => [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. wireName, 0, 1, 0, 1];

    public static byte[] Question(string name, ushort type = A) => [.. Name(name), .. Number(type), 0, 1];

    /// <summary>An address as it appears in the name.</summary>
    public static byte[] Address(string name, string address, uint timeToLive = 60) =>
        Record(name, IPAddress.Parse(address).GetAddressBytes() is { Length: 4 } ? A : (ushort)28, timeToLive, IPAddress.Parse(address).GetAddressBytes());

    public static byte[] Record(string name, ushort type, uint timeToLive, byte[] data) =>
    [
        .. Name(name), .. Number(type), 0, 1, .. Number((ushort)(timeToLive >> 16)), .. Number((ushort)timeToLive),
        .. Number((ushort)data.Length), .. data,
    ];

    /// <summary>An OPT record whose extended response code adds to the header's.</summary>
    public static byte[] Edns(byte extendedResponseCode = 0) => [0, .. Number(Opt), 0x04, 0xd0, extendedResponseCode, 0, 0, 0, 0, 0];

    /// <summary>The name on the wire; a backslash before a dot makes it part of the label.</summary>
    public static byte[] Name(string name)
    {
        var bytes = new List<byte>();
        foreach (var label in name.TrimEnd('.').Replace(@"\.", "\0", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var text = Encoding.Latin1.GetBytes(label.Replace('\0', '.'));
            bytes.Add((byte)text.Length);
            bytes.AddRange(text);
        }

        bytes.Add(0);
        return [.. bytes];
    }

    private static byte[] Number(ushort value) => [(byte)(value >> 8), (byte)value];
}
