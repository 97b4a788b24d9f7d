namespace WireDns.Wire.Net.Link;

/// <summary>An IEEE 802.2 LLC header, with the SNAP extension (RFC 1042) or an NLPID (RFC 2684 §5.1) where it has one.</summary>
internal static class LlcHeader
{
    private const byte SnapSap = 0xaa;
    private const byte IpSap = 0x06;
    private const byte IsoSap = 0xfe;
    private const byte UnnumberedInformation = 0x03;

    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        if (bytes.Length < 3)
        {
            return false;
        }

        var (destination, source, control) = (bytes[0], bytes[1], bytes[2]);
        var payload = bytes[3..];
        if (destination != source || control != UnnumberedInformation)
        {
            carried = new Carried(Layer.Other, payload);
            return true;
        }

        switch (destination)
        {
            case SnapSap:
                return SnapHeader.TryRead(payload, hasBridgePadding: true, out carried);
            case IsoSap:
                return NetworkLayerProtocol.TryRead(payload, hasBridgePadding: true, out carried);
            default:
                carried = new Carried(destination == IpSap ? Layer.Ipv4 : Layer.Other, payload);
                return true;
        }
    }
}
