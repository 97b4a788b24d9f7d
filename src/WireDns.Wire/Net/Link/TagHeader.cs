using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>What an EtherType announces: IP, a label stack, or a tag that ends with the type of what follows it.</summary>
internal readonly ref struct TagHeader
{
    private TagHeader(Layer next, ushort type, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Type = type;
        Payload = payload;
    }

    /// <summary>What <see cref="Payload"/> starts with.</summary>
    public Layer Next { get; }

    /// <summary>The EtherType, where <see cref="Next"/> is that.</summary>
    public ushort Type { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Reads what follows an EtherType.</summary>
    public static bool TryRead(ushort etherType, ReadOnlySpan<byte> bytes, out TagHeader header, out UndecodableReason fault)
    {
        fault = UndecodableReason.CutHeader;
        switch (etherType)
        {
            case EtherType.Ipv4:
                header = new TagHeader(Layer.Ipv4, 0, bytes);
                return true;
            case EtherType.Ipv6:
                header = new TagHeader(Layer.Ipv6, 0, bytes);
                return true;
            case EtherType.Mpls or EtherType.MplsMulticast:
                header = new TagHeader(Layer.Mpls, 0, bytes);
                return true;
            case EtherType.PppoeSession:
                header = new TagHeader(Layer.PppoeSession, 0, bytes);
                return true;
            case EtherType.NetworkServiceHeader:
                header = new TagHeader(Layer.Nsh, 0, bytes);
                return true;
            case EtherType.TransparentEthernetBridging:
                header = new TagHeader(Layer.Ethernet, 0, bytes);
                return true;
            case EtherType.GrePpp:
                header = new TagHeader(Layer.Ppp, 0, bytes);
                return true;
            case EtherType.RawFrameRelay:
                header = new TagHeader(Layer.FrameRelay, 0, bytes);
                return true;
            case EtherType.JumboLlc:
                header = new TagHeader(Layer.Llc, 0, bytes);
                return true;
            case EtherType.VnTag or EtherType.HighAvailabilityRing or EtherType.RedundancyTag:
                return TrySkip(4, bytes, out header);
            case EtherType.BridgePortTag or EtherType.DistributedSwitchTag:
                // IEEE 802.1BR; and Marvell's tag behind two bytes that are reserved.
                return TrySkip(6, bytes, out header);
            case EtherType.AristaTimestamp:
                return TryReadAristaTimestamp(bytes, out header);
            case EtherType.ExtendedOrganisation:
                return TryReadOrganisation(bytes, out header);
            case EtherType.FabricPath:
                // A tag of 16 bits; the whole frame follows, with its addresses.
                return TryReadInnerFrame(2, bytes, out header);
            case EtherType.Batman:
                var length = BatmanHeader.LengthOf(bytes);
                header = new TagHeader(Layer.Other, 0, bytes);
                return length == 0 || TryReadInnerFrame(length, bytes, out header);
            case EtherType.Trill:
                // RFC 6325 §3: options are counted in units of 4 bytes.
                var options = bytes.Length < 2 ? 0 : ((BinaryPrimitives.ReadUInt16BigEndian(bytes) >> 6) & 0x1f) * 4;
                return TryReadInnerFrame(6 + options, bytes, out header);
            case EtherType.CiscoMetadata:
                // A version, how many options of 4 bytes follow, and these.
                return TrySkip(bytes.Length < 2 ? bytes.Length : 2 + (bytes[1] * 4), bytes, out header);
            case EtherType.ProviderBackbone:
                // The service tag of 802.1ah; the customer's frame follows.
                return TryReadInnerFrame(4, bytes, out header);
            case EtherType.MacSec:
                return TryReadMacSec(bytes, out header, out fault);
            default:
                if (EtherType.IsVlan(etherType))
                {
                    return TryReadVlan(bytes, out header);
                }

                header = new TagHeader(Layer.Other, etherType, bytes);
                return true;
        }
    }

    // A tag ends with the type, or the 802.3 length, of what follows it.
    private static bool TrySkip(int length, ReadOnlySpan<byte> bytes, out TagHeader header)
    {
        header = default;
        if (bytes.Length < length + 2)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]);
        var next = type < EtherType.Minimum ? Layer.Llc : Layer.EtherType;
        header = new TagHeader(next, type, EthernetFrame.CutToLength(type, bytes[(length + 2)..]));
        return true;
    }

    private static bool TryReadVlan(ReadOnlySpan<byte> bytes, out TagHeader header)
    {
        if (!TrySkip(2, bytes, out header))
        {
            return false;
        }

        // In a cooked capture of a frame with two tags, Linux gives the type of the packet in place of that of the second tag.
        var inner = header.Payload;
        if (header.Type is EtherType.Ipv4 or EtherType.Ipv6 && inner.Length > 4 && !IsVersionOf(header.Type, inner[0])
            && BinaryPrimitives.ReadUInt16BigEndian(inner[2..]) == header.Type && IsVersionOf(header.Type, inner[4]))
        {
            header = new TagHeader(Layer.EtherType, EtherType.Vlan, inner);
        }

        return true;
    }

    private static bool IsVersionOf(ushort etherType, byte first) => first >> 4 == (etherType == EtherType.Ipv4 ? 4 : 6);

    private static bool TryReadInnerFrame(int length, ReadOnlySpan<byte> bytes, out TagHeader header)
    {
        header = bytes.Length < length ? default : new TagHeader(Layer.Ethernet, 0, bytes[length..]);
        return bytes.Length >= length;
    }

    // What Arista's switches put into mirrored frames: subtype, version, and a time of 64 or 48 bits.
    private static bool TryReadAristaTimestamp(ReadOnlySpan<byte> bytes, out TagHeader header)
    {
        header = default;
        if (bytes.Length < 4)
        {
            return false;
        }

        const ushort TimestampSubtype = 1;
        if (BinaryPrimitives.ReadUInt16BigEndian(bytes) != TimestampSubtype)
        {
            header = new TagHeader(Layer.Other, 0, bytes);
            return true;
        }

        var isShort = (bytes[3] & 0xf0) == 0x20;
        return TrySkip(isShort ? 10 : 12, bytes, out header);
    }

    private static bool TryReadOrganisation(ReadOnlySpan<byte> bytes, out TagHeader header)
    {
        var isRead = SnapHeader.TryRead(bytes, hasBridgePadding: false, out var snap);
        header = isRead ? new TagHeader(snap.Next, snap.Type, snap.Payload) : default;
        return isRead;
    }

    private static bool TryReadMacSec(ReadOnlySpan<byte> bytes, out TagHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (!MacSecTag.TryRead(bytes, out var tag))
        {
            return false;
        }

        fault = UndecodableReason.Encrypted;
        header = new TagHeader(Layer.EtherType, tag.Type, tag.Payload);
        return !tag.IsEncrypted;
    }
}
