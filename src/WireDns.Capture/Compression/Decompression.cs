using System.Buffers.Binary;

namespace WireDns.Capture.Compression;

/// <summary>Detects by content how a stream is compressed.</summary>
internal static class Decompression
{
    /// <summary>RFC 8878 §3.1.1.</summary>
    public const uint ZstdMagic = 0xfd2fb528;

    /// <summary>LZ4 frame format, "magic number".</summary>
    public const uint Lz4Magic = 0x184d2204;

    // RFC 8878 §3.1.2: sixteen numbers, which LZ4 shares.
    private const uint SkippableMagic = 0x184d2a50;
    private const uint SkippableMask = 0xfffffff0;
    private const int SkippableHeaderLength = 8;

    /// <summary>How the stream is compressed from here on. Skippable frames before that are read and dropped.</summary>
    public static CaptureCompression Detect(PeekingStream stream)
    {
        _ = TrySkipFrames(stream);
        var start = stream.Peek(6);
        return start switch
        {
            // The method is always 8: so a text that begins with the two octets is not taken for gzip.
            [0x1f, 0x8b, 0x08, ..] => CaptureCompression.Gzip,
            [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0] => CaptureCompression.Xz,
            [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => CaptureCompression.Bzip2,
            _ when start.Length < sizeof(uint) => CaptureCompression.None,
            _ => BinaryPrimitives.ReadUInt32LittleEndian(start) switch
            {
                ZstdMagic => CaptureCompression.Zstd,
                Lz4Magic => CaptureCompression.Lz4,
                _ => CaptureCompression.None,
            },
        };
    }

    /// <summary>Reads and drops skippable frames.</summary>
    /// <returns>False if the stream ends inside one.</returns>
    public static bool TrySkipFrames(PeekingStream stream)
    {
        while (true)
        {
            var header = stream.Peek(SkippableHeaderLength);
            if (header.Length < SkippableHeaderLength
                || (BinaryPrimitives.ReadUInt32LittleEndian(header) & SkippableMask) != SkippableMagic)
            {
                return true;
            }

            long left = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            stream.Skip(SkippableHeaderLength);
            if (!TryDrop(stream, left))
            {
                return false;
            }
        }
    }

    private static bool TryDrop(PeekingStream stream, long count)
    {
        Span<byte> dropped = stackalloc byte[4096];
        while (count > 0)
        {
            var read = stream.Read(dropped[..(int)Math.Min(count, dropped.Length)]);
            if (read == 0)
            {
                return false;
            }

            count -= read;
        }

        return true;
    }
}

/// <summary>Decompresses one format: any number of streams, frames or members in a row.</summary>
internal abstract class Decoder : IDisposable
{
    /// <summary>The next bytes, as soon as there are some; 0 at the end.</summary>
    /// <exception cref="CompressedDataException">The data is damaged or ends early.</exception>
    public abstract int Read(Span<byte> destination);

    public abstract void Dispose();
}

/// <summary>Compressed data that is damaged or ends early. Everything before the damage was delivered.</summary>
internal sealed class CompressedDataException : Exception
{
    public CompressedDataException()
    {
    }

    public CompressedDataException(string message)
        : base(message)
    {
    }

    public CompressedDataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The compressed formats that a capture file may come in.</summary>
public enum CaptureCompression
{
    /// <summary>Not compressed.</summary>
    None,

    /// <summary>gzip (RFC 1952), several members.</summary>
    Gzip,

    /// <summary>Zstandard (RFC 8878), several and skippable frames.</summary>
    Zstd,

    /// <summary>The LZ4 frame format, several and skippable frames.</summary>
    Lz4,

    /// <summary>The .xz format, several streams with padding.</summary>
    Xz,

    /// <summary>bzip2, several streams.</summary>
    Bzip2,
}
