using System.Buffers.Binary;
using K4os.Compression.LZ4.Streams;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;
using ZstdSharp;

namespace WireDns.Capture;

/// <summary>
/// Decompresses a stream as it is read, whatever number of streams, frames or members follow each other in it. Whatever a decoder makes of
/// hostile data, it comes out as <see cref="CompressedDataException"/>; failures of the source itself pass.
/// </summary>
internal sealed class DecompressedStream : Stream
{
    // A decoder that meets damage loses what it decoded in the same call, so the calls are kept short.
    private const int SliceLength = 4096;

    private readonly PeekingStream _source;
    private readonly PeekingStream _buffered;
    private readonly CaptureCompression _compression;
    private readonly GzipDecoder? _gzip;
    private Stream? _decoder;
    private bool _ended;

    public DecompressedStream(PeekingStream source, CaptureCompression compression)
    {
        _source = source;
        _compression = compression;

        // Some decoders read byte by byte.
        _buffered = new PeekingStream(new BufferedStream(source, 64 * 1024));
        _gzip = compression == CaptureCompression.Gzip ? new GzipDecoder(source) : null;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_gzip is not null)
        {
            return _gzip.Read(buffer);
        }

        try
        {
            while (!_ended)
            {
                if (_decoder is null && !TryBegin())
                {
                    _ended = true;
                    break;
                }

                var read = _decoder!.Read(buffer[..Math.Min(buffer.Length, SliceLength)]);
                if (read > 0)
                {
                    return read;
                }

                _decoder.Dispose();
                _decoder = null;
            }

            return 0;
        }
        catch (Exception exception) when (_source.SourceFailure is null && exception is not CompressedDataException)
        {
            // The decoders say "damaged" in many ways, some of them by accident.
            throw new CompressedDataException($"damaged {Name}: {OneLine(exception.Message)}", exception);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
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

    private string Name => _compression.ToString().ToLowerInvariant();

    /// <summary>Begins the next stream of those that follow each other; false at the end.</summary>
    private bool TryBegin()
    {
        switch (_compression)
        {
            case CaptureCompression.Lz4:
                return TryBeginLz4();
            case CaptureCompression.Xz:
                return TryBeginXz();
            case CaptureCompression.Zstd:
                // Goes on through all frames by itself.
                _decoder = IsAtEnd() ? null : new DecompressionStream(_buffered, leaveOpen: true);
                return _decoder is not null;
            default:
                _decoder = IsAtEnd() ? null : BZip2Stream.Create(_buffered, CompressionMode.Decompress, true, leaveOpen: true);
                return _decoder is not null;
        }
    }

    private bool IsAtEnd() => _buffered.Peek(1).IsEmpty;

    private bool TryBeginLz4()
    {
        if (!Decompression.TrySkipFrames(_buffered))
        {
            throw new CompressedDataException("damaged lz4: the data ends early");
        }

        var magic = _buffered.Peek(sizeof(uint));
        if (magic.IsEmpty)
        {
            return false;
        }

        if (magic.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(magic) != Decompression.Lz4Magic)
        {
            throw new CompressedDataException("damaged lz4: behind a frame there is neither another one nor the end");
        }

        _decoder = LZ4Stream.Decode(_buffered, leaveOpen: true);
        return true;
    }

    private bool TryBeginXz()
    {
        // Streams may have padding behind them: zeros, a multiple of four (.xz file format §2.2).
        while (_buffered.Peek(sizeof(uint)) is [0, 0, 0, 0])
        {
            _buffered.Skip(sizeof(uint));
        }

        _decoder = IsAtEnd() ? null : new XZStream(_buffered);
        return _decoder is not null;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
