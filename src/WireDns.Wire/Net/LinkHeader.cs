using System.Buffers.Binary;

namespace WireDns.Wire.Net;

/// <summary>The capture's link-layer header, of any link type that the decoder knows, and what it says about what follows.</summary>
internal readonly ref struct LinkHeader
{
    private const ushort ArpHardwareIeee80211 = 801;
    private const ushort ArpHardwareRadiotap = 803;
    private const ushort ArpHardwareNetlink = 824;

    private LinkHeader(Layer next, ReadOnlySpan<byte> payload, ushort etherType = 0, LinkType linkType = default, bool isPadded = false)
    {
        Next = next;
        Payload = payload;
        Type = etherType;
        InnerLinkType = linkType;
        IsPadded = isPadded;
    }

    /// <summary>What <see cref="Payload"/> starts with.</summary>
    public Layer Next { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The EtherType, where <see cref="Next"/> is that.</summary>
    public ushort Type { get; }

    /// <summary>The link type, where <see cref="Next"/> is <see cref="Layer.Link"/>: a header that says what is behind it.</summary>
    public LinkType InnerLinkType { get; }

    /// <summary>Whether an 802.11 header that follows is padded to a multiple of 4 bytes.</summary>
    public bool IsPadded { get; }

    public static bool TryRead(LinkType linkType, ReadOnlySpan<byte> bytes, out LinkHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.IsEmpty)
        {
            return false;
        }

        switch (linkType)
        {
            case LinkType.Ethernet:
                header = new LinkHeader(Layer.Ethernet, bytes);
                return true;
            case LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd:
                header = new LinkHeader(Layer.Ip, bytes);
                return true;
            case LinkType.Ipv4:
                header = new LinkHeader(Layer.Ipv4, bytes);
                return true;
            case LinkType.Ipv6:
                header = new LinkHeader(Layer.Ipv6, bytes);
                return true;
            case LinkType.Null or LinkType.Loop:
                return TryReadAddressFamily(bytes, 4, out header);
            case LinkType.Enc:
                return TryReadAddressFamily(bytes, 12, out header);
            case LinkType.LinuxSll:
                return TryReadLinuxSll(bytes, out header);
            case LinkType.LinuxSll2:
                return TryReadLinuxSll2(bytes, out header);
            case LinkType.PppHdlc when bytes[0] is 0x0f or 0x8f:
            case LinkType.CiscoHdlc:
                return TryReadCiscoHdlc(bytes, out header);
            case LinkType.Ppp or LinkType.PppHdlc:
                header = new LinkHeader(Layer.Ppp, bytes);
                return true;
            case LinkType.PppPppd:
                // A direction byte takes the place of the HDLC address; the control byte follows it.
                return TrySkip(bytes, bytes.Length > 1 && bytes[1] == 0x03 ? 2 : 1, Layer.Ppp, out header);
            case LinkType.PppEther:
                header = new LinkHeader(Layer.PppoeSession, bytes);
                return true;
            case LinkType.Mpls:
                header = new LinkHeader(Layer.Mpls, bytes);
                return true;
            case LinkType.AtmRfc1483:
                header = new LinkHeader(Layer.Llc, bytes);
                return true;
            case LinkType.Fddi:
                // Only the LLC frame formats, 01x1xxxx and 010xxxxx of frame control, carry data.
                return TrySkip(bytes, 13, (bytes[0] & 0xc0) == 0x40 ? Layer.Llc : Layer.Other, out header);
            case LinkType.TokenRing:
                return TryReadTokenRing(bytes, out header);
            case LinkType.Ieee80211:
                header = new LinkHeader(Layer.Ieee80211, bytes);
                return true;
            case LinkType.Ieee80211Radiotap:
                return TryReadRadiotap(bytes, out header, out fault);
            case LinkType.Ppi:
                return TryReadPpi(bytes, out header, out fault);
            case LinkType.User2 when !LooksLikePkTap(bytes):
                fault = UndecodableReason.UnknownLinkType;
                return false;
            case LinkType.PkTap or LinkType.User2:
                return TryReadPkTap(bytes, out header, out fault);
            case LinkType.PfLog:
                return TryReadPfLog(bytes, out header, out fault);
            case LinkType.NfLog:
                return TryReadNfLog(bytes, out header, out fault);
            default:
                fault = UndecodableReason.UnknownLinkType;
                return false;
        }
    }

    private static bool TrySkip(ReadOnlySpan<byte> bytes, int length, Layer next, out LinkHeader header)
    {
        header = bytes.Length > length ? new LinkHeader(next, bytes[length..]) : default;
        return bytes.Length > length;
    }

    private static bool TryReadAddressFamily(ReadOnlySpan<byte> bytes, int length, out LinkHeader header)
    {
        if (bytes.Length < length)
        {
            header = default;
            return false;
        }

        // Host byte order of the machine that captured, which may differ from that of the file; no family needs more than 16 bits.
        var family = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        family = family > ushort.MaxValue ? BinaryPrimitives.ReverseEndianness(family) : family;
        header = new LinkHeader(LayerOfFamily(family), bytes[length..]);
        return true;
    }

    // AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 23 on Windows, 24, 28 and 30 on the BSDs and Darwin.
    private static Layer LayerOfFamily(uint family) => family switch
    {
        2 => Layer.Ipv4,
        10 or 23 or 24 or 28 or 30 => Layer.Ipv6,
        _ => Layer.Other,
    };

    private static bool TryReadLinuxSll(ReadOnlySpan<byte> bytes, out LinkHeader header)
    {
        header = default;
        if (bytes.Length < 16)
        {
            return false;
        }

        var hardware = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        header = Cooked(hardware, BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]), bytes[16..]);
        return true;
    }

    private static bool TryReadLinuxSll2(ReadOnlySpan<byte> bytes, out LinkHeader header)
    {
        header = default;
        if (bytes.Length < 20)
        {
            return false;
        }

        var hardware = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        header = Cooked(hardware, BinaryPrimitives.ReadUInt16BigEndian(bytes), bytes[20..]);
        return true;
    }

    private static LinkHeader Cooked(ushort hardware, ushort protocol, ReadOnlySpan<byte> payload) => hardware switch
    {
        ArpHardwareNetlink => new LinkHeader(Layer.Other, payload),
        ArpHardwareIeee80211 => new LinkHeader(Layer.Ieee80211, payload),
        ArpHardwareRadiotap => new LinkHeader(Layer.Link, payload, linkType: LinkType.Ieee80211Radiotap),

        // Values below 0x0600 are Linux's own: 4 is LLC, 1 Novell's raw frames.
        _ when protocol == 4 => new LinkHeader(Layer.Llc, payload),
        _ when protocol < EtherType.Minimum => new LinkHeader(Layer.Other, payload),
        _ => new LinkHeader(Layer.EtherType, payload, protocol),
    };

    private static bool TryReadCiscoHdlc(ReadOnlySpan<byte> bytes, out LinkHeader header)
    {
        header = bytes.Length < 4 ? default : new LinkHeader(Layer.EtherType, bytes[4..], BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        return bytes.Length >= 4;
    }

    private static bool TryReadTokenRing(ReadOnlySpan<byte> bytes, out LinkHeader header)
    {
        header = default;
        var length = 14;
        if (bytes.Length < length)
        {
            return false;
        }

        var isData = (bytes[1] & 0xc0) == 0x40;

        // The group bit of the source address says that a route follows; its length is in its first byte (IEEE 802.5 §3.3).
        if ((bytes[8] & 0x80) != 0 && bytes.Length > length)
        {
            length += bytes[length] & 0x1f;
        }

        return TrySkip(bytes, length, isData ? Layer.Llc : Layer.Other, out header);
    }

    private static bool TryReadRadiotap(ReadOnlySpan<byte> bytes, out LinkHeader header, out UndecodableReason fault)
    {
        header = default;
        if (!RadiotapHeader.TryRead(bytes, out var radiotap, out fault))
        {
            return false;
        }

        header = new LinkHeader(Layer.Ieee80211, radiotap.Payload, isPadded: radiotap.IsPadded);
        return true;
    }

    private static bool TryReadPpi(ReadOnlySpan<byte> bytes, out LinkHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < 8)
        {
            return false;
        }

        return TryReadWrapped(
            bytes, BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), 8, BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), out header, out fault);
    }

    private static bool TryReadPkTap(ReadOnlySpan<byte> bytes, out LinkHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < 12)
        {
            return false;
        }

        return TryReadWrapped(
            bytes, BinaryPrimitives.ReadUInt32LittleEndian(bytes), 12, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]), out header, out fault);
    }

    // The length of Darwin's first version of the header, and the record type "packet", which never changed.
    private static bool LooksLikePkTap(ReadOnlySpan<byte> bytes) => bytes.Length >= 12
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == 108 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == 1;

    private static bool TryReadWrapped(
        ReadOnlySpan<byte> bytes, uint length, int minimum, uint linkType, out LinkHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = length < minimum ? UndecodableReason.BadLength : UndecodableReason.CutHeader;
        if (length < minimum || length > bytes.Length)
        {
            return false;
        }

        header = new LinkHeader(Layer.Link, bytes[(int)length..], linkType: (LinkType)(linkType & 0xffff));
        return true;
    }

    private static bool TryReadPfLog(ReadOnlySpan<byte> bytes, out LinkHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;

        // The length byte leaves out the padding to a multiple of 4.
        var length = (bytes[0] + 3) & ~3;
        if (length < 4)
        {
            fault = UndecodableReason.BadLength;
            return false;
        }

        if (length > bytes.Length)
        {
            return false;
        }

        header = new LinkHeader(LayerOfFamily(bytes[1]), bytes[length..]);
        return true;
    }

    private static bool TryReadNfLog(ReadOnlySpan<byte> bytes, out LinkHeader header, out UndecodableReason fault)
    {
        header = default;
        if (!NfLogMessage.TryRead(bytes, out var message, out fault))
        {
            return false;
        }

        header = new LinkHeader(message.Payload.IsEmpty ? Layer.Other : LayerOfFamily(bytes[0]), message.Payload);
        return true;
    }
}
