using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>Linux's cooked capture headers, versions 1 and 2: a hardware type, and a protocol that depends on it.</summary>
internal static class CookedHeader
{
    private const ushort ArpHardwareIeee80211 = 801;
    private const ushort ArpHardwareRadiotap = 803;
    private const ushort ArpHardwareNetlink = 824;

    public static bool TryReadVersion1(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        if (bytes.Length < 16)
        {
            return false;
        }

        carried = Read(BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]), bytes[16..]);
        return true;
    }

    public static bool TryReadVersion2(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        if (bytes.Length < 20)
        {
            return false;
        }

        carried = Read(BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt16BigEndian(bytes), bytes[20..]);
        return true;
    }

    private static Carried Read(ushort hardware, ushort protocol, ReadOnlySpan<byte> payload) => hardware switch
    {
        ArpHardwareNetlink => new Carried(Layer.Other, payload),
        ArpHardwareIeee80211 => new Carried(Layer.Ieee80211, payload),
        ArpHardwareRadiotap => new Carried(LinkType.Ieee80211Radiotap, payload),

        // Values below 0x0600 are Linux's own: 3 is Ethernet, 4 LLC, 7 PPP in HDLC framing, 1
        // Novell's raw frames.
        _ when protocol == 3 => new Carried(Layer.Ethernet, payload),
        _ when protocol == 4 => new Carried(Layer.Llc, payload),
        _ when protocol == 7 => new Carried(Layer.Ppp, payload),
        _ when protocol < EtherType.Minimum => new Carried(Layer.Other, payload),
        _ => new Carried(Layer.EtherType, payload, protocol),
    };
}
