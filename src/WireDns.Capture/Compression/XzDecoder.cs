using System.Buffers.Binary;
using System.IO.Hashing;
using SharpCompress.Compressors.LZMA;

namespace WireDns.Capture.Compression;

/// <summary>
/// Decompresses .xz (https://tukaani.org/xz/xz-file-format.txt): any number of streams with padding between them. The library's own reader
/// of the container trusts any dictionary size in a header (six bytes can ask for 4 GiB) and stops after the first stream. So the container
/// is read here, and the library reads only LZMA2.
/// </summary>
internal sealed class XzDecoder : Decoder
{
    private const int StreamHeaderLength = 12;
    private const int Lzma2Filter = 0x21;

    // §5.3.1: the dictionary of "xz -9" has 64 MiB; twice that is accepted. Its size is 2 or 3 times a power of two.
    private const int MaximumDictionaryCode = 2 * (26 - 11);

    private readonly PeekingStream _source;
    private LzmaStream? _lzma;
    private XzCheck? _check;
    private ushort _streamFlags;
    private long _blockStart;
    private long _blocks;

    /// <param name="source">Should be cheap to read in small pieces.</param>
    public XzDecoder(PeekingStream source) => _source = source;

    /// <inheritdoc />
    public override int Read(Span<byte> destination)
    {
        while (true)
        {
            if (_lzma is not null)
            {
                var read = _lzma.Read(destination);
                if (read > 0)
                {
                    _check!.Append(destination[..read]);
                    return read;
                }

                EndBlock();
            }
            else if (_check is null && !TryBeginStream())
            {
                return 0;
            }

            // §2.1: a block header begins with its size, the index with 0.
            if (Peek(1)[0] == 0)
            {
                ReadIndexAndFooter();
            }
            else
            {
                BeginBlock();
            }
        }
    }

    public override void Dispose()
    {
        _lzma?.Dispose();
    }

    // §2.1.1
    private bool TryBeginStream()
    {
        // §2.2: padding, a multiple of four zeros.
        while (_source.Peek(sizeof(uint)) is [0, 0, 0, 0])
        {
            _source.Skip(sizeof(uint));
        }

        if (_source.Peek(1).IsEmpty)
        {
            return false;
        }

        var header = Peek(StreamHeaderLength);
        if (header is not [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0, < 16, ..])
        {
            throw new CompressedDataException("damaged xz: a stream is followed by neither another one nor the end");
        }

        Verify(header[6..8], header[8..]);
        _streamFlags = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        _check = new XzCheck(header[7]);
        _blocks = 0;
        _source.Skip(StreamHeaderLength);
        return true;
    }

    // §3.1
    private void BeginBlock()
    {
        _blockStart = _source.BytesRead;
        var length = (Peek(1)[0] + 1) * 4;
        var header = Peek(length);
        Verify(header[..^4], header[^4..]);
        var flags = header[1];
        var fields = header[2..^4];
        if ((flags & 0x40) != 0)
        {
            _ = TakeInteger(ref fields);
        }

        if ((flags & 0x80) != 0)
        {
            _ = TakeInteger(ref fields);
        }

        // The lowest bits count the filters beyond the first.
        if ((flags & 0x3f) != 0 || TakeInteger(ref fields) != Lzma2Filter || TakeInteger(ref fields) != 1 || fields.IsEmpty)
        {
            throw new CompressedDataException("xz with other filters than LZMA2 is not read");
        }

        var dictionary = fields[0];
        if (dictionary > MaximumDictionaryCode)
        {
            throw new CompressedDataException("xz with a dictionary of more than 128 MiB is not read");
        }

        _source.Skip(length);
        _lzma = LzmaStream.Create([dictionary], _source, leaveOpen: true);
        _blocks++;
    }

    // §3.3, §3.4
    private void EndBlock()
    {
        _lzma!.Dispose();
        _lzma = null;
        var padding = (int)(-(_source.BytesRead - _blockStart) & 3);
        if (Peek(padding).ContainsAnyExcept((byte)0))
        {
            throw new CompressedDataException("damaged xz: the padding of a block is not zero");
        }

        _source.Skip(padding);
        var size = _check!.Size;
        if (!_check.Matches(Peek(size)))
        {
            throw new CompressedDataException("damaged xz: a block does not match the check sum after it");
        }

        _source.Skip(size);
    }

    // §4 and §2.1.2. Its records repeat what was just read; their number must be right.
    private void ReadIndexAndFooter()
    {
        var start = _source.BytesRead;
        var crc = new Crc32();
        TakeByte(crc);
        var records = TakeInteger(crc);
        if (records != _blocks)
        {
            throw new CompressedDataException($"damaged xz: the index has {records} blocks, the stream {_blocks}");
        }

        for (long sizes = 0; sizes < 2 * records; sizes++)
        {
            _ = TakeInteger(crc);
        }

        while (((_source.BytesRead - start) & 3) != 0)
        {
            TakeByte(crc);
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(Peek(sizeof(uint))) != crc.GetCurrentHashAsUInt32())
        {
            throw new CompressedDataException("damaged xz: the index has a wrong check sum");
        }

        _source.Skip(sizeof(uint));
        var indexLength = _source.BytesRead - start;
        var footer = Peek(StreamHeaderLength);
        Verify(footer[4..10], footer[..4]);
        if (((long)BinaryPrimitives.ReadUInt32LittleEndian(footer[4..]) + 1) * 4 != indexLength
            || BinaryPrimitives.ReadUInt16LittleEndian(footer[8..]) != _streamFlags
            || footer is not [.., (byte)'Y', (byte)'Z'])
        {
            throw new CompressedDataException("damaged xz: the footer does not fit the stream");
        }

        _source.Skip(StreamHeaderLength);
        _check = null;
    }

    private ReadOnlySpan<byte> Peek(int count)
    {
        var bytes = _source.Peek(count);
        return bytes.Length == count ? bytes : throw new CompressedDataException("damaged xz: the data ends early");
    }

    private byte TakeByte(Crc32 crc)
    {
        var octet = Peek(1);
        crc.Append(octet);
        var value = octet[0];
        _source.Skip(1);
        return value;
    }

    private long TakeInteger(Crc32 crc)
    {
        Span<byte> octets = stackalloc byte[9];
        var length = 0;
        do
        {
            octets[length] = TakeByte(crc);
        }
        while ((octets[length++] & 0x80) != 0 && length < octets.Length);
        ReadOnlySpan<byte> encoded = octets[..length];
        return TakeInteger(ref encoded);
    }

    // §1.2: seven bits an octet, the least significant first, at most nine octets.
    private static long TakeInteger(ref ReadOnlySpan<byte> source)
    {
        long value = 0;
        for (var i = 0; i < Math.Min(9, source.Length); i++)
        {
            value |= (long)(source[i] & 0x7f) << (7 * i);
            if ((source[i] & 0x80) == 0)
            {
                source = source[(i + 1)..];
                return value;
            }
        }

        throw new CompressedDataException("damaged xz: a number that does not end");
    }

    private static void Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> crc)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(crc) != Crc32.HashToUInt32(data))
        {
            throw new CompressedDataException("damaged xz: a header has a wrong check sum");
        }
    }
}
