using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;

namespace WireDns.Capture.Compression;

/// <summary>Decompresses bzip2: any number of streams.</summary>
internal sealed class Bzip2Decoder : Decoder
{
    private readonly Stream _decompressor;

    /// <param name="source">Should be cheap to read byte by byte.</param>
    public Bzip2Decoder(Stream source) =>
        _decompressor = BZip2Stream.Create(source, CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true);

    /// <inheritdoc />
    public override int Read(Span<byte> destination) => _decompressor.Read(destination);

    public override void Dispose() => _decompressor.Dispose();
}
