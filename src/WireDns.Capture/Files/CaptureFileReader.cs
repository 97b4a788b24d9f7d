using WireDns.Capture.Compression;

namespace WireDns.Capture.Files;

/// <summary>
/// Reads the packets of one capture file in order, a batch at a time and without an allocation per packet: pcap, pcapng and snoop, also
/// compressed (gzip, zstd, lz4, xz, bzip2). The format is detected by content, never by name. Not thread-safe; if the caller supplies the
/// batches, other threads may work on them.
/// </summary>
/// <remarks>
/// A block that announced a packet and cannot be read is a packet without bytes, of <see cref="Wire.LinkType.UnknownInterface"/>,
/// <see cref="Wire.LinkType.LengthBeyondBlock"/> or <see cref="Wire.LinkType.BlockTooShort"/>: reading goes on after it.
/// </remarks>
public sealed class CaptureFileReader : IDisposable
{
    // One layer is usual, two happen (a compressed file in a compressed archive); more is an attack.
    private const int MaximumCompressionDepth = 2;

    private readonly PeekingStream _input;
    private readonly PacketFraming _framing;

    // The part of a packet at the end of the last batch. It moves to the front of the next batch's buffer.
    private byte[] _rest = new byte[4096];
    private int _restLength;

    // Offset of the rest in the (decompressed) file, and of the batch's buffer while one is filled.
    private long _offset;
    private bool _ended;
    private Exception? _failure;
    private PacketBatch? _ownBatch;

    internal CaptureFileReader(string name, PeekingStream input, PacketFraming framing, CaptureCompression compression)
    {
        Name = name;
        _input = input;
        _framing = framing;
        _offset = input.BytesRead;
        Compression = compression;
        Interfaces = DescribedInterfaces();
    }

    /// <summary>The name under which the file was opened.</summary>
    public string Name { get; }

    /// <summary>The format of the file.</summary>
    public CaptureFormat Format => _framing.Format;

    /// <summary>How the file is compressed; the outer one of two.</summary>
    public CaptureCompression Compression { get; }

    /// <summary>Number of packets read so far. Blocks that announced a packet but could not be read are included: each has its number.</summary>
    public long PacketsRead => _framing.PacketNumber;

    /// <summary>
    /// The interfaces that were described up to the end of the last batch, in the order of
    /// <see cref="Wire.Packet.InterfaceIndex"/>. A pcapng file may describe more of them later: the reader then has another
    /// list, and the one that was returned does not change. Any thread may ask, while another reads.
    /// </summary>
    public IReadOnlyList<CaptureInterface> Interfaces { get; private set; }

    /// <summary>Opens a file or a named pipe.</summary>
    /// <exception cref="CaptureFormatException">It is not a capture, or its header is damaged.</exception>
    /// <exception cref="IOException">It does not exist, is a folder, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read it.</exception>
    public static CaptureFileReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open(OpenFile(path), path);
    }

    // No buffer in the stream: batches are read straight into their own.
    private static FileStream OpenFile(string path)
    {
        try
        {
            return NativePath.HasEscapes(path)
                ? NativePath.OpenRead(path)
                : new FileStream(
                    path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            throw new IOException($"{path}: is a folder, not a capture file");
        }
    }

    /// <summary>
    /// Reads a capture from a stream, from its current position. A slow stream, such as a pipe from tcpdump, is read packet by packet as they come.
    /// </summary>
    /// <param name="stream">Disposed with the reader, and also if this throws.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="CaptureFormatException">It is not a capture, or its header is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CaptureFileReader Open(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        var input = new PeekingStream(stream);
        try
        {
            var compression = CaptureCompression.None;
            for (var depth = 0; ; depth++)
            {
                var found = Decompression.Detect(input);
                if (found == CaptureCompression.None)
                {
                    break;
                }

                if (depth == MaximumCompressionDepth)
                {
                    throw new CaptureFormatException(
                        name, new CaptureFault($"compressed more than {MaximumCompressionDepth} times over"), 0, 0);
                }

                compression = depth == 0 ? found : compression;
                input = new PeekingStream(new DecompressedStream(input, found));
            }

            var framing = CaptureHeader.Read(input, name, compression);
            return new CaptureFileReader(name, input, framing, compression);
        }
        catch (CompressedDataException exception)
        {
            input.Dispose();
            throw new CaptureFormatException(name, new CaptureFault(exception.Message), 0, 0, exception);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the next packets into a batch that the reader keeps: it is valid until the next call.
    /// </summary>
    /// <inheritdoc cref="TryReadBatch(PacketBatch)"/>
    public bool TryReadBatch(out PacketBatch batch)
    {
        batch = _ownBatch ??= new PacketBatch();
        return TryReadBatch(batch);
    }

    /// <summary>
    /// Reads the next packets into a batch of the caller's. Blocks until there is at least one whole packet, not until the batch is full,
    /// so that a live pipe is followed without delay.
    /// </summary>
    /// <returns>False at the end of the file; the batch is empty then.</returns>
    /// <exception cref="CaptureFormatException">
    /// The file is damaged, or ends inside a packet. Everything before that was delivered. Further calls throw it again.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool TryReadBatch(PacketBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Clear(_framing.PacketNumber);
        if (_failure is not null)
        {
            throw _failure;
        }

        var end = TakeRest(batch);
        while (!_ended && _framing.Fault is null)
        {
            if (end == batch.Buffer.Length)
            {
                // Doubled as bytes really arrive, not sized by what a length claims; the formats bound a packet's length.
                batch.GrowBuffer(checked(end * 2));
            }

            end += Fill(batch.Buffer.AsSpan(end));
            var parsed = _framing.Parse(batch, 0, end);
            if (batch.Count > 0)
            {
                KeepRest(batch.Buffer.AsSpan(parsed, end - parsed), parsed);
                NoteInterfaces();
                batch.Interfaces = Interfaces;
                return true;
            }

            batch.Buffer.AsSpan(parsed, end - parsed).CopyTo(batch.Buffer);
            end -= parsed;
            _offset += parsed;
        }

        // Nothing is left that could be a packet: the file ends properly, or is damaged here.
        KeepRest(batch.Buffer.AsSpan(0, end), 0);
        NoteInterfaces();
        if (_failure is null && (_framing.Fault ?? _framing.FaultAtEnd(_rest.AsSpan(0, _restLength))) is { } fault)
        {
            _failure = Failure(fault, null);
        }

        return _failure is null ? false : throw _failure;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _input.Dispose();

    private void NoteInterfaces()
    {
        if (Interfaces.Count != _framing.InterfaceCount)
        {
            Interfaces = DescribedInterfaces();
        }
    }

    // Entries never change, and nothing beyond the segment can be seen through it.
    private ArraySegment<CaptureInterface> DescribedInterfaces() =>
        new ArraySegment<CaptureInterface>(_framing.Interfaces, 0, _framing.InterfaceCount);

    private int Fill(Span<byte> buffer)
    {
        try
        {
            var read = _input.Read(buffer);
            _ended = read == 0;
            return read;
        }
        catch (CompressedDataException exception)
        {
            // The packets before it are delivered first; what is left over is all that is known of the next one.
            _failure = Failure(new CaptureFault(exception.Message), exception);
            _ended = true;
            return 0;
        }
        catch (Exception exception)
        {
            // What was read since the last batch is lost, so reading cannot continue.
            _failure = exception;
            throw;
        }
    }

    private CaptureFormatException Failure(CaptureFault fault, Exception? cause) =>
        new(Name, fault, _framing.NextPacketNumber, _offset, cause);

    private int TakeRest(PacketBatch batch)
    {
        if (_restLength > batch.Buffer.Length)
        {
            batch.GrowBuffer(_rest.Length);
        }

        _rest.AsSpan(0, _restLength).CopyTo(batch.Buffer);
        return _restLength;
    }

    private void KeepRest(ReadOnlySpan<byte> rest, int parsed)
    {
        if (rest.Length > _rest.Length)
        {
            _rest = new byte[rest.Length * 2];
        }

        rest.CopyTo(_rest);
        _restLength = rest.Length;
        _offset += parsed;
    }
}

/// <summary>The file formats that are read.</summary>
public enum CaptureFormat
{
    /// <summary>
    /// The classic format of libpcap (draft-ietf-opsawg-pcap) with its variants, in either byte order.
    /// </summary>
    Pcap,

    /// <summary>pcapng (draft-ietf-opsawg-pcapng): blocks, sections and several interfaces.</summary>
    Pcapng,

    /// <summary>The format of Solaris's snoop (RFC 1761).</summary>
    Snoop,
}
