namespace WireDns.Alerts.Tests;

/// <summary>A stream whose writes hang until it is opened, like those to a pipe with a stuck reader, or fail on request.</summary>
internal sealed class GatedStream(bool isOpen = true) : Stream
{
    private readonly ManualResetEventSlim _gate = new(isOpen);
    private readonly MemoryStream _written = new();

    /// <summary>Is set once a write hangs.</summary>
    public ManualResetEventSlim Hangs { get; } = new();

    public Exception? Failure { get; set; }

    public bool IsDisposed { get; private set; }

    public int Writes { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Open() => _gate.Set();

    public string[] Lines() => System.Text.Encoding.UTF8.GetString(_written.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_gate.IsSet)
        {
            Hangs.Set();
            _gate.Wait();
        }

        Writes++;
        if (Failure is not null)
        {
            throw Failure;
        }

        _written.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
