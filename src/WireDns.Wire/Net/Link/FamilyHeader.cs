using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>The protocol families that capture headers name, by the numbers of whatever system captured.</summary>
internal static class FamilyHeader
{
    private const byte HdlcAllStations = 0xff;
    private const byte HdlcUnnumberedInformation = 0x03;

    /// <summary>
    /// AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 23 on Windows, 24, 28 and 30 on the BSDs and Darwin, 26 on Solaris.
    /// </summary>
    public static Layer LayerOf(uint family) => family switch
    {
        2 => Layer.Ipv4,
        10 or 23 or 24 or 26 or 28 or 30 => Layer.Ipv6,
        _ => Layer.Other,
    };

    /// <summary>
    /// Reads a header whose first 4 bytes are a family. Drivers for another link layer put its header there instead, which looks like no
    /// family: PPP in HDLC framing, or 2 bytes and an EtherType.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int length, out Carried carried)
    {
        if (bytes.Length < length)
        {
            carried = default;
            return false;
        }

        var payload = bytes[length..];
        var family = FamilyOf(BinaryPrimitives.ReadUInt32BigEndian(bytes));
        var etherType = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (family is not null)
        {
            carried = new Carried(LayerOf(family.Value), payload);
        }
        else if (bytes[0] == HdlcAllStations && bytes[1] == HdlcUnnumberedInformation)
        {
            carried = new Carried(Layer.Ppp, bytes);
        }
        else
        {
            carried = new Carried(etherType < EtherType.Minimum ? Layer.Other : Layer.EtherType, payload, etherType);
        }

        return true;
    }

    // In the byte order of the machine that captured, which may differ from that of the file; some wrote 16 bits and left the other two
    // 0. No family needs more than a byte; 0x0800 in the last two is IPv4's EtherType.
    private static uint? FamilyOf(uint word) => word switch
    {
        <= 0xff => word,
        _ when (word & 0x00ff_ffff) == 0 => word >> 24,
        _ when (word & 0xff00_ffff) == 0 => word >> 16,
        _ when (word & 0xffff_00ff) == 0 && word != EtherType.Ipv4 => word >> 8,
        _ => null,
    };
}
