namespace WireDns.Capture.Compression;

/// <summary>
/// The usual check of .xz files (.xz file format §3.4): CRC-64 of ECMA-182, reflected polynomial 0xc96c5795d7870f42.
/// </summary>
internal static class Crc64
{
    private const ulong Polynomial = 0xc96c5795d7870f42;

    private static readonly ulong[] Table = MakeTable();

    /// <summary>The check of what was seen so far and <paramref name="data"/> behind it. Begins with 0.</summary>
    public static ulong Append(ulong crc, ReadOnlySpan<byte> data)
    {
        var table = Table;
        crc = ~crc;
        foreach (var octet in data)
        {
            crc = table[(byte)crc ^ octet] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static ulong[] MakeTable()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }

            table[i] = crc;
        }

        return table;
    }
}
