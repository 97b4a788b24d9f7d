using System.Buffers;
using ZstdSharp;

namespace WireDns.Capture.Compression;

/// <summary>
/// Decompresses Zstandard (RFC 8878): any number of frames, with skippable ones between them. A window of more than 128
/// MiB is refused, as the zstd program does.
/// </summary>
internal sealed class ZstdDecoder : Decoder
{
    private readonly Stream _source;
    private readonly Decompressor _decompressor = new();
    private readonly byte[] _input = new byte[128 * 1024];
    private int _position;
    private int _end;

    // Between frames: the source may end here.
    private bool _isBetweenFrames = true;
    private bool _mayHoldMore;

    public ZstdDecoder(Stream source) => _source = source;

    /// <inheritdoc />
    public override int Read(Span<byte> destination)
    {
        while (true)
        {
            var sourceEnded = false;
            if (_position == _end && !_mayHoldMore)
            {
                _position = 0;
                _end = _source.Read(_input);
                if (_end == 0 && _isBetweenFrames)
                {
                    return 0;
                }

                sourceEnded = _end == 0;
            }

            var status = _decompressor.UnwrapStream(
                _input.AsSpan(_position, _end - _position), destination, out var consumed, out var written);
            _position += consumed;
            _isBetweenFrames = status == OperationStatus.Done;
            _mayHoldMore = !_isBetweenFrames && written == destination.Length;
            if (written > 0)
            {
                return written;
            }

            if (status == OperationStatus.InvalidData)
            {
                throw new CompressedDataException("damaged zstd, or a window of more than 128 MiB");
            }

            if (sourceEnded && !_isBetweenFrames)
            {
                throw new CompressedDataException("damaged zstd: the data ends early");
            }
        }
    }

    public override void Dispose() => _decompressor.Dispose();
}
