using System.Buffers.Binary;

namespace WireDns.Wire;

/// <summary>Addresses as text, written without an allocation. A method returns the number of octets that it wrote.</summary>
internal static class AddressText
{
    /// <summary>The longest IPv4 address as text, in octets.</summary>
    public const int MaximumIpv4Length = 15;

    /// <summary>The longest IPv6 address as text, in octets: the mixed form of RFC 5952 §5 included.</summary>
    public const int MaximumIpv6Length = 45;

    /// <summary>Writes four octets in dotted decimal.</summary>
    public static int WriteIpv4(ReadOnlySpan<byte> address, Span<byte> text)
    {
        var position = 0;
        for (var i = 0; i < 4; i++)
        {
            if (i > 0)
            {
                text[position++] = (byte)'.';
            }

            var octet = address[i];
            if (octet >= 100)
            {
                text[position++] = (byte)('0' + (octet / 100));
            }

            if (octet >= 10)
            {
                text[position++] = (byte)('0' + (octet / 10 % 10));
            }

            text[position++] = (byte)('0' + (octet % 10));
        }

        return position;
    }

    /// <summary>
    /// Writes sixteen octets in the canonical form of RFC 5952 §4: lower case, no leading zeros, the first of the longest runs of at least
    /// two zero groups as <c>::</c>, and an IPv4-mapped address in mixed notation (§5).
    /// </summary>
    public static int WriteIpv6(ReadOnlySpan<byte> address, Span<byte> text)
    {
        var (runStart, runLength) = LongestZeroRun(address);
        var isMapped = runStart == 0 && runLength == 5 && address[10] == 0xff && address[11] == 0xff;
        var groups = isMapped ? 6 : 8;
        var position = 0;
        for (var i = 0; i < groups; i++)
        {
            if (i == runStart)
            {
                text[position++] = (byte)':';
                text[position++] = (byte)':';
                i += runLength - 1;
                continue;
            }

            if (i > 0 && i != runStart + runLength)
            {
                text[position++] = (byte)':';
            }

            position += WriteGroup(Group(address, i), text[position..]);
        }

        if (isMapped)
        {
            text[position++] = (byte)':';
            position += WriteIpv4(address[12..], text[position..]);
        }

        return position;
    }

    // RFC 5952 §4.2.2 and §4.2.3: a single zero group is not shortened, and of equal runs the first is.
    private static (int Start, int Length) LongestZeroRun(ReadOnlySpan<byte> address)
    {
        var (start, length) = (-1, 1);
        for (var i = 0; i < 8; i++)
        {
            var run = 0;
            while (i + run < 8 && Group(address, i + run) == 0)
            {
                run++;
            }

            if (run > length)
            {
                (start, length) = (i, run);
            }

            i += run;
        }

        return (start, length);
    }

    private static ushort Group(ReadOnlySpan<byte> address, int index) => BinaryPrimitives.ReadUInt16BigEndian(address[(index * 2)..]);

    private static int WriteGroup(ushort group, Span<byte> text)
    {
        var position = 0;
        for (var shift = 12; shift >= 0; shift -= 4)
        {
            if (group >> shift != 0 || shift == 0)
            {
                text[position++] = "0123456789abcdef"u8[(group >> shift) & 0xf];
            }
        }

        return position;
    }
}
