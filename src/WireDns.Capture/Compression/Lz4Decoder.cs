using System.Buffers.Binary;
using K4os.Compression.LZ4.Streams;

namespace WireDns.Capture.Compression;

/// <summary>
/// Decompresses the LZ4 frame format: any number of frames, with skippable ones anywhere. The library reads consecutive frames but no
/// skippable ones, so each frame is started here.
/// </summary>
internal sealed class Lz4Decoder : Decoder
{
    private readonly PeekingStream _source;
    private LZ4DecoderStream? _frame;

    /// <param name="source">Should be cheap to read in small pieces.</param>
    public Lz4Decoder(PeekingStream source) => _source = source;

    /// <inheritdoc />
    public override int Read(Span<byte> destination)
    {
        while (_frame is not null || TryBeginFrame())
        {
            var read = _frame!.Read(destination);
            if (read > 0)
            {
                return read;
            }

            _frame.Dispose();
            _frame = null;
        }

        return 0;
    }

    public override void Dispose() => _frame?.Dispose();

    private bool TryBeginFrame()
    {
        if (!Decompression.TrySkipFrames(_source))
        {
            throw new CompressedDataException("damaged lz4: the data ends early");
        }

        var magic = _source.Peek(sizeof(uint));
        if (magic.IsEmpty)
        {
            return false;
        }

        if (magic.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(magic) != Decompression.Lz4Magic)
        {
            throw new CompressedDataException("damaged lz4: a frame is followed by neither another one nor the end");
        }

        // "Interactive": a block is delivered when it arrives, not when the destination is full.
        _frame = LZ4Stream.Decode(_source, extraMemory: 0, leaveOpen: true, interactive: true);
        return true;
    }
}
