namespace WireDns.Wire.Net.Link;

/// <summary>An IEEE 802.2 LLC header, with the SNAP extension (RFC 1042) or an NLPID (RFC 2684 §5.1) where it has one.</summary>
internal readonly ref struct LlcHeader
{
    private const byte SnapSap = 0xaa;
    private const byte IpSap = 0x06;
    private const byte IsoSap = 0xfe;
    private const byte UnnumberedInformation = 0x03;

    private LlcHeader(Layer next, ushort etherType, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Type = etherType;
        Payload = payload;
    }

    /// <summary>What <see cref="Payload"/> starts with.</summary>
    public Layer Next { get; }

    /// <summary>The EtherType of a SNAP header.</summary>
    public ushort Type { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out LlcHeader header)
    {
        header = default;
        if (bytes.Length < 3)
        {
            return false;
        }

        var (destination, source, control) = (bytes[0], bytes[1], bytes[2]);
        var payload = bytes[3..];
        if (destination != source || control != UnnumberedInformation)
        {
            header = new LlcHeader(Layer.Other, 0, payload);
            return true;
        }

        switch (destination)
        {
            case SnapSap:
                if (!SnapHeader.TryRead(payload, hasBridgePadding: true, out var snap))
                {
                    return false;
                }

                header = new LlcHeader(snap.Next, snap.Type, snap.Payload);
                return true;
            case IsoSap:
                if (!NetworkLayerProtocol.TryRead(payload, hasBridgePadding: true, out var protocol))
                {
                    return false;
                }

                header = new LlcHeader(protocol.Next, protocol.Type, protocol.Payload);
                return true;
            default:
                header = new LlcHeader(destination == IpSap ? Layer.Ipv4 : Layer.Other, 0, payload);
                return true;
        }
    }
}
