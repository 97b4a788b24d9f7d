using System.Buffers.Binary;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>Messages as bytes, for tests.</summary>
internal static class MessageBytes
{
    // Type, class, TTL and RDLENGTH.
    private const int RecordFixedLength = 10;

    /// <summary>A response with one answer, its owner the root.</summary>
    public static byte[] WithAnswer(DnsRecordType type, DnsClass dnsClass, ReadOnlySpan<byte> data)
    {
        var message = new byte[DnsHeader.LengthInBytes + 1 + RecordFixedLength + data.Length];
        message[2] = 0x80;
        message[7] = 1;
        var rest = message.AsSpan(DnsHeader.LengthInBytes + 1);
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)dnsClass);
        BinaryPrimitives.WriteUInt16BigEndian(rest[8..], (ushort)data.Length);
        data.CopyTo(rest[RecordFixedLength..]);
        return message;
    }

    /// <summary>A query with one question of type A.</summary>
    public static byte[] WithQuestion(ReadOnlySpan<byte> wireName)
    {
        byte[] message = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. wireName, 0, 1, 0, 1];
        return message;
    }

    /// <summary>Bytes of hexadecimal digits with spaces anywhere.</summary>
    public static byte[] FromHex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
