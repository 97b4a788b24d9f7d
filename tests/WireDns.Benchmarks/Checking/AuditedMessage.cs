using System.Buffers.Binary;
using System.Text;

namespace WireDns.Benchmarks.Checking;

/// <summary>
/// Reads a whole DNS message (RFC 1035 §4.1) for what the generator writes: one question and sound records.
/// </summary>
internal static class AuditedMessage
{
    /// <summary>The question's name in dotted text; null unless every octet of the message is accounted for.</summary>
    public static string? QuestionName(ReadOnlySpan<byte> message)
    {
        if (message.Length < 12 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return null;
        }

        var position = 12;
        if (ReadName(message, ref position) is not { } question)
        {
            return null;
        }

        position += 4;
        var records = BinaryPrimitives.ReadUInt16BigEndian(message[6..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        for (var record = 0; record < records; record++)
        {
            if (!SkipRecord(message, ref position))
            {
                return null;
            }
        }

        return position == message.Length ? question : null;
    }

    private static bool SkipRecord(ReadOnlySpan<byte> message, ref int position)
    {
        if (ReadName(message, ref position) is null || position + 10 > message.Length)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        var end = position + 10 + BinaryPrimitives.ReadUInt16BigEndian(message[(position + 8)..]);
        position += 10;
        var dataLength = end - position;
        var isSound = type switch
        {
            1 => dataLength == 4,
            28 => dataLength == 16,
            5 => ReadName(message, ref position) is not null && position == end,
            6 => ReadName(message, ref position) is not null && ReadName(message, ref position) is not null
                && position + 20 == end,
            41 => true,
            _ => false,
        };
        position = end;
        return isSound && end <= message.Length;
    }

    private static string? ReadName(ReadOnlySpan<byte> message, ref int position)
    {
        var text = new StringBuilder();
        var cursor = position;
        var jumps = 0;
        while (cursor < message.Length)
        {
            var length = message[cursor++];
            if (length >= 0xC0 && cursor < message.Length && jumps < 10)
            {
                position = jumps++ == 0 ? cursor + 1 : position;
                cursor = ((length & 0x3F) << 8) | message[cursor];
            }
            else if (length == 0)
            {
                position = jumps == 0 ? cursor : position;
                return text.ToString();
            }
            else if (length > 63 || cursor + length > message.Length)
            {
                return null;
            }
            else
            {
                text.Append(text.Length == 0 ? "" : ".");
                text.Append(Encoding.Latin1.GetString(message.Slice(cursor, length)));
                cursor += length;
            }
        }

        return null;
    }
}
