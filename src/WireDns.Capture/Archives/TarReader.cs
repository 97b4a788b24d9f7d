using System.Globalization;
using WireDns.Capture.Compression;

namespace WireDns.Capture.Archives;

/// <summary>
/// Walks the members of a tar archive (POSIX.1-2017, pax, "ustar Interchange Format", with the long names of pax and GNU tar) from front to back, also of a
/// stream that cannot be rewound. The library's reader allocates what the header of a long name claims, up to 2 GiB; here a name has at most 32 KiB.
/// </summary>
internal sealed class TarReader(PeekingStream input)
{
    private const int BlockLength = 512;
    private const int MaximumHeaderData = 32 * 1024;

    // Header data in a row: a real archive has up to three.
    private const int MaximumHeaders = 16;

    private long _left;
    private long _padding;

    /// <summary>Whether a stream begins as a tar archive.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> start) => start.Length >= BlockLength && start.Slice(257, 5).SequenceEqual("ustar"u8) && HasChecksum(start);

    /// <summary>How many octets a signature needs.</summary>
    public const int SignatureLength = BlockLength;

    /// <summary>Goes to the next member; what is left of the one before is passed over.</summary>
    /// <param name="name">Its name, as the archive has it: octets that need not be UTF-8.</param>
    /// <param name="reason">Why its content is not that of a regular file; null if it is.</param>
    /// <returns>False at the end of the archive.</returns>
    /// <exception cref="ArchiveException">The archive is damaged here.</exception>
    public bool TryNext(out byte[] name, out string? reason)
    {
        Skip(_left + _padding);
        (_left, _padding) = (0, 0);
        byte[]? longName = null;
        long? longSize = null;
        for (var headers = 0; headers < MaximumHeaders; headers++)
        {
            var header = input.Peek(BlockLength);
            if (header.IsEmpty || (header.Length == BlockLength && header.IndexOfAnyExcept((byte)0) < 0))
            {
                (name, reason) = ([], null);
                return false;
            }

            if (header.Length < BlockLength || !HasChecksum(header) || !TryNumber(header.Slice(124, 12), out var size))
            {
                throw new ArchiveException(header.Length < BlockLength ? "the archive ends early" : "a header of the archive is damaged");
            }

            var type = header[156];
            name = longName ?? NameOf(header);
            input.Skip(BlockLength);
            if (type is (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K')
            {
                var data = ReadHeaderData(size);
                if (type == 'L')
                {
                    longName = Terminated(data).ToArray();
                }
                else if (type == 'x')
                {
                    ReadExtended(data, ref longName, ref longSize);
                }

                continue;
            }

            _left = type is >= (byte)'1' and <= (byte)'6' ? 0 : longSize ?? size;
            _padding = -_left & (BlockLength - 1);
            reason = type switch
            {
                (byte)'0' or 0 or (byte)'7' => null,
                (byte)'5' => "a folder",
                (byte)'1' or (byte)'2' => "a link",
                (byte)'S' => "a sparse file",
                _ => "no regular file",
            };
            return true;
        }

        throw new ArchiveException("the archive has too many headers in a row");
    }

    /// <summary>The content of the member, from where it was read up to.</summary>
    public int Read(Span<byte> buffer)
    {
        if (_left == 0)
        {
            return 0;
        }

        var read = input.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        _left -= read;
        return read > 0 || buffer.IsEmpty ? read : throw new ArchiveException("the archive ends early");
    }

    private static byte[] NameOf(ReadOnlySpan<byte> header)
    {
        var name = Terminated(header[..100]);
        var prefix = header.Slice(257, 6).SequenceEqual("ustar\0"u8) ? Terminated(header.Slice(345, 155)) : default;
        return prefix.Length > 0 ? [.. prefix, (byte)'/', .. name] : name.ToArray();
    }

    private static ReadOnlySpan<byte> Terminated(ReadOnlySpan<byte> octets)
    {
        var end = octets.IndexOf((byte)0);
        return end < 0 ? octets : octets[..end];
    }

    // Octal digits; or, for what does not fit, a binary number after an octet of 0x80 (GNU tar).
    private static bool TryNumber(ReadOnlySpan<byte> field, out long number)
    {
        number = 0;
        if (field[0] == 0x80)
        {
            foreach (var octet in field[1..])
            {
                if (number > long.MaxValue >> 10)
                {
                    return false;
                }

                number = (number << 8) | octet;
            }

            return true;
        }

        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            number = (number << 3) | (long)(digit - (byte)'0');
        }

        return true;
    }

    // The sum of the header's octets, with spaces in place of the sum itself.
    private static bool HasChecksum(ReadOnlySpan<byte> header)
    {
        long sum = 8 * ' ';
        for (var index = 0; index < BlockLength; index++)
        {
            sum += index is >= 148 and < 156 ? 0 : header[index];
        }

        return TryNumber(header.Slice(148, 8), out var expected) && expected == sum;
    }

    private byte[] ReadHeaderData(long size)
    {
        if (size > MaximumHeaderData)
        {
            throw new ArchiveException("a name in the archive is longer than 32 KiB");
        }

        var data = new byte[size];
        for (var read = 0; read < data.Length;)
        {
            var count = input.Read(data.AsSpan(read));
            read += count > 0 ? count : throw new ArchiveException("the archive ends early");
        }

        Skip(-size & (BlockLength - 1));
        return data;
    }

    // Records of "LENGTH KEY=VALUE\n" (POSIX.1-2017, pax, "pax Extended Header").
    private static void ReadExtended(ReadOnlySpan<byte> data, ref byte[]? name, ref long? size)
    {
        while (data.IndexOf((byte)' ') is > 0 and var space
            && int.TryParse(data[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length > space + 1 && length <= data.Length)
        {
            var record = data[(space + 1)..length].TrimEnd((byte)'\n');
            if (record.StartsWith("path="u8))
            {
                name = record[5..].ToArray();
            }
            else if (record.StartsWith("size="u8) && long.TryParse(record[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var large))
            {
                size = large;
            }

            data = data[length..];
        }
    }

    private void Skip(long count)
    {
        Span<byte> dropped = stackalloc byte[4096];
        while (count > 0)
        {
            var read = input.Read(dropped[..(int)Math.Min(count, dropped.Length)]);
            count -= read > 0 ? read : throw new ArchiveException("the archive ends early");
        }
    }
}

/// <summary>An archive that is damaged, or that is not read; its message says why, in our words.</summary>
internal sealed class ArchiveException(string message) : IOException(message);
