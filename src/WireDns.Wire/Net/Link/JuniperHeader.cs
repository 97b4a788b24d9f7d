using System.Buffers.Binary;
using WireDns.Wire.Net.Ip;

namespace WireDns.Wire.Net.Link;

/// <summary>
/// The header of Juniper's routers before a frame: a magic number, flags, extensions. A cookie may follow, in the interface card's own
/// form, so what comes after it is recognised by its content.
/// </summary>
internal static class JuniperHeader
{
    private const int HeaderLength = 4;
    private const uint Magic = 0x4d4743;
    private const byte NoLinkHeaderFlag = 0x02;
    private const byte ExtensionsFlag = 0x80;

    // The longest cookies have 8 bytes; 4 of PPPoE or frame relay may come before anything recognisable.
    private const int MaximumCookieLength = 12;

    public static bool TryRead(LinkType linkType, ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 8 != Magic)
        {
            fault = UndecodableReason.BadVersion;
            return false;
        }

        var flags = bytes[3];
        var length = HeaderLength;
        if ((flags & ExtensionsFlag) != 0)
        {
            if (bytes.Length < HeaderLength + 2)
            {
                return false;
            }

            length += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[HeaderLength..]);
        }

        if (bytes.Length <= length)
        {
            return false;
        }

        var rest = bytes[length..];
        carried = (flags & NoLinkHeaderFlag) != 0 ? ReadProtocol(rest) : ReadFrame(linkType, rest);
        return true;
    }

    // In place of a link header there are 4 bytes that say what follows.
    private static Carried ReadProtocol(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4)
        {
            return new Carried(Layer.Other, bytes);
        }

        var payload = bytes[4..];
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) switch
        {
            2 or 3 => new Carried(Layer.Ipv4, payload),
            6 or 7 => new Carried(Layer.Ipv6, payload),
            4 or 5 or 8 or 32 => new Carried(Layer.Mpls, payload),
            200 => new Carried(Layer.Ppp, payload),
            202 or 203 => new Carried(Layer.Llc, payload),
            204 => new Carried(Layer.Ethernet, payload),
            207 => new Carried(Layer.FrameRelay, payload),
            208 => new Carried(LinkType.CiscoHdlc, payload),
            _ => Guess(payload),
        };
    }

    private static Carried ReadFrame(LinkType linkType, ReadOnlySpan<byte> bytes) => linkType switch
    {
        LinkType.JuniperEthernet => new Carried(Layer.Ethernet, bytes),
        LinkType.JuniperPpp => new Carried(Layer.Ppp, bytes),
        LinkType.JuniperCiscoHdlc => new Carried(LinkType.CiscoHdlc, bytes),
        LinkType.JuniperFrameRelay => new Carried(Layer.FrameRelay, bytes),
        _ => Guess(bytes),
    };

    private static Carried Guess(ReadOnlySpan<byte> bytes)
    {
        for (var offset = 0; offset <= MaximumCookieLength && offset < bytes.Length; offset++)
        {
            var rest = bytes[offset..];
            var next = LayerOf(rest);
            if (next != Layer.Other)
            {
                return new Carried(next, rest);
            }
        }

        return new Carried(Layer.Other, bytes);
    }

    private static Layer LayerOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Ipv4Packet.MinimumHeaderLength)
        {
            return Layer.Other;
        }

        var start = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return start switch
        {
            _ when IsIpv4(bytes) => Layer.Ipv4,
            _ when IsIpv6(bytes) => Layer.Ipv6,
            _ when start >> 8 is 0xaaaa03 or 0xfefe03 => Layer.Llc,
            0xff030021 or 0xff030057 => Layer.Ppp,
            _ when start >> 16 is 0x0021 && IsIpv4(bytes[2..]) => Layer.Ppp,
            _ when start >> 16 is 0x0057 && IsIpv6(bytes[2..]) => Layer.Ppp,
            _ when EthernetFrame.TryRead(bytes, out var frame) && IsIp(frame) => Layer.Ethernet,
            _ => Layer.Other,
        };
    }

    private static bool IsIp(EthernetFrame frame) => (frame.Type == EtherType.Ipv4 && IsIpv4(frame.Payload))
        || (frame.Type == EtherType.Ipv6 && IsIpv6(frame.Payload))
        || (frame.Type == EtherType.PppoeSession && !frame.Payload.IsEmpty && frame.Payload[0] == 0x11);

    private static bool IsIpv4(ReadOnlySpan<byte> bytes) => bytes.Length >= Ipv4Packet.MinimumHeaderLength
        && bytes[0] is >= 0x45 and <= 0x4f && bytes[9] != 0
        && BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) is var length
        && length >= Ipv4Packet.MinimumHeaderLength && length <= bytes.Length;

    private static bool IsIpv6(ReadOnlySpan<byte> bytes) => bytes.Length >= Ipv6Packet.HeaderLength && bytes[0] >> 4 == 6
        && BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) is var length && length > 0 && length + Ipv6Packet.HeaderLength <= bytes.Length;
}
