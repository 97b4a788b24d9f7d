using System.Buffers;
using System.Text;

namespace WireDns.Parquet.Columns;

/// <summary>
/// A row on its way from the format to the file: numbers of variable length (LEB128), texts and octets with their length before them. Never stored.
/// </summary>
internal static class RowOctets
{
    private const int MaximumNumberLength = 10;

    /// <summary>Writes a number of at most 62 bits and a sign, or null.</summary>
    public static void WriteNumber(IBufferWriter<byte> row, long? number) =>
        WriteCount(row, number is { } given ? (((ulong)((given << 1) ^ (given >> 63))) << 1) | 1 : 0);

    /// <summary>Writes a text, or null.</summary>
    public static void WriteText(IBufferWriter<byte> row, string? text)
    {
        if (text is null)
        {
            WriteCount(row, 0);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        WriteCount(row, (ulong)length + 1);
        row.Advance(Encoding.UTF8.GetBytes(text, row.GetSpan(Math.Max(length, 1))));
    }

    /// <summary>Writes a text that is UTF-8 already; never null.</summary>
    public static void WriteText(IBufferWriter<byte> row, ReadOnlySpan<byte> text)
    {
        WriteCount(row, (ulong)text.Length + 1);
        row.Write(text);
    }

    /// <summary>Writes octets; null if there are none.</summary>
    public static void WriteOctets(IBufferWriter<byte> row, ReadOnlySpan<byte> octets)
    {
        WriteCount(row, octets.IsEmpty ? 0 : (ulong)octets.Length + 1);
        row.Write(octets);
    }

    /// <summary>Writes a count.</summary>
    public static void WriteCount(IBufferWriter<byte> row, ulong count)
    {
        var span = row.GetSpan(MaximumNumberLength);
        var length = 0;
        for (; count >= 0x80; count >>= 7)
        {
            span[length++] = (byte)(count | 0x80);
        }

        span[length++] = (byte)count;
        row.Advance(length);
    }
}

/// <summary>Reads what <see cref="RowOctets"/> writes, in the same order.</summary>
internal ref struct RowReader(ReadOnlySpan<byte> row)
{
    private ReadOnlySpan<byte> _rest = row;

    /// <summary>Octets that are not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    public long? ReadNumber()
    {
        var coded = ReadCount();
        if (coded == 0)
        {
            return null;
        }

        coded >>= 1;
        return (long)(coded >> 1) ^ -(long)(coded & 1);
    }

    /// <summary>A text in UTF-8, or octets; false for null.</summary>
    public bool TryReadOctets(out ReadOnlySpan<byte> octets)
    {
        var count = (int)ReadCount();
        octets = count == 0 ? default : _rest[..(count - 1)];
        _rest = _rest[octets.Length..];
        return count > 0;
    }

    public ulong ReadCount()
    {
        ulong count = 0;
        for (var (shift, index) = (0, 0); ; shift += 7, index++)
        {
            count |= (ulong)(_rest[index] & 0x7f) << shift;
            if (_rest[index] < 0x80)
            {
                _rest = _rest[(index + 1)..];
                return count;
            }
        }
    }
}
