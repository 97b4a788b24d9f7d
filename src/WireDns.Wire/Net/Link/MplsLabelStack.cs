using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>An MPLS label stack (RFC 3032) and what it carries, for which there is no field: IP, or a pseudowire with Ethernet (RFC 4448).</summary>
internal static class MplsLabelStack
{
    // RFC 3032 sets no bound; stacks of segment routing reach about 12.
    private const int MaximumLabels = 32;
    private const int LabelLength = 4;
    private const int ControlWordLength = 4;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        for (var label = 0; label < MaximumLabels; label++)
        {
            if (bytes.Length < LabelLength)
            {
                return false;
            }

            var isBottom = (bytes[2] & 1) != 0;
            bytes = bytes[LabelLength..];
            if (isBottom)
            {
                return TryReadPayload(bytes, out carried);
            }
        }

        fault = UndecodableReason.TooManyTags;
        return false;
    }

    private static bool TryReadPayload(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        if (bytes.IsEmpty)
        {
            return false;
        }

        switch (bytes[0] >> 4)
        {
            case 4 or 6:
                carried = new Carried(Layer.Ip, bytes);
                return true;
            case 0 when bytes.Length >= ControlWordLength && !(CarriesKnownType(bytes) && !CarriesKnownType(bytes[ControlWordLength..])):
                // RFC 4385 §3: a first nibble of 0 is a control word, unless the frame reads as Ethernet only without one.
                carried = new Carried(Layer.Ethernet, bytes[ControlWordLength..]);
                return true;
            case 1:
                // RFC 4385 §5: an associated channel, not user data.
                carried = new Carried(Layer.Other, bytes);
                return true;
            default:
                carried = new Carried(Layer.Ethernet, bytes);
                return true;
        }
    }

    private static bool CarriesKnownType(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetFrame.HeaderLength)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        return type is EtherType.Ipv4 or EtherType.Ipv6 or EtherType.Arp or EtherType.Mpls or EtherType.PppoeSession || EtherType.IsVlan(type);
    }
}
