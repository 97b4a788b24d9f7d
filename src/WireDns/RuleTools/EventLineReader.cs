namespace WireDns.RuleTools;

/// <summary>Reads a stream line by line, as bytes and in bounded memory. Not thread-safe.</summary>
/// <param name="stream">The stream, which the caller disposes.</param>
/// <param name="maximumLength">The longest line that is read, in bytes; a longer one is skipped.</param>
/// <param name="beforeWait">Called before each read of the stream, which may wait for a pipe.</param>
internal sealed class EventLineReader(Stream stream, int maximumLength, Action beforeWait)
{
    private const int FirstLength = 128 * 1024;

    private byte[] _buffer = new byte[Math.Min(FirstLength, maximumLength)];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>Whether the last line was longer than allowed and was skipped.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Reads the next line without its line feed; the span is valid until the next call. False at the end.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        IsTooLong = false;
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan((_start + searched).._end).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = Take(searched + length, 1);
                return true;
            }

            searched = _end - _start;
            if (_isAtEnd)
            {
                line = Take(searched, 0);
                return searched > 0 || IsTooLong;
            }

            if (searched == maximumLength)
            {
                IsTooLong = true;
                _end = _start;
                searched = 0;
            }

            Fill();
        }
    }

    private ReadOnlySpan<byte> Take(int length, int after)
    {
        var line = IsTooLong ? [] : _buffer.AsSpan(_start, length);
        _start += length + after;
        return line;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, maximumLength));
        }

        beforeWait();
        var count = stream.Read(_buffer.AsSpan(_end));
        _end += count;
        _isAtEnd = count == 0;
    }
}
