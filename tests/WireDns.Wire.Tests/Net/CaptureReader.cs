using System.Buffers.Binary;

namespace WireDns.Wire.Tests.Net;

/// <summary>The packets of a classic pcap file, read with as little code as the tests need.</summary>
internal static class CaptureReader
{
    public static bool IsPcap(ReadOnlySpan<byte> file) => file.Length >= 24
        && BinaryPrimitives.ReadUInt32LittleEndian(file) is 0xa1b2c3d4 or 0xa1b23c4d or 0xd4c3b2a1 or 0x4d3cb2a1;

    public static List<CapturedPacket> Read(byte[] file)
    {
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(file);
        var isBigEndian = magic is 0xd4c3b2a1 or 0x4d3cb2a1;
        var isNanoseconds = magic is 0xa1b23c4d or 0x4d3cb2a1;
        var linkType = (LinkType)(Read32(file.AsSpan(20), isBigEndian) & 0xffff);
        var packets = new List<CapturedPacket>();
        var offset = 24;
        while (offset + 16 <= file.Length)
        {
            var header = file.AsSpan(offset, 16);
            var length = (int)Read32(header[8..], isBigEndian);
            if (length < 0 || length > file.Length - offset - 16)
            {
                break;
            }

            var fraction = Read32(header[4..], isBigEndian) * (isNanoseconds ? 1L : 1000L);
            var time = PacketTime.FromNanoseconds((Read32(header, isBigEndian) * 1_000_000_000L) + fraction);
            packets.Add(new CapturedPacket(
                file.AsMemory(offset + 16, length), (int)Read32(header[12..], isBigEndian), linkType, time, packets.Count + 1));
            offset += 16 + length;
        }

        return packets;
    }

    private static uint Read32(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
