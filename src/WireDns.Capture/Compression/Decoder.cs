namespace WireDns.Capture;

/// <summary>Decompresses one format, whatever number of streams, frames or members follow each other.</summary>
internal abstract class Decoder : IDisposable
{
    /// <summary>The next bytes, as soon as there are some; 0 at the end.</summary>
    /// <exception cref="CompressedDataException">The data is damaged or ends early.</exception>
    public abstract int Read(Span<byte> destination);

    public abstract void Dispose();
}
