using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>What an EtherType announces: IP, a label stack, or a tag that ends with the type of what follows it.</summary>
internal static class TagHeader
{
    /// <summary>Reads what follows an EtherType.</summary>
    public static bool TryRead(ushort etherType, ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        fault = UndecodableReason.CutHeader;
        switch (etherType)
        {
            case EtherType.Ipv4:
                carried = new Carried(Layer.Ipv4, bytes);
                return true;
            case EtherType.Ipv6:
                carried = new Carried(Layer.Ipv6, bytes);
                return true;
            case EtherType.Mpls or EtherType.MplsMulticast:
                carried = new Carried(Layer.Mpls, bytes);
                return true;
            case EtherType.PppoeSession:
                carried = new Carried(Layer.PppoeSession, bytes);
                return true;
            case EtherType.NetworkServiceHeader:
                carried = new Carried(Layer.Nsh, bytes);
                return true;
            case EtherType.TransparentEthernetBridging:
                carried = new Carried(Layer.Ethernet, bytes);
                return true;
            case EtherType.GrePpp:
                carried = new Carried(Layer.Ppp, bytes);
                return true;
            case EtherType.RawFrameRelay:
                carried = new Carried(Layer.FrameRelay, bytes);
                return true;
            case EtherType.JumboLlc:
                carried = new Carried(Layer.Llc, bytes);
                return true;
            case EtherType.VnTag or EtherType.HighAvailabilityRing or EtherType.RedundancyTag:
                return TrySkip(4, bytes, out carried);
            case EtherType.BridgePortTag or EtherType.DistributedSwitchTag:
                // IEEE 802.1BR; and Marvell's tag after two bytes that are reserved.
                return TrySkip(6, bytes, out carried);
            case EtherType.AristaTimestamp:
                return TryReadAristaTimestamp(bytes, out carried);
            case EtherType.ExtendedOrganisation:
                return SnapHeader.TryRead(bytes, hasBridgePadding: false, out carried);
            case EtherType.FabricPath:
                // A tag of 16 bits; the whole frame follows, with its addresses.
                return TryReadInnerFrame(2, bytes, out carried);
            case EtherType.Batman:
                var length = BatmanHeader.LengthOf(bytes);
                carried = new Carried(Layer.Other, bytes);
                return length == 0 || TryReadInnerFrame(length, bytes, out carried);
            case EtherType.Trill:
                // RFC 6325 §3: options are counted in units of 4 bytes.
                var options = bytes.Length < 2 ? 0 : ((BinaryPrimitives.ReadUInt16BigEndian(bytes) >> 6) & 0x1f) * 4;
                return TryReadInnerFrame(6 + options, bytes, out carried);
            case EtherType.CiscoMetadata:
                // A version, how many options of 4 bytes follow, and these.
                return TrySkip(bytes.Length < 2 ? bytes.Length : 2 + (bytes[1] * 4), bytes, out carried);
            case EtherType.ProviderBackbone:
                // The service tag of 802.1ah; the customer's frame follows.
                return TryReadInnerFrame(4, bytes, out carried);
            case EtherType.MacSec:
                return MacSecTag.TryRead(bytes, out carried, out fault);
            default:
                if (EtherType.IsVlan(etherType))
                {
                    return TryReadVlan(bytes, out carried);
                }

                carried = new Carried(Layer.Other, bytes, etherType);
                return true;
        }
    }

    // A tag ends with the type, or the 802.3 length, of what follows it.
    private static bool TrySkip(int length, ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        if (bytes.Length < length + 2)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]);
        var next = type < EtherType.Minimum ? Layer.Llc : Layer.EtherType;
        carried = new Carried(next, EthernetFrame.CutToLength(type, bytes[(length + 2)..]), type);
        return true;
    }

    private static bool TryReadVlan(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        if (!TrySkip(2, bytes, out carried))
        {
            return false;
        }

        // In a cooked capture of a frame with two tags, Linux gives the type of the packet instead of that of the second tag.
        var inner = carried.Payload;
        if (carried.Type is EtherType.Ipv4 or EtherType.Ipv6 && inner.Length > 4 && !IsVersionOf(carried.Type, inner[0])
            && BinaryPrimitives.ReadUInt16BigEndian(inner[2..]) == carried.Type && IsVersionOf(carried.Type, inner[4]))
        {
            carried = new Carried(Layer.EtherType, inner, EtherType.Vlan);
        }

        return true;
    }

    private static bool IsVersionOf(int etherType, byte first) => first >> 4 == (etherType == EtherType.Ipv4 ? 4 : 6);

    private static bool TryReadInnerFrame(int length, ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = bytes.Length < length ? default : new Carried(Layer.Ethernet, bytes[length..]);
        return bytes.Length >= length;
    }

    // What Arista's switches put into mirrored frames: subtype, version, and a time of 64 or 48 bits.
    private static bool TryReadAristaTimestamp(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        if (bytes.Length < 4)
        {
            return false;
        }

        const ushort TimestampSubtype = 1;
        if (BinaryPrimitives.ReadUInt16BigEndian(bytes) != TimestampSubtype)
        {
            carried = new Carried(Layer.Other, bytes);
            return true;
        }

        var isShort = (bytes[3] & 0xf0) == 0x20;
        return TrySkip(isShort ? 10 : 12, bytes, out carried);
    }
}
