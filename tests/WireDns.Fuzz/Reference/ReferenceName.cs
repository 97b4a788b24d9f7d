namespace WireDns.Fuzz.Reference;

/// <summary>Names the plain way, octet by octet (RFC 1035 §3.1, §4.1.4), for comparison.</summary>
internal static class ReferenceName
{
    /// <summary>The longest name on the wire, in octets.</summary>
    public const int MaximumLength = 255;

    private const int MaximumPointers = 128;

    /// <summary>Writes the name at <paramref name="offset"/> without its pointers.</summary>
    /// <param name="message">The message.</param>
    /// <param name="offset">Where the name starts.</param>
    /// <param name="end">Where it must end, before its first pointer.</param>
    /// <param name="wire">At least <see cref="MaximumLength"/> octets.</param>
    /// <param name="length">Length of the name, root included.</param>
    /// <param name="next">The offset after the name.</param>
    /// <returns>Whether the name is sound.</returns>
    public static bool TryExpand(ReadOnlySpan<byte> message, int offset, int end, Span<byte> wire, out int length, out int next)
    {
        length = 0;
        next = -1;
        var runStart = offset;
        var pointers = 0;
        for (var position = offset; position < end;)
        {
            int octet = message[position];
            if (octet == 0)
            {
                wire[length++] = 0;
                next = next < 0 ? position + 1 : next;
                return true;
            }

            if (octet < 0x40)
            {
                if (position + 1 + octet > end || length + 1 + octet + 1 > MaximumLength)
                {
                    return false;
                }

                message.Slice(position, 1 + octet).CopyTo(wire[length..]);
                length += 1 + octet;
                position += 1 + octet;
                continue;
            }

            if (octet < 0xc0 || position + 1 >= end || ++pointers > MaximumPointers)
            {
                return false;
            }

            var target = ((octet & 0x3f) << 8) | message[position + 1];
            if (target < 12 || (target >= runStart && target <= position))
            {
                return false;
            }

            next = next < 0 ? position + 2 : next;
            (runStart, position, end) = (target, target, message.Length);
        }

        return false;
    }

    /// <summary>Writes a name's text.</summary>
    /// <param name="wire">The name without pointers, root included.</param>
    /// <param name="text">At least 1,003 octets.</param>
    /// <returns>Length of the text.</returns>
    public static int WriteText(ReadOnlySpan<byte> wire, Span<byte> text)
    {
        if (wire[0] == 0)
        {
            text[0] = (byte)'.';
            return 1;
        }

        var length = 0;
        for (var position = 0; wire[position] != 0; position += wire[position] + 1)
        {
            if (position > 0)
            {
                text[length++] = (byte)'.';
            }

            foreach (var octet in wire.Slice(position + 1, wire[position]))
            {
                if (octet is <= 0x20 or >= 0x7f)
                {
                    text[length++] = (byte)'\\';
                    text[length++] = (byte)('0' + (octet / 100));
                    text[length++] = (byte)('0' + (octet / 10 % 10));
                    text[length++] = (byte)('0' + (octet % 10));
                    continue;
                }

                if (octet is (byte)'.' or (byte)'\\')
                {
                    text[length++] = (byte)'\\';
                }

                text[length++] = octet;
            }
        }

        return length;
    }

    /// <summary>Labels of a name, without the root.</summary>
    public static int CountLabels(ReadOnlySpan<byte> wire)
    {
        var count = 0;
        for (var position = 0; wire[position] != 0; position += wire[position] + 1)
        {
            count++;
        }

        return count;
    }
}
