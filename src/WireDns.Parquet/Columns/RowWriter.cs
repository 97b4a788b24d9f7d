using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace WireDns.Parquet.Columns;

/// <summary>
/// Writes a row on its way from the format to the file: numbers of variable length (LEB128), texts and octets with their length before them. Never stored. What it has
/// written is in the output after <see cref="Flush"/>.
/// </summary>
internal ref struct RowWriter(IBufferWriter<byte> output)
{
    private const int MaximumNumberLength = 10;

    // At most 126 octets in UTF-8, so that the length is one octet.
    private const int ShortText = 42;

    private Span<byte> _free = output.GetSpan(MaximumNumberLength);
    private int _written;

    /// <summary>Writes a number of at most 62 bits and a sign, or null.</summary>
    public void WriteNumber(long? number) => WriteCount(number is { } given ? (((ulong)((given << 1) ^ (given >> 63))) << 1) | 1 : 0);

    /// <summary>Writes a text, or null.</summary>
    public void WriteText(scoped ReadOnlySpan<char> text, bool isNull = false)
    {
        if (isNull)
        {
            WriteCount(0);
        }
        else if (text.Length <= ShortText)
        {
            Reserve(1 + Encoding.UTF8.GetMaxByteCount(text.Length));
            var length = Encoding.UTF8.GetBytes(text, _free[(_written + 1)..]);
            _free[_written] = (byte)(length + 1);
            _written += length + 1;
        }
        else
        {
            var length = Encoding.UTF8.GetByteCount(text);
            WriteCount((ulong)length + 1);
            Reserve(length);
            _written += Encoding.UTF8.GetBytes(text, _free[_written..]);
        }
    }

    /// <summary>Writes a text that is UTF-8 already; never null.</summary>
    public void WriteUtf8(scoped ReadOnlySpan<byte> text)
    {
        WriteCount((ulong)text.Length + 1);
        WriteValues(text);
    }

    /// <summary>Writes octets; null if there are none.</summary>
    public void WriteOctets(scoped ReadOnlySpan<byte> octets)
    {
        WriteCount(octets.IsEmpty ? 0 : (ulong)octets.Length + 1);
        WriteValues(octets);
    }

    /// <summary>Writes what another writer has written.</summary>
    public void WriteValues(scoped ReadOnlySpan<byte> values)
    {
        Reserve(values.Length);
        values.CopyTo(_free[_written..]);
        _written += values.Length;
    }

    /// <summary>Writes a count.</summary>
    public void WriteCount(ulong count)
    {
        Reserve(MaximumNumberLength);
        for (; count >= 0x80; count >>= 7)
        {
            _free[_written++] = (byte)(count | 0x80);
        }

        _free[_written++] = (byte)count;
    }

    /// <summary>Hands over what was written.</summary>
    public void Flush()
    {
        output.Advance(_written);
        _free = default;
        _written = 0;
    }

    private void Reserve(int length)
    {
        if (_free.Length - _written < length)
        {
            Flush();
            _free = output.GetSpan(length);
        }
    }
}

/// <summary>Reads what <see cref="RowWriter"/> writes, in the same order.</summary>
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadCount()
    {
        var first = _rest[0];
        if (first >= 0x80)
        {
            return ReadLongCount();
        }

        _rest = _rest[1..];
        return first;
    }

    private ulong ReadLongCount()
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
