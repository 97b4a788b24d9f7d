namespace WireDns.Wire.Net.Link;

/// <summary>A network layer protocol identifier of ISO/IEC TR 9577, as frame relay (RFC 2427) and ATM (RFC 2684) use it.</summary>
internal readonly ref struct NetworkLayerProtocol
{
    private const byte Snap = 0x80;
    private const byte Ipv6 = 0x8e;
    private const byte Ipv4 = 0xcc;
    private const byte Ppp = 0xcf;

    private NetworkLayerProtocol(Layer next, ushort etherType, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Type = etherType;
        Payload = payload;
    }

    public Layer Next { get; }

    /// <summary>The EtherType, where <see cref="Next"/> is that.</summary>
    public ushort Type { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>False where the bytes end within the identifier.</summary>
    /// <param name="bytes">The identifier and what follows.</param>
    /// <param name="hasBridgePadding">Whether a bridged frame is padded, as ATM has it.</param>
    /// <param name="protocol">What was read.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool hasBridgePadding, out NetworkLayerProtocol protocol)
    {
        protocol = default;
        if (bytes.IsEmpty)
        {
            return false;
        }

        if (bytes[0] != Snap)
        {
            var next = bytes[0] switch
            {
                Ipv4 => Layer.Ipv4,
                Ipv6 => Layer.Ipv6,
                Ppp => Layer.Ppp,
                _ => Layer.Other,
            };
            protocol = new NetworkLayerProtocol(next, 0, bytes[1..]);
            return true;
        }

        if (!SnapHeader.TryRead(bytes[1..], hasBridgePadding, out var snap))
        {
            return false;
        }

        protocol = new NetworkLayerProtocol(snap.Next, snap.Type, snap.Payload);
        return true;
    }
}
