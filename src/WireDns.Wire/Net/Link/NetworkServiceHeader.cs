using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A network service header (RFC 8300 §2).</summary>
internal static class NetworkServiceHeader
{
    private const int BaseLength = 8;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < BaseLength)
        {
            return false;
        }

        var first = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (first >> 14 != 0)
        {
            fault = UndecodableReason.BadVersion;
            return false;
        }

        var length = (first & 0x3f) * 4;
        if (length < BaseLength)
        {
            fault = UndecodableReason.BadLength;
            return false;
        }

        if (length > bytes.Length)
        {
            return false;
        }

        carried = new Carried(NextOf(bytes[3]), bytes[length..]);
        return true;
    }

    /// <summary>What a "next protocol" number means; NSH and VXLAN-GPE share them (RFC 8300 §2.2).</summary>
    public static Layer NextOf(byte protocol) => protocol switch
    {
        1 => Layer.Ipv4,
        2 => Layer.Ipv6,
        3 => Layer.Ethernet,
        4 => Layer.Nsh,
        5 => Layer.Mpls,
        _ => Layer.Other,
    };
}
