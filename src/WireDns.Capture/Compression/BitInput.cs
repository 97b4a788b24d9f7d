namespace WireDns.Capture.Compression;

/// <summary>
/// The input of a deflate stream: bits from the least significant of each byte on (RFC 1951 §3.1.1), and whole bytes between blocks. The
/// source is read only when a bit is needed that is not here, so that a live pipe never blocks for more than that.
/// </summary>
internal sealed class BitInput
{
    private readonly Stream _source;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _position;
    private int _end;

    // The lowest _count bits are ready. Those above are zero, or the bits of the bytes from _position on.
    private ulong _bits;
    private int _count;
    private bool _sourceEnded;

    public BitInput(Stream source) => _source = source;

    /// <summary>Whether more was needed than the source has.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>The next bits: <see cref="Count"/> of them are ready, those above are undefined.</summary>
    public ulong Bits => _bits;

    /// <summary>How many bits are ready.</summary>
    public int Count => _count;

    /// <summary>The bytes that are not bits yet.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_position, _end - _position);

    /// <summary>
    /// Stores what a loop that kept <see cref="Bits"/>, <see cref="Count"/> and <see cref="Buffered"/> in variables has left.
    /// </summary>
    /// <param name="bits">The bits.</param>
    /// <param name="count">How many of them are ready.</param>
    /// <param name="left">How many of the buffered bytes are left.</param>
    public void Resume(ulong bits, int count, int left) => (_bits, _count, _position) = (bits, count, _end - left);

    /// <summary>Drops bits that are ready.</summary>
    public void Drop(int count)
    {
        _bits >>= count;
        _count -= count;
    }

    /// <summary>Makes eight more bits ready; not more than seven times in a row.</summary>
    /// <returns>False at the end of the source.</returns>
    public bool TryAddByte()
    {
        if (_position == _end && !Fill())
        {
            IsExhausted = true;
            return false;
        }

        _bits |= (ulong)_buffer[_position++] << _count;
        _count += 8;
        return true;
    }

    /// <summary>Takes up to 16 bits; 0 if the source has too few.</summary>
    public uint Take(int count)
    {
        while (_count < count)
        {
            if (!TryAddByte())
            {
                return 0;
            }
        }

        var value = (uint)_bits & ((1u << count) - 1);
        Drop(count);
        return value;
    }

    /// <summary>Drops the rest of a partly read byte.</summary>
    public void AlignToByte() => Drop(_count & 7);

    /// <summary>
    /// Takes whole bytes, at a byte boundary: fewer if fewer are there, none at the end of the source.
    /// </summary>
    public int TakeBytes(Span<byte> destination)
    {
        if (IsAtEnd())
        {
            IsExhausted = true;
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
        // Whole bytes that are ready as bits are still in the buffer.
        _position -= _count >> 3;
        _bits = 0;
        _count = 0;
        return _position == _end && !Fill();
    }

    private bool Fill()
    {
        if (_sourceEnded)
        {
            return false;
        }

        // The bytes of up to 64 bits may have to be put back.
        var kept = Math.Min(sizeof(ulong), _end);
        _buffer.AsSpan(_end - kept, kept).CopyTo(_buffer);
        _position = kept;
        _end = kept;
        var read = _source.Read(_buffer.AsSpan(kept));
        _end += read;
        _sourceEnded = read == 0;
        return read > 0;
    }
}
