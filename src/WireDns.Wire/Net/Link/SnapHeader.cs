using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>The SNAP extension (IEEE 802 §9.2.3): an organisation and one of its protocols, which for two organisations is an EtherType.</summary>
internal static class SnapHeader
{
    private const int Length = 5;
    private const uint Encapsulated = 0x000000;
    private const uint BridgeTunnel = 0x0000f8;
    private const uint Bridged = 0x0080c2;

    /// <summary>False where the bytes end within the header.</summary>
    /// <param name="bytes">From the organisation on.</param>
    /// <param name="hasBridgePadding">Whether 2 bytes of padding come before a bridged frame (RFC 2684 §5.2), or none (RFC 2427 §4.2).</param>
    /// <param name="carried">The header that was read.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool hasBridgePadding, out Carried carried)
    {
        carried = default;
        if (bytes.Length < Length)
        {
            return false;
        }

        var organisation = BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 8;
        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
        var payload = bytes[Length..];
        switch (organisation)
        {
            case Encapsulated or BridgeTunnel:
                // RFC 1042, and IEEE 802.1H.
                carried = new Carried(Layer.EtherType, payload, type);
                return true;
            case Bridged when type is 1 or 7:
                // Ethernet, with and without its check sequence.
                var padding = hasBridgePadding ? 2 : 0;
                carried = payload.Length < padding ? default : new Carried(Layer.Ethernet, payload[padding..]);
                return payload.Length >= padding;
            default:
                carried = new Carried(Layer.Other, payload, type);
                return true;
        }
    }
}
