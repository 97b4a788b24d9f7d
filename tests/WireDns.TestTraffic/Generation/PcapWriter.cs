using System.Buffers.Binary;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// Writes a classic pcap file of Ethernet frames with microseconds, little-endian on every machine. A frame is built in
/// place: take <see cref="Frame"/>, fill it, <see cref="Commit"/> its length.
/// </summary>
internal sealed class PcapWriter : IDisposable
{
    /// <summary>The longest frame that can be built: more than Ethernet's 1514 octets.</summary>
    public const int FrameCapacity = 4096;

    private const int FileHeaderLength = 24;
    private const int RecordHeaderLength = 16;
    private const int BufferLength = 1 << 20;

    private readonly byte[] _buffer = new byte[BufferLength + RecordHeaderLength + FrameCapacity];
    private readonly Stream _stream;
    private readonly CaptureClock _clock;
    private int _position;
    private long _flushed;

    /// <summary>Starts a file on a stream, which the writer disposes of.</summary>
    public PcapWriter(Stream stream, CaptureClock clock)
    {
        _stream = stream;
        _clock = clock;
        WriteFileHeader();
    }

    /// <summary>How many frames were committed.</summary>
    public long PacketCount { get; private set; }

    /// <summary>The file's length so far, its headers included.</summary>
    public long ByteCount => _flushed + _position;

    /// <summary>Seconds from the beginning of the capture.</summary>
    public ulong Seconds => _clock.Seconds;

    /// <summary>Room for the next frame. Its octets are those of an older frame: write each one.</summary>
    public Span<byte> Frame => _buffer.AsSpan(_position + RecordHeaderLength, FrameCapacity);

    /// <summary>Ends the frame that was built in <see cref="Frame"/>, at the clock's next time.</summary>
    public void Commit(int frameLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frameLength, FrameCapacity);
        var time = _clock.Tick();
        var header = _buffer.AsSpan(_position, RecordHeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(time / CaptureClock.MicrosecondsPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(time % CaptureClock.MicrosecondsPerSecond));
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], frameLength);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], frameLength);
        PacketCount++;
        _position += RecordHeaderLength + frameLength;
        if (_position >= BufferLength)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        _stream.Dispose();
    }

    private void Flush()
    {
        _stream.Write(_buffer, 0, _position);
        _flushed += _position;
        _position = 0;
    }

    private void WriteFileHeader()
    {
        var header = _buffer.AsSpan(0, FileHeaderLength);
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 262144);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        _position = FileHeaderLength;
    }
}
