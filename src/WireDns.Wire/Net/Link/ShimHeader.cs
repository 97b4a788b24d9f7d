namespace WireDns.Wire.Net.Link;

/// <summary>A header between link and IP that names what follows it without an EtherType: LLC, PPP, PPPoE, frame relay, MPLS, NSH.</summary>
internal static class ShimHeader
{
    public static bool TryRead(Layer layer, ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        fault = UndecodableReason.CutHeader;
        switch (layer)
        {
            case Layer.Llc:
                return LlcHeader.TryRead(bytes, out carried);
            case Layer.Ppp:
                return PppHeader.TryRead(bytes, out carried, out fault);
            case Layer.PppoeSession:
                return PppoeHeader.TryRead(bytes, out carried, out fault);
            case Layer.FrameRelay:
                return FrameRelayHeader.TryRead(bytes, out carried);
            case Layer.Mpls:
                return MplsLabelStack.TryRead(bytes, out carried, out fault);
            default:
                return NetworkServiceHeader.TryRead(bytes, out carried, out fault);
        }
    }
}
