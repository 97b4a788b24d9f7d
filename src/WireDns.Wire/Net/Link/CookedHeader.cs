using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>Linux's cooked capture headers, versions 1 and 2: a hardware type, and a protocol that depends on it.</summary>
internal static class CookedHeader
{
    private const ushort ArpHardwareIeee80211 = 801;
    private const ushort ArpHardwareRadiotap = 803;
    private const ushort ArpHardwareNetlink = 824;

    public static bool TryReadVersion1(ReadOnlySpan<byte> bytes, out LinkHeader header)
    {
        header = default;
        if (bytes.Length < 16)
        {
            return false;
        }

        header = Read(BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]), bytes[16..]);
        return true;
    }

    public static bool TryReadVersion2(ReadOnlySpan<byte> bytes, out LinkHeader header)
    {
        header = default;
        if (bytes.Length < 20)
        {
            return false;
        }

        header = Read(BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt16BigEndian(bytes), bytes[20..]);
        return true;
    }

    private static LinkHeader Read(ushort hardware, ushort protocol, ReadOnlySpan<byte> payload) => hardware switch
    {
        ArpHardwareNetlink => new LinkHeader(Layer.Other, payload),
        ArpHardwareIeee80211 => new LinkHeader(Layer.Ieee80211, payload),
        ArpHardwareRadiotap => new LinkHeader(Layer.Link, payload, linkType: LinkType.Ieee80211Radiotap),

        // Values below 0x0600 are Linux's own: 3 is Ethernet, 4 LLC, 7 PPP in HDLC framing, 1
        // Novell's raw frames.
        _ when protocol == 3 => new LinkHeader(Layer.Ethernet, payload),
        _ when protocol == 4 => new LinkHeader(Layer.Llc, payload),
        _ when protocol == 7 => new LinkHeader(Layer.Ppp, payload),
        _ when protocol < EtherType.Minimum => new LinkHeader(Layer.Other, payload),
        _ => new LinkHeader(Layer.EtherType, payload, protocol),
    };
}
