namespace WireDns.Capture.Compression;

/// <summary>
/// A stream whose next bytes can be looked at before they are read, to detect a format by content on a stream that cannot be rewound. It
/// remembers whether its source failed, so that a decompressor on top can tell a broken disk from broken data.
/// </summary>
internal sealed class PeekingStream : ReadOnceStream
{
    private readonly Stream _source;
    private byte[] _peeked = [];
    private int _start;
    private int _end;

    public PeekingStream(Stream source) => _source = source;

    /// <summary>The exception that the source threw, if it did.</summary>
    public Exception? SourceFailure { get; private set; }

    /// <summary>Bytes read from this stream so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>
    /// The next bytes, without reading them: <paramref name="count"/>, or fewer where the source ends.
    /// </summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_start + count > _peeked.Length)
        {
            var larger = new byte[_end - _start + count];
            _peeked.AsSpan(_start, _end - _start).CopyTo(larger);
            _peeked = larger;
            _end -= _start;
            _start = 0;
        }

        while (_end - _start < count)
        {
            var read = ReadSource(_peeked.AsSpan(_end, count - (_end - _start)));
            if (read == 0)
            {
                break;
            }

            _end += read;
        }

        return _peeked.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>Reads bytes that were peeked and drops them.</summary>
    public void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _end - _start);
        _start += count;
        BytesRead += count;
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (_start < _end)
        {
            read = Math.Min(buffer.Length, _end - _start);
            _peeked.AsSpan(_start, read).CopyTo(buffer);
            _start += read;
        }
        else
        {
            read = ReadSource(buffer);
        }

        BytesRead += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private int ReadSource(Span<byte> buffer)
    {
        try
        {
            return _source.Read(buffer);
        }
        catch (Exception exception)
        {
            SourceFailure = exception;
            throw;
        }
    }
}
