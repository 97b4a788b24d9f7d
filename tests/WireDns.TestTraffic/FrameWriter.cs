using System.Buffers.Binary;

namespace WireDns.TestTraffic;

/// <summary>
/// Writes pcap records with an Ethernet frame each into one buffer, layer by layer, and the lengths of all when a frame ends. One object writes
/// any number of records and allocates nothing for them.
/// </summary>
internal sealed class FrameWriter(int capacity)
{
    private const int RecordHeaderLength = 16;
    private const ushort VxlanPort = 4789;

    private readonly byte[] _buffer = new byte[capacity];
    private int _start;
    private int _end;

    // Where lengths are still missing: the offset of the field, and the offset that it counts from.
    private LengthField _ip;
    private LengthField _outerIp;
    private LengthField _udp;
    private LengthField _outerUdp;

    /// <summary>The records.</summary>
    public ReadOnlySpan<byte> Records => _buffer.AsSpan(0, _end);

    /// <summary>The frame of the last record.</summary>
    public ReadOnlySpan<byte> Frame => _buffer.AsSpan((_start + RecordHeaderLength).._end);

    /// <summary>Forgets the records.</summary>
    public void Clear() => _end = 0;

    /// <summary>Begins a record; the layers follow, outermost first, and <see cref="Finish"/>.</summary>
    public FrameWriter Record(long microseconds)
    {
        _start = _end;
        (_ip, _outerIp, _udp, _outerUdp) = (default, default, default, default);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_start), (uint)(microseconds / 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_start + 4), (uint)(microseconds % 1_000_000));
        _end += RecordHeaderLength;
        return this;
    }

    public FrameWriter Ethernet(ushort type)
    {
        Hex("020000000001020000000002"u8);
        return Number(type);
    }

    public FrameWriter Tag(ushort id, ushort type) => Number(id).Number(type);

    public FrameWriter Ipv4(byte protocol, byte source, byte destination, ushort identification = 0, ushort fragment = 0)
    {
        _ip = new LengthField(_end + 2, _end);
        Number(0x4500).Number(0).Number(identification).Number(fragment);
        Byte(64).Byte(protocol).Number(0);
        return Byte(192).Byte(0).Byte(2).Byte(source).Byte(192).Byte(0).Byte(2).Byte(destination);
    }

    public FrameWriter Ipv6(byte protocol, byte source, byte destination)
    {
        Number(0x6000).Number(0);
        _ip = new LengthField(_end, _end + 36);
        Number(0).Byte(protocol).Byte(64);
        Hex("20010db80000000000000000000000"u8);
        Byte(source);
        Hex("20010db80000000000000000000000"u8);
        return Byte(destination);
    }

    public FrameWriter Udp(ushort source, ushort destination)
    {
        Number(source).Number(destination);
        _udp = new LengthField(_end, _end - 4);
        return Number(0).Number(0);
    }

    public FrameWriter Tcp(ushort source, ushort destination, uint sequence, uint acknowledgment, byte flags)
    {
        Number(source).Number(destination).LongNumber(sequence).LongNumber(acknowledgment);
        return Byte(0x50).Byte(flags).Number(0xffff).Number(0).Number(0);
    }

    /// <summary>A VXLAN tunnel: what follows is the frame inside.</summary>
    public FrameWriter Vxlan(ushort sourcePort)
    {
        Udp(sourcePort, VxlanPort);
        (_outerIp, _outerUdp, _ip, _udp) = (_ip, _udp, default, default);
        return LongNumber(0x0800_0000).LongNumber(7 << 8);
    }

    public FrameWriter Byte(byte value)
    {
        _buffer[_end++] = value;
        return this;
    }

    public FrameWriter Number(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(_end), value);
        _end += 2;
        return this;
    }

    public FrameWriter LongNumber(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(_end), value);
        _end += 4;
        return this;
    }

    public FrameWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
        return this;
    }

    /// <summary>Ends the record: fills in the lengths.</summary>
    public void Finish()
    {
        _ip.Fill(_buffer, _end);
        _udp.Fill(_buffer, _end);
        _outerIp.Fill(_buffer, _end);
        _outerUdp.Fill(_buffer, _end);
        var length = _end - _start - RecordHeaderLength;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_start + 8), length);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_start + 12), length);
    }

    private void Hex(ReadOnlySpan<byte> digits)
    {
        Convert.FromHexString(digits, _buffer.AsSpan(_end), out _, out var written);
        _end += written;
    }

    private readonly record struct LengthField(int Offset, int From)
    {
        public void Fill(Span<byte> buffer, int end)
        {
            if (Offset > 0)
            {
                BinaryPrimitives.WriteUInt16BigEndian(buffer[Offset..], (ushort)(end - From));
            }
        }
    }
}
