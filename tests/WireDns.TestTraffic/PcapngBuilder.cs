using System.Buffers.Binary;

namespace WireDns.TestTraffic;

/// <summary>Writes a pcapng file, block by block, right or wrong.</summary>
internal sealed class PcapngBuilder
{
    private readonly List<byte> _bytes = [];
    private bool _bigEndian;

    public PcapngBuilder Section(bool bigEndian = false, ushort major = 1, long length = -1)
    {
        _bigEndian = bigEndian;
        return Block(0x0a0d0d0a, [.. U32(0x1a2b3c4d), .. U16(major), .. U16(0), .. U64((ulong)length)]);
    }

    public PcapngBuilder Interface(ushort linkType = 1, uint snapLength = 0, params byte[][] options) =>
        Block(1, [.. U16(linkType), .. U16(0), .. U32(snapLength), .. options.SelectMany(option => option)]);

    public PcapngBuilder Enhanced(
        uint interfaceId, ulong ticks, byte[] data, uint? captured = null, uint? original = null, byte[]? options = null) => Block(
            6,
            [
                .. U32(interfaceId), .. U32((uint)(ticks >> 32)), .. U32((uint)ticks), .. U32(captured ?? (uint)data.Length),
                .. U32(original ?? (uint)data.Length), .. Pad(data), .. options ?? [],
            ]);

    public PcapngBuilder Obsolete(ushort interfaceId, ulong ticks, byte[] data) => Block(
        2,
        [
            .. U16(interfaceId), .. U16(0xffff), .. U32((uint)(ticks >> 32)), .. U32((uint)ticks), .. U32((uint)data.Length),
            .. U32((uint)data.Length), .. Pad(data),
        ]);

    public PcapngBuilder Simple(uint original, byte[] data) => Block(3, [.. U32(original), .. Pad(data)]);

    public PcapngBuilder Block(uint type, byte[] body, uint? length = null, uint? trailer = null)
    {
        var right = (uint)body.Length + 12;
        _bytes.AddRange(U32(type));
        _bytes.AddRange(U32(length ?? right));
        _bytes.AddRange(body);
        _bytes.AddRange(U32(trailer ?? length ?? right));
        return this;
    }

    /// <summary>An option in the byte order of the current section.</summary>
    public byte[] Option(ushort code, params byte[] value) => [.. U16(code), .. U16((ushort)value.Length), .. Pad(value)];

    public byte[] U64(ulong value)
    {
        var bytes = new byte[8];
        if (_bigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        }

        return bytes;
    }

    public byte[] ToArray() => _bytes.ToArray();

    private static byte[] Pad(byte[] data) => [.. data, .. new byte[-data.Length & 3]];

    private byte[] U32(uint value)
    {
        var bytes = U64(value);
        return _bigEndian ? bytes[4..] : bytes[..4];
    }

    private byte[] U16(ushort value)
    {
        var bytes = U64(value);
        return _bigEndian ? bytes[6..] : bytes[..2];
    }
}
