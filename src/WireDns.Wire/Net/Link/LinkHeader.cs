using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>The capture's link-layer header, of any link type that the decoder knows, and what it says about what follows.</summary>
internal static class LinkHeader
{
    public static bool TryRead(LinkType linkType, ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.IsEmpty)
        {
            fault = linkType switch
            {
                LinkType.UnknownInterface => UndecodableReason.FileUnknownInterface,
                LinkType.LengthBeyondBlock => UndecodableReason.FileLengthBeyondBlock,
                LinkType.BlockTooShort => UndecodableReason.FileBlockTooShort,
                _ => UndecodableReason.CutHeader,
            };
            return false;
        }

        switch (linkType)
        {
            case LinkType.Ethernet:
                carried = new Carried(Layer.Ethernet, bytes);
                return true;
            case LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.AtmClip:
            case LinkType.Ipv4 or LinkType.Ipv6:
                // Captures also hold the other version under the link type of one.
                carried = new Carried(Layer.Ip, bytes);
                return true;
            case LinkType.Null or LinkType.Loop:
                return FamilyHeader.TryRead(bytes, 4, out carried);
            case LinkType.Enc:
                return FamilyHeader.TryRead(bytes, 12, out carried);
            case LinkType.LinuxSll:
                return CookedHeader.TryReadVersion1(bytes, out carried);
            case LinkType.LinuxSll2:
                return CookedHeader.TryReadVersion2(bytes, out carried);
            case LinkType.PppHdlc when bytes[0] is 0x0f or 0x8f:
            case LinkType.CiscoHdlc:
                return TryReadTyped(bytes, 2, 4, out carried);
            case LinkType.Ppp or LinkType.PppHdlc:
                carried = new Carried(Layer.Ppp, bytes);
                return true;
            case LinkType.PppPppd:
                // A direction byte replaces the HDLC address; the control byte follows it.
                return TrySkip(bytes, bytes.Length > 1 && bytes[1] == 0x03 ? 2 : 1, Layer.Ppp, out carried);
            case LinkType.PppWithDirection:
                return TrySkip(bytes, 1, LinkType.PppHdlc, out carried);
            case LinkType.CiscoHdlcWithDirection:
                return TrySkip(bytes, 1, LinkType.CiscoHdlc, out carried);
            case LinkType.PppEther:
                carried = new Carried(Layer.PppoeSession, bytes);
                return true;
            case LinkType.Mpls:
                carried = new Carried(Layer.Mpls, bytes);
                return true;
            case LinkType.AtmRfc1483:
                carried = new Carried(Layer.Llc, bytes);
                return true;
            case LinkType.SunAtm:
                return TryReadSunAtm(bytes, out carried);
            case LinkType.Fddi:
                // Only the LLC frame formats, 01x1xxxx and 010xxxxx of frame control, carry data.
                return TrySkip(bytes, 13, (bytes[0] & 0xc0) == 0x40 ? Layer.Llc : Layer.Other, out carried);
            case LinkType.TokenRing:
                return TryReadTokenRing(bytes, out carried);
            case LinkType.Arcnet or LinkType.ArcnetLinux:
                return ArcnetFrame.TryRead(bytes, linkType == LinkType.ArcnetLinux, out carried);
            case LinkType.FrameRelay:
                carried = new Carried(Layer.FrameRelay, bytes);
                return true;
            case LinkType.FrameRelayWithDirection:
                return TrySkip(bytes, 1, Layer.FrameRelay, out carried);
            case LinkType.IpOverFibreChannel:
                return TrySkip(bytes, 16, Layer.Llc, out carried);
            case LinkType.AppleIpOverIeee1394:
                return TryReadTyped(bytes, 16, 18, out carried);
            case LinkType.IpOverInfiniBand:
                return TryReadTyped(bytes, 40, 44, out carried);
            case LinkType.SymantecFirewall:
                // Two forms, told apart by where the EtherType is and where it is 0.
                return bytes.Length >= 8 && (bytes[6] | bytes[7]) != 0
                    ? TryReadTyped(bytes, 6, 44, out carried)
                    : TryReadTyped(bytes, 20, 56, out carried);
            case LinkType.Tzsp:
                return TzspHeader.TryRead(bytes, out carried);
            case LinkType.IpNet:
                // The family is the second byte.
                return TrySkip(bytes, 24, bytes.Length > 1 ? FamilyHeader.LayerOf(bytes[1]) : Layer.Other, out carried);
            case LinkType.Slip:
                return TrySkip(bytes, 16, Layer.Ip, out carried);
            case LinkType.Ax25:
                return Ax25Frame.TryRead(bytes, out carried);
            case LinkType.Ax25Kiss:
                return Ax25Frame.TryRead(bytes[1..], out carried);
            case LinkType.NetAnalyzer or LinkType.DsaBroadcomPrepended:
                return TrySkip(bytes, 4, Layer.Ethernet, out carried);
            case LinkType.NetAnalyzerTransparent:
                return TrySkip(bytes, 12, Layer.Ethernet, out carried);
            case LinkType.Epon:
                return TrySkip(bytes, 8, Layer.Ethernet, out carried);
            case LinkType.EthernetMPacket:
                return TrySkip(bytes, 8, StartsFrame(bytes) ? Layer.Ethernet : Layer.Other, out carried);
            case LinkType.DsaBroadcom or LinkType.Dsa:
                return SwitchTag.TryRead(bytes, 4, out carried);
            case LinkType.DsaEtherType:
                return SwitchTag.TryRead(bytes, 8, out carried);
            case LinkType.Docsis:
                return DocsisFrame.TryRead(bytes, out carried, out fault);
            case LinkType.Erf:
                return ErfRecord.TryRead(bytes, out carried);
            case LinkType.UpperPdu:
                return ExportedPdu.TryRead(bytes, out carried);
            case LinkType.Ieee80211:
                carried = new Carried(Layer.Ieee80211, bytes);
                return true;
            case LinkType.Ieee80211Radiotap:
                return RadiotapHeader.TryRead(bytes, out carried, out fault);
            case LinkType.Ieee80211Prism or LinkType.Ieee80211Avs:
                return WirelessCaptureHeader.TryRead(bytes, out carried, out fault);
            case LinkType.Ppi:
                return TryReadPpi(bytes, out carried, out fault);
            case LinkType.PkTap:
                return TryReadPkTap(bytes, out carried, out fault);
            case LinkType.User2 when IsPkTap(bytes):
                return TryReadPkTap(bytes, out carried, out fault);
            case LinkType.PfLog:
                return TryReadPfLog(bytes, out carried, out fault);
            case LinkType.NfLog:
                return NfLogMessage.TryRead(bytes, out carried, out fault);
            case >= LinkType.JuniperMultilinkPpp and <= LinkType.JuniperAtm1:
            case LinkType.JuniperMonitor or LinkType.JuniperPppoe or LinkType.JuniperPppoeAtm or LinkType.JuniperPicPeer:
            case >= LinkType.JuniperEthernet and <= LinkType.JuniperCiscoHdlc:
            case LinkType.JuniperVp or LinkType.JuniperIsm or LinkType.JuniperSt or LinkType.JuniperVs or LinkType.JuniperSrxE2E:
            case LinkType.JuniperAtmCemic:
                return JuniperHeader.TryRead(linkType, bytes, out carried, out fault);
            default:
                fault = UndecodableReason.UnknownLinkType;
                return false;
        }
    }

    private static bool TrySkip(ReadOnlySpan<byte> bytes, int length, Layer next, out Carried carried)
    {
        carried = bytes.Length > length ? new Carried(next, bytes[length..]) : default;
        return bytes.Length > length;
    }

    private static bool TrySkip(ReadOnlySpan<byte> bytes, int length, LinkType next, out Carried carried)
    {
        carried = bytes.Length > length ? new Carried(next, bytes[length..]) : default;
        return bytes.Length > length;
    }

    private static bool TryReadTyped(ReadOnlySpan<byte> bytes, int typeOffset, int length, out Carried carried)
    {
        carried = bytes.Length < length
            ? default
            : new Carried(Layer.EtherType, bytes[length..], BinaryPrimitives.ReadUInt16BigEndian(bytes[typeOffset..]));
        return bytes.Length >= length;
    }

    // After the preamble's seven bytes: the start of an express frame, or one of four for a frame that others may interrupt.
    private static bool StartsFrame(ReadOnlySpan<byte> bytes) => bytes.Length > 8 && bytes[7] is 0xd5 or 0xe6 or 0x4c or 0x7f or 0xb3;

    // Traffic type in the low half of the first byte: 1 is LAN emulation, whose header has 2 bytes, 2 is LLC.
    private static bool TryReadSunAtm(ReadOnlySpan<byte> bytes, out Carried carried) => (bytes[0] & 0x0f) switch
    {
        1 => TrySkip(bytes, 6, Layer.Ethernet, out carried),
        2 => TrySkip(bytes, 4, Layer.Llc, out carried),
        _ => TrySkip(bytes, 4, Layer.Other, out carried),
    };

    private static bool TryReadTokenRing(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        var length = 14;
        if (bytes.Length < length)
        {
            return false;
        }

        var isData = (bytes[1] & 0xc0) == 0x40;

        // The group bit of the source address says that a route follows, whose first byte has its length (IEEE 802.5 §3.3).
        if ((bytes[8] & 0x80) != 0 && bytes.Length > length)
        {
            length += bytes[length] & 0x1f;
        }

        return TrySkip(bytes, length, isData ? Layer.Llc : Layer.Other, out carried);
    }

    private static bool TryReadPpi(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < 8)
        {
            return false;
        }

        return TryReadWrapped(
            bytes, BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), 8, BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), out carried, out fault);
    }

    // A record of type 1, "packet", after a header that is as long as Apple's systems make it.
    private static bool IsPkTap(ReadOnlySpan<byte> bytes) => bytes.Length >= 12
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes) is >= 108 and <= 512 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == 1;

    private static bool TryReadPkTap(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < 12)
        {
            return false;
        }

        return TryReadWrapped(
            bytes, BinaryPrimitives.ReadUInt32LittleEndian(bytes), 12, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]), out carried, out fault);
    }

    private static bool TryReadWrapped(
        ReadOnlySpan<byte> bytes, uint length, int minimum, uint linkType, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = length < minimum ? UndecodableReason.BadLength : UndecodableReason.CutHeader;
        if (length < minimum || length > bytes.Length)
        {
            return false;
        }

        carried = new Carried((LinkType)(linkType & 0xffff), bytes[(int)length..]);
        return true;
    }

    private static bool TryReadPfLog(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
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

        carried = new Carried(FamilyHeader.LayerOf(bytes[1]), bytes[length..]);
        return true;
    }
}
