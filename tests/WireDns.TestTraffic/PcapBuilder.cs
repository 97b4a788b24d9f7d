using System.Buffers.Binary;

namespace WireDns.TestTraffic;

/// <summary>Writes a classic capture file, right or wrong.</summary>
internal sealed class PcapBuilder
{
    private readonly List<byte> _bytes = [];
    private readonly bool _bigEndian;
    private readonly int _extraRecordBytes;

    public PcapBuilder(
        uint magic = 0xa1b2c3d4,
        bool bigEndian = false,
        ushort major = 2,
        ushort minor = 4,
        uint snapLength = 262144,
        uint linkType = 1,
        int extraHeaderBytes = 0,
        int extraRecordBytes = 0)
    {
        _bigEndian = bigEndian;
        _extraRecordBytes = extraRecordBytes;
        Write32(magic);
        Write16(major);
        Write16(minor);
        Write32(0);
        Write32(0);
        Write32(snapLength);
        Write32(linkType);
        _bytes.AddRange(new byte[extraHeaderBytes]);
    }

    public PcapBuilder Record(uint seconds, uint fraction, byte[] data, uint? captured = null, uint? original = null)
    {
        Write32(seconds);
        Write32(fraction);
        Write32(captured ?? (uint)data.Length);
        Write32(original ?? (uint)data.Length);
        _bytes.AddRange(new byte[_extraRecordBytes]);
        _bytes.AddRange(data);
        return this;
    }

    public byte[] ToArray() => _bytes.ToArray();

    private void Write16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (_bigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        }

        _bytes.AddRange(bytes);
    }

    private void Write32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (_bigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }

        _bytes.AddRange(bytes);
    }
}
