using System.Runtime.InteropServices;

namespace WireDns.Capture.Compression;

/// <summary>
/// The check of gzip (RFC 1952 §8): CRC-32 with the reflected polynomial 0xedb88320, eight bytes a step.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xedb88320;
    private const int Lanes = 8;

    // Lane n holds what a byte contributes from n bytes ahead.
    private static readonly uint[] Table = MakeTable();

    /// <summary>The check of what was seen so far and <paramref name="data"/> behind it. Begins with 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var table = Table;
        crc = ~crc;
        while (data.Length >= Lanes)
        {
            var low = MemoryMarshal.Read<uint>(data) ^ crc;
            var high = MemoryMarshal.Read<uint>(data[4..]);
            crc = table[(7 * 256) + (byte)low]
                ^ table[(6 * 256) + (byte)(low >> 8)]
                ^ table[(5 * 256) + (byte)(low >> 16)]
                ^ table[(4 * 256) + (byte)(low >> 24)]
                ^ table[(3 * 256) + (byte)high]
                ^ table[(2 * 256) + (byte)(high >> 8)]
                ^ table[(1 * 256) + (byte)(high >> 16)]
                ^ table[(byte)(high >> 24)];
            data = data[Lanes..];
        }

        foreach (var octet in data)
        {
            crc = table[(byte)(crc ^ octet)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[Lanes * 256];
        for (var i = 0; i < 256; i++)
        {
            var crc = (uint)i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }

            table[i] = crc;
        }

        for (var i = 256; i < table.Length; i++)
        {
            var ahead = table[i - 256];
            table[i] = table[(byte)ahead] ^ (ahead >> 8);
        }

        return table;
    }
}
