namespace WireDns.Detection.Lists;

/// <summary>The lines of a file as bytes, without their ends and a byte order mark. Holds one buffer, however long the file is.</summary>
/// <param name="stream">The file; not disposed.</param>
internal sealed class LineReader(Stream stream)
{
    /// <summary>Longest line, in bytes. A name has 255 octets; a line of a CSV file may be a report.</summary>
    public const int MaximumLineLength = 1 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>Number of the last line that was read, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Whether reading ended at a line that is longer than <see cref="MaximumLineLength"/>.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>
    /// The part of the file that is in the buffer before the first line is read, at least its first bytes: for detecting its format.
    /// </summary>
    public ReadOnlySpan<byte> Peek()
    {
        while (!_isAtEnd && _end < _buffer.Length)
        {
            Fill();
        }

        SkipByteOrderMark();
        return _buffer.AsSpan(_start, _end - _start);
    }

    /// <summary>Reads the next line; the view ends with the next call. False at the end, or if a line is too long.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0 || _isAtEnd)
            {
                return Take(length < 0 ? _end - _start : searched + length, isEnded: length >= 0, out line);
            }

            searched = _end - _start;
            if (searched > MaximumLineLength)
            {
                Number++;
                IsTooLong = true;
                line = default;
                return false;
            }

            MakeRoom();
            Fill();
            SkipByteOrderMark();
        }
    }

    /// <summary>The rest of the file, from its beginning if no line was read yet.</summary>
    public Stream Rest() => new Remainder(this);

    private int Read(Span<byte> buffer)
    {
        if (_start == _end)
        {
            return stream.Read(buffer);
        }

        var length = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, length).CopyTo(buffer);
        _start += length;
        return length;
    }

    private bool Take(int length, bool isEnded, out ReadOnlySpan<byte> line)
    {
        line = _buffer.AsSpan(_start, length);
        _start += length + (isEnded ? 1 : 0);
        if (line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }

        var isLine = isEnded || length > 0;
        Number += isLine ? 1 : 0;
        return isLine;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }

    private void Fill()
    {
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _isAtEnd = read == 0;
    }

    private void SkipByteOrderMark()
    {
        if (Number == 0 && _start == 0 && _buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8))
        {
            _start = 3;
        }
    }

    private sealed class Remainder(LineReader lines) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => lines.Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) => lines.Read(buffer);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
