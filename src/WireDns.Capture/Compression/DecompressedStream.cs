namespace WireDns.Capture.Compression;

/// <summary>
/// Decompresses a stream as it is read. Any failure of a decoder on hostile data comes out as <see cref="CompressedDataException"/>;
/// failures of the source itself pass through.
/// </summary>
internal sealed class DecompressedStream : ReadOnceStream
{
    // Some decoders lose what they decoded in the call that meets damage, so calls are kept short.
    private const int SliceLength = 4096;

    private readonly PeekingStream _source;
    private readonly CaptureCompression _compression;
    private readonly int _sliceLength;
    private Decoder? _decoder;

    public DecompressedStream(PeekingStream source, CaptureCompression compression)
    {
        _source = source;
        _compression = compression;
        _sliceLength = compression is CaptureCompression.Gzip or CaptureCompression.Zstd ? int.MaxValue : SliceLength;
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            _decoder ??= Begin();
            return _decoder.Read(buffer[..Math.Min(buffer.Length, _sliceLength)]);
        }
        catch (Exception exception) when (_source.SourceFailure is null && exception is not CompressedDataException)
        {
            // The libraries say "damaged" in many ways, some of them by accident, and in words of their own.
            var fault = exception is EndOfStreamException ? "the data ends early" : "the data cannot be unpacked";
            throw new CompressedDataException($"damaged {_compression.ToString().ToLowerInvariant()}: {fault}", exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder?.Dispose();
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private Decoder Begin() => _compression switch
    {
        CaptureCompression.Gzip => new GzipDecoder(_source),
        CaptureCompression.Zstd => new ZstdDecoder(_source),
        CaptureCompression.Lz4 => new Lz4Decoder(Buffered()),
        CaptureCompression.Xz => new XzDecoder(Buffered()),
        CaptureCompression.Bzip2 => new Bzip2Decoder(Buffered()),
        _ => throw new ArgumentOutOfRangeException(nameof(_compression)),
    };

    // For decoders that read byte by byte.
    private PeekingStream Buffered() => new(new BufferedStream(_source, 64 * 1024));
}
