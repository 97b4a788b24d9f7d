using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>The capture's link-layer header, of any link type that the decoder knows, and what it says about what follows.</summary>
internal readonly ref struct LinkHeader
{
    internal LinkHeader(Layer next, ReadOnlySpan<byte> payload, ushort etherType = 0, LinkType linkType = default, bool isPadded = false)
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
            case LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.AtmClip:
            case LinkType.Ipv4 or LinkType.Ipv6:
                // Also under the link types of one version alone, captures hold the other one.
                header = new LinkHeader(Layer.Ip, bytes);
                return true;
            case LinkType.Null or LinkType.Loop:
                return FamilyHeader.TryRead(bytes, 4, out header);
            case LinkType.Enc:
                return FamilyHeader.TryRead(bytes, 12, out header);
            case LinkType.LinuxSll:
                return CookedHeader.TryReadVersion1(bytes, out header);
            case LinkType.LinuxSll2:
                return CookedHeader.TryReadVersion2(bytes, out header);
            case LinkType.PppHdlc when bytes[0] is 0x0f or 0x8f:
            case LinkType.CiscoHdlc:
                return TryReadTyped(bytes, 2, 4, out header);
            case LinkType.Ppp or LinkType.PppHdlc:
                header = new LinkHeader(Layer.Ppp, bytes);
                return true;
            case LinkType.PppPppd:
                // A direction byte takes the place of the HDLC address; the control byte follows it.
                return TrySkip(bytes, bytes.Length > 1 && bytes[1] == 0x03 ? 2 : 1, Layer.Ppp, out header);
            case LinkType.PppWithDirection:
                return TrySkip(bytes, 1, LinkType.PppHdlc, out header);
            case LinkType.CiscoHdlcWithDirection:
                return TrySkip(bytes, 1, LinkType.CiscoHdlc, out header);
            case LinkType.PppEther:
                header = new LinkHeader(Layer.PppoeSession, bytes);
                return true;
            case LinkType.Mpls:
                header = new LinkHeader(Layer.Mpls, bytes);
                return true;
            case LinkType.AtmRfc1483:
                header = new LinkHeader(Layer.Llc, bytes);
                return true;
            case LinkType.SunAtm:
                return TryReadSunAtm(bytes, out header);
            case LinkType.Fddi:
                // Only the LLC frame formats, 01x1xxxx and 010xxxxx of frame control, carry data.
                return TrySkip(bytes, 13, (bytes[0] & 0xc0) == 0x40 ? Layer.Llc : Layer.Other, out header);
            case LinkType.TokenRing:
                return TryReadTokenRing(bytes, out header);
            case LinkType.Arcnet or LinkType.ArcnetLinux:
                return ArcnetFrame.TryRead(bytes, linkType == LinkType.ArcnetLinux, out header);
            case LinkType.FrameRelay:
                header = new LinkHeader(Layer.FrameRelay, bytes);
                return true;
            case LinkType.FrameRelayWithDirection:
                return TrySkip(bytes, 1, Layer.FrameRelay, out header);
            case LinkType.IpOverFibreChannel:
                return TrySkip(bytes, 16, Layer.Llc, out header);
            case LinkType.AppleIpOverIeee1394:
                return TryReadTyped(bytes, 16, 18, out header);
            case LinkType.IpOverInfiniBand:
                return TryReadTyped(bytes, 40, 44, out header);
            case LinkType.SymantecFirewall:
                // Two forms, told apart by where the EtherType is and where it is 0.
                return bytes.Length >= 8 && (bytes[6] | bytes[7]) != 0
                    ? TryReadTyped(bytes, 6, 44, out header)
                    : TryReadTyped(bytes, 20, 56, out header);
            case LinkType.Tzsp when TzspHeader.TryRead(bytes, out var sniffed):
                header = new LinkHeader(sniffed.Next, sniffed.Payload, linkType: (LinkType)sniffed.Type);
                return true;
            case LinkType.Tzsp:
                return false;
            case LinkType.IpNet:
                // The family is the second byte.
                return TrySkip(bytes, 24, bytes.Length > 1 ? FamilyHeader.LayerOf(bytes[1]) : Layer.Other, out header);
            case LinkType.Slip:
                return TrySkip(bytes, 16, Layer.Ip, out header);
            case LinkType.Ax25:
                return Ax25Frame.TryRead(bytes, out header);
            case LinkType.Ax25Kiss:
                return Ax25Frame.TryRead(bytes[1..], out header);
            case LinkType.NetAnalyzer or LinkType.DsaBroadcomPrepended:
                return TrySkip(bytes, 4, Layer.Ethernet, out header);
            case LinkType.NetAnalyzerTransparent:
                return TrySkip(bytes, 12, Layer.Ethernet, out header);
            case LinkType.Epon:
                return TrySkip(bytes, 8, Layer.Ethernet, out header);
            case LinkType.EthernetMPacket:
                return TrySkip(bytes, 8, StartsFrame(bytes) ? Layer.Ethernet : Layer.Other, out header);
            case LinkType.DsaBroadcom or LinkType.Dsa:
                return SwitchTag.TryRead(bytes, 4, out header);
            case LinkType.DsaEtherType:
                return SwitchTag.TryRead(bytes, 8, out header);
            case LinkType.Docsis:
                return DocsisFrame.TryRead(bytes, out header, out fault);
            case LinkType.Erf:
                return ErfRecord.TryRead(bytes, out header);
            case LinkType.UpperPdu:
                return ExportedPdu.TryRead(bytes, out header);
            case LinkType.Ieee80211:
                header = new LinkHeader(Layer.Ieee80211, bytes);
                return true;
            case LinkType.Ieee80211Radiotap:
                return TryReadRadiotap(bytes, out header, out fault);
            case LinkType.Ieee80211Prism or LinkType.Ieee80211Avs:
                return WirelessCaptureHeader.TryRead(bytes, out header, out fault);
            case LinkType.Ppi:
                return TryReadPpi(bytes, out header, out fault);
            case LinkType.PkTap:
                return TryReadPkTap(bytes, out header, out fault);
            case LinkType.User2 when IsPkTap(bytes):
                return TryReadPkTap(bytes, out header, out fault);
            case LinkType.PfLog:
                return TryReadPfLog(bytes, out header, out fault);
            case LinkType.NfLog:
                return TryReadNfLog(bytes, out header, out fault);
            case >= LinkType.JuniperMultilinkPpp and <= LinkType.JuniperAtm1:
            case LinkType.JuniperMonitor or LinkType.JuniperPppoe or LinkType.JuniperPppoeAtm or LinkType.JuniperPicPeer:
            case >= LinkType.JuniperEthernet and <= LinkType.JuniperCiscoHdlc:
            case LinkType.JuniperVp or LinkType.JuniperIsm or LinkType.JuniperSt or LinkType.JuniperVs or LinkType.JuniperSrxE2E:
            case LinkType.JuniperAtmCemic:
                return JuniperHeader.TryRead(linkType, bytes, out header, out fault);
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

    private static bool TrySkip(ReadOnlySpan<byte> bytes, int length, LinkType next, out LinkHeader header)
    {
        header = bytes.Length > length ? new LinkHeader(Layer.Link, bytes[length..], linkType: next) : default;
        return bytes.Length > length;
    }

    private static bool TryReadTyped(ReadOnlySpan<byte> bytes, int typeOffset, int length, out LinkHeader header)
    {
        header = bytes.Length < length
            ? default
            : new LinkHeader(Layer.EtherType, bytes[length..], BinaryPrimitives.ReadUInt16BigEndian(bytes[typeOffset..]));
        return bytes.Length >= length;
    }

    // Behind the preamble's seven bytes: a start of an express frame, or one of the four of a frame that others may interrupt.
    private static bool StartsFrame(ReadOnlySpan<byte> bytes) => bytes.Length > 8 && bytes[7] is 0xd5 or 0xe6 or 0x4c or 0x7f or 0xb3;

    // Traffic type in the low half of the first byte: 1 is LAN emulation, whose header has 2 bytes, 2 is LLC.
    private static bool TryReadSunAtm(ReadOnlySpan<byte> bytes, out LinkHeader header) => (bytes[0] & 0x0f) switch
    {
        1 => TrySkip(bytes, 6, Layer.Ethernet, out header),
        2 => TrySkip(bytes, 4, Layer.Llc, out header),
        _ => TrySkip(bytes, 4, Layer.Other, out header),
    };

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

    // A record of type 1, "packet", behind a header that is as long as Apple's systems make it.
    private static bool IsPkTap(ReadOnlySpan<byte> bytes) => bytes.Length >= 12
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes) is >= 108 and <= 512 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == 1;

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

        header = new LinkHeader(FamilyHeader.LayerOf(bytes[1]), bytes[length..]);
        return true;
    }

    private static bool TryReadNfLog(ReadOnlySpan<byte> bytes, out LinkHeader header, out UndecodableReason fault)
    {
        header = default;
        if (!NfLogMessage.TryRead(bytes, out var message, out fault))
        {
            return false;
        }

        header = new LinkHeader(message.Payload.IsEmpty ? Layer.Other : FamilyHeader.LayerOf(bytes[0]), message.Payload);
        return true;
    }
}
