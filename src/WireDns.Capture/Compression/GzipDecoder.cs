using System.Buffers.Binary;
using System.IO.Hashing;

namespace WireDns.Capture.Compression;

/// <summary>
/// Decompresses gzip (RFC 1952): any number of members, with zeros after the last, as on tapes. The checksum and length of every member are
/// verified. Anything else after a member is an error, so that a damaged second member is not lost in silence.
/// </summary>
internal sealed class GzipDecoder : Decoder
{
    private const byte FirstIdentification = 0x1f;
    private const byte SecondIdentification = 0x8b;
    private const byte DeflateMethod = 8;

    // §2.3.1: header CRC, extra field, name, comment; the bits above are reserved.
    private const byte HeaderCheckFlag = 0x02;
    private const byte ExtraFlag = 0x04;
    private const byte NameFlag = 0x08;
    private const byte CommentFlag = 0x10;
    private const byte ReservedFlags = 0xe0;

    private readonly BitInput _input;
    private readonly Inflater _inflater;

    // RFC 1952 §8.
    private readonly Crc32 _crc = new();
    private bool _inMember;
    private bool _isFirst = true;
    private uint _length;

    public GzipDecoder(Stream source)
    {
        _input = new BitInput(source);
        _inflater = new Inflater(_input);
    }

    /// <inheritdoc />
    public override int Read(Span<byte> destination)
    {
        while (true)
        {
            if (!_inMember && !TryReadMemberHeader())
            {
                return 0;
            }

            var read = _inflater.Read(destination);
            if (read > 0)
            {
                _crc.Append(destination[..read]);
                _length += (uint)read;
                return read;
            }

            if (_inflater.Error is { } error)
            {
                throw new CompressedDataException($"damaged gzip: {error}");
            }

            ReadMemberTrailer();
        }
    }

    public override void Dispose()
    {
        // It holds only memory.
    }

    // §2.3
    private bool TryReadMemberHeader()
    {
        if (_input.IsAtEnd())
        {
            return false;
        }

        Span<byte> header = stackalloc byte[10];
        ReadExactly(header[..1]);
        if (header[0] == 0 && !_isFirst)
        {
            SkipPadding();
            return false;
        }

        ReadExactly(header[1..2]);
        if (header[0] != FirstIdentification || header[1] != SecondIdentification)
        {
            throw new CompressedDataException("damaged gzip: a member is followed by neither another one nor the end");
        }

        ReadExactly(header[2..]);
        var flags = header[3];
        if (header[2] != DeflateMethod || (flags & ReservedFlags) != 0)
        {
            throw new CompressedDataException($"damaged gzip: method {header[2]} with flags 0x{flags:x2} is not known");
        }

        SkipHeaderFields(flags);
        _inflater.Reset();
        _crc.Reset();
        _length = 0;
        _inMember = true;
        _isFirst = false;
        return true;
    }

    private void SkipHeaderFields(byte flags)
    {
        Span<byte> field = stackalloc byte[2];
        if ((flags & ExtraFlag) != 0)
        {
            ReadExactly(field);
            for (int left = BinaryPrimitives.ReadUInt16LittleEndian(field); left > 0; left--)
            {
                ReadExactly(field[..1]);
            }
        }

        for (var texts = ((flags & NameFlag) != 0 ? 1 : 0) + ((flags & CommentFlag) != 0 ? 1 : 0); texts > 0; texts--)
        {
            do
            {
                ReadExactly(field[..1]);
            }
            while (field[0] != 0);
        }

        if ((flags & HeaderCheckFlag) != 0)
        {
            ReadExactly(field);
        }
    }

    private void ReadMemberTrailer()
    {
        Span<byte> trailer = stackalloc byte[8];
        ReadExactly(trailer);
        _inMember = false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != _crc.GetCurrentHashAsUInt32())
        {
            throw new CompressedDataException("damaged gzip: the data does not match the check sum after it");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != _length)
        {
            throw new CompressedDataException("damaged gzip: the data does not match the length after it");
        }
    }

    private void SkipPadding()
    {
        Span<byte> octets = stackalloc byte[512];
        for (var read = _input.TakeBytes(octets); read > 0; read = _input.TakeBytes(octets))
        {
            if (octets[..read].ContainsAnyExcept((byte)0))
            {
                throw new CompressedDataException("damaged gzip: the zeros after a member are followed by something else");
            }
        }
    }

    private void ReadExactly(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var read = _input.TakeBytes(destination);
            if (read == 0)
            {
                throw new CompressedDataException("damaged gzip: the data ends early");
            }

            destination = destination[read..];
        }
    }
}
