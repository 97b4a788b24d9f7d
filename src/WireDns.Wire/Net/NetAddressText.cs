using System.Globalization;

namespace WireDns.Wire.Net;

/// <summary>Addresses as text, written without an allocation.</summary>
internal static class NetAddressText
{
    /// <summary>Writes dotted decimal.</summary>
    public static int WriteIpv4(ReadOnlySpan<byte> address, Span<byte> destination)
    {
        var length = 0;
        for (var index = 0; index < 4; index++)
        {
            if (index > 0)
            {
                destination[length++] = (byte)'.';
            }

            length += Write(address[index], default, destination[length..]);
        }

        return length;
    }

    /// <summary>
    /// Writes the canonical form of RFC 5952 §4: lower case, no leading zeros, the first of the longest runs of at least two zero groups
    /// as <c>::</c>, and IPv4-mapped addresses in mixed notation (§5).
    /// </summary>
    public static int WriteIpv6(ReadOnlySpan<byte> address, Span<byte> destination)
    {
        Span<ushort> groups = stackalloc ushort[8];
        for (var index = 0; index < 8; index++)
        {
            groups[index] = (ushort)((address[2 * index] << 8) | address[(2 * index) + 1]);
        }

        if (!groups[..5].ContainsAnyExcept((ushort)0) && groups[5] == 0xffff)
        {
            "::ffff:"u8.CopyTo(destination);
            return 7 + WriteIpv4(address[12..], destination[7..]);
        }

        var (runStart, runLength) = LongestZeroRun(groups);
        var length = 0;
        for (var index = 0; index < 8; index++)
        {
            if (index == runStart)
            {
                "::"u8.CopyTo(destination[length..]);
                length += 2;
                index += runLength - 1;
                continue;
            }

            if (index > 0 && index != runStart + runLength)
            {
                destination[length++] = (byte)':';
            }

            length += Write(groups[index], "x", destination[length..]);
        }

        return length;
    }

    private static int Write(ushort value, ReadOnlySpan<char> format, Span<byte> destination)
    {
        value.TryFormat(destination, out var length, format, CultureInfo.InvariantCulture);
        return length;
    }

    private static (int Start, int Length) LongestZeroRun(ReadOnlySpan<ushort> groups)
    {
        var (start, length) = (-1, 1);
        for (var index = 0; index < groups.Length; index++)
        {
            var run = groups[index..].IndexOfAnyExcept((ushort)0);
            run = run < 0 ? groups.Length - index : run;
            if (run > length)
            {
                (start, length) = (index, run);
            }

            index += run;
        }

        return (start, start < 0 ? 0 : length);
    }
}
