using System.Buffers.Binary;

namespace WireDns.Wire.Framing;

/// <summary>Messages on a stream, each after its length in two octets (RFC 1035 §4.2.2, RFC 7766 §8).</summary>
public static class MessageFraming
{
    /// <summary>Length of the prefix, in bytes.</summary>
    public const int PrefixLength = 2;

    /// <summary>The longest message with its prefix, in bytes.</summary>
    public const int MaximumLength = PrefixLength + ushort.MaxValue;

    /// <summary>The length of the first message with its prefix, in bytes. The two bytes of the prefix must be there.</summary>
    public static int LengthOfFirst(ReadOnlySpan<byte> bytes) => PrefixLength + BinaryPrimitives.ReadUInt16BigEndian(bytes);

    /// <summary>How many of the bytes are whole messages with their prefixes.</summary>
    public static int LengthOfWholeMessages(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (bytes.Length - position >= PrefixLength)
        {
            var next = position + LengthOfFirst(bytes[position..]);
            if (next > bytes.Length)
            {
                break;
            }

            position = next;
        }

        return position;
    }

    /// <summary>Removes the first message from bytes that are whole messages.</summary>
    public static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> messages)
    {
        var end = LengthOfFirst(messages);
        var message = messages[PrefixLength..end];
        messages = messages[end..];
        return message;
    }
}

/// <summary>
/// Tells whether the bytes after a stream's two length octets could be the start of a message. The TCP reassembler asks it where it
/// picks a stream up in the middle; it does not know what the messages are.
/// </summary>
/// <param name="start">The first bytes of the possible message, as many as the segment holds (it may be empty).</param>
/// <param name="messageLength">The length that the two octets before it say, in bytes.</param>
public delegate bool MessageStartProbe(ReadOnlySpan<byte> start, int messageLength);
