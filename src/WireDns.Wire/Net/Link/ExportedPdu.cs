using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>What Wireshark exported: tags, one of which names the dissector of the bytes behind them (LINKTYPE_WIRESHARK_UPPER_PDU).</summary>
internal static class ExportedPdu
{
    private const int TagHeaderLength = 4;
    private const ushort EndOfOptions = 0;
    private const ushort ProtocolName = 12;

    // A name and a pair of addresses and ports take eight.
    private const int MaximumTags = 64;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out LinkHeader header)
    {
        header = default;
        ReadOnlySpan<byte> name = default;
        for (var tag = 0; tag < MaximumTags && bytes.Length >= TagHeaderLength; tag++)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            bytes = bytes[TagHeaderLength..];
            if (length > bytes.Length)
            {
                return false;
            }

            if (type == EndOfOptions)
            {
                header = LayerOf(name, bytes[length..]);
                return true;
            }

            if (type == ProtocolName)
            {
                name = bytes[..length].TrimEnd((byte)0);
            }

            bytes = bytes[length..];
        }

        return false;
    }

    private static LinkHeader LayerOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
    {
        var next = name switch
        {
            _ when name.SequenceEqual("ip"u8) => Layer.Ip,
            _ when name.SequenceEqual("ipv6"u8) => Layer.Ipv6,
            _ when name.SequenceEqual("llc"u8) => Layer.Llc,
            _ when name.SequenceEqual("ppp"u8) => Layer.Ppp,
            _ when name.SequenceEqual("mpls"u8) => Layer.Mpls,
            _ when name.StartsWith("eth"u8) => Layer.Ethernet,
            _ when name.StartsWith("wlan"u8) => Layer.Ieee80211,
            _ => Layer.Other,
        };
        return new LinkHeader(next, payload);
    }
}
