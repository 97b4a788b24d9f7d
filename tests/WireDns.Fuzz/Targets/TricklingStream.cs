namespace WireDns.Fuzz.Targets;

/// <summary>Bytes that arrive a few at a time, as from a slow pipe.</summary>
internal sealed class TricklingStream(byte[] bytes) : Stream
{
    private int _position;
    private int _step;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        // Lengths that end up at every position of a header of 4, 8, 16 or 24 bytes.
        _step = (_step % 13) + 1;
        var length = Math.Min(Math.Min(buffer.Length, _step), bytes.Length - _position);
        bytes.AsSpan(_position, length).CopyTo(buffer);
        _position += length;
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}
