using System.Runtime.InteropServices;

namespace WireDns.Capture;

/// <summary>
/// The input of a deflate stream: bits from the least significant of each byte on (RFC 1951 §3.1.1), and whole bytes between blocks.
/// Behind the end of the source come zeros, so that a code may be looked up near the end; taking them is seen by <see cref="IsExhausted"/>.
/// </summary>
internal sealed class BitInput
{
    private readonly Stream _source;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _position;
    private int _end;
    private ulong _bits;
    private int _count;
    private int _padding;
    private bool _sourceEnded;

    public BitInput(Stream source) => _source = source;

    /// <summary>Whether bits were taken that the source does not have.</summary>
    public bool IsExhausted => _count < _padding;

    /// <summary>The next bits: at least 56 after <see cref="Refill"/>.</summary>
    public ulong Bits => _bits;

    /// <summary>Makes at least 56 bits ready.</summary>
    public void Refill()
    {
        if (_end - _position >= sizeof(ulong))
        {
            // Bits above the count may be set already: they are those that come next, and are set to the same again.
            _bits |= MemoryMarshal.Read<ulong>(_buffer.AsSpan(_position)) << _count;
            _position += (63 - _count) >> 3;
            _count |= 56;
            return;
        }

        RefillSlowly();
    }

    /// <summary>Drops bits that are ready.</summary>
    public void Drop(int count)
    {
        _bits >>= count;
        _count -= count;
    }

    /// <summary>Takes up to 16 bits.</summary>
    public uint Take(int count)
    {
        if (_count < count)
        {
            Refill();
        }

        var value = (uint)_bits & ((1u << count) - 1);
        Drop(count);
        return value;
    }

    /// <summary>Drops the rest of a byte that was begun.</summary>
    public void AlignToByte() => Drop(_count & 7);

    /// <summary>Takes whole bytes, at a byte boundary; fewer where the buffer has fewer, none at the end of the source.</summary>
    public int TakeBytes(Span<byte> destination)
    {
        Unread();
        if (_position == _end && !Fill())
        {
            return 0;
        }

        var length = Math.Min(destination.Length, _end - _position);
        _buffer.AsSpan(_position, length).CopyTo(destination);
        _position += length;
        return length;
    }

    /// <summary>Whether the source has no byte left, at a byte boundary.</summary>
    public bool IsAtEnd()
    {
        Unread();
        return _position == _end && !Fill();
    }

    private void RefillSlowly()
    {
        // Bits above the count come from a read ahead: they are read again here.
        _bits &= _count == 64 ? ulong.MaxValue : (1UL << _count) - 1;
        while (_count <= 56)
        {
            if (_position < _end || Fill())
            {
                _bits |= (ulong)_buffer[_position++] << _count;
            }
            else
            {
                _padding += 8;
            }

            _count += 8;
        }
    }

    // Gives whole bytes that are ready as bits back to the buffer, where they still are.
    private void Unread()
    {
        var real = Math.Max(_count - _padding, 0) >> 3;
        _position -= real;
        _bits = 0;
        _count = 0;
        _padding = 0;
    }

    private bool Fill()
    {
        if (_sourceEnded)
        {
            return false;
        }

        // The eight bytes in front may have to be given back.
        const int Kept = sizeof(ulong);
        var kept = Math.Min(Kept, _end);
        _buffer.AsSpan(_end - kept, kept).CopyTo(_buffer);
        _position = kept;
        _end = kept;
        var read = _source.Read(_buffer.AsSpan(kept));
        _end += read;
        _sourceEnded = read == 0;
        return read > 0;
    }
}
