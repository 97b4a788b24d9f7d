namespace WireDns.Wire.Net.Link;

/// <summary>A network layer protocol identifier of ISO/IEC TR 9577, as frame relay (RFC 2427) and ATM (RFC 2684) use it.</summary>
internal static class NetworkLayerProtocol
{
    private const byte Snap = 0x80;
    private const byte Ipv6 = 0x8e;
    private const byte Ipv4 = 0xcc;
    private const byte Ppp = 0xcf;

    /// <summary>False where the bytes end within the identifier.</summary>
    /// <param name="bytes">The identifier and what follows.</param>
    /// <param name="hasBridgePadding">Whether a bridged frame is padded, as ATM has it.</param>
    /// <param name="carried">What was read.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool hasBridgePadding, out Carried carried)
    {
        carried = default;
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
            carried = new Carried(next, bytes[1..]);
            return true;
        }

        return SnapHeader.TryRead(bytes[1..], hasBridgePadding, out carried);
    }
}
