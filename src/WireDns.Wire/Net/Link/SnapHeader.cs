using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>The SNAP extension (IEEE 802 §9.2.3): an organisation and a protocol of its own, which for two of them is an EtherType.</summary>
internal readonly ref struct SnapHeader
{
    private const int Length = 5;
    private const uint Encapsulated = 0x000000;
    private const uint BridgeTunnel = 0x0000f8;
    private const uint Bridged = 0x0080c2;

    private SnapHeader(Layer next, ushort type, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Type = type;
        Payload = payload;
    }

    public Layer Next { get; }

    /// <summary>The EtherType, where <see cref="Next"/> is that.</summary>
    public ushort Type { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>False where the bytes end within the header.</summary>
    /// <param name="bytes">From the organisation on.</param>
    /// <param name="hasBridgePadding">Whether 2 bytes of padding come before a bridged frame (RFC 2684 §5.2), or none (RFC 2427 §4.2).</param>
    /// <param name="header">The header that was read.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool hasBridgePadding, out SnapHeader header)
    {
        header = default;
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
                header = new SnapHeader(Layer.EtherType, type, payload);
                return true;
            case Bridged when type is 1 or 7:
                // Ethernet, with and without its check sequence.
                var padding = hasBridgePadding ? 2 : 0;
                header = payload.Length < padding ? default : new SnapHeader(Layer.Ethernet, 0, payload[padding..]);
                return payload.Length >= padding;
            default:
                header = new SnapHeader(Layer.Other, type, payload);
                return true;
        }
    }
}
