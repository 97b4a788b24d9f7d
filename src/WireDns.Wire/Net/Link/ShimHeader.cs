namespace WireDns.Wire.Net.Link;

/// <summary>A header between link and IP that names what follows it without an EtherType: LLC, PPP, PPPoE, frame relay, MPLS, NSH.</summary>
internal readonly ref struct ShimHeader
{
    private ShimHeader(Layer next, ushort type, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Type = type;
        Payload = payload;
    }

    /// <summary>What <see cref="Payload"/> starts with.</summary>
    public Layer Next { get; }

    /// <summary>The EtherType, where <see cref="Next"/> is that.</summary>
    public ushort Type { get; }

    public ReadOnlySpan<byte> Payload { get; }

    public static bool TryRead(Layer layer, ReadOnlySpan<byte> bytes, out ShimHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        switch (layer)
        {
            case Layer.Llc when LlcHeader.TryRead(bytes, out var llc):
                header = new ShimHeader(llc.Next, llc.Type, llc.Payload);
                return true;
            case Layer.Ppp when PppHeader.TryRead(bytes, out var ppp):
                fault = UndecodableReason.Encrypted;
                header = new ShimHeader(ppp.Next, 0, ppp.Payload);
                return !ppp.IsEncrypted;
            case Layer.PppoeSession when PppoeHeader.TryRead(bytes, out var pppoe, out fault):
                header = new ShimHeader(Layer.Ppp, 0, pppoe.Payload);
                return true;
            case Layer.FrameRelay when FrameRelayHeader.TryRead(bytes, out var relay):
                header = new ShimHeader(relay.Next, relay.Type, relay.Payload);
                return true;
            case Layer.Mpls when MplsLabelStack.TryRead(bytes, out var labels, out fault):
                header = new ShimHeader(labels.Next, 0, labels.Payload);
                return true;
            case Layer.Nsh when NetworkServiceHeader.TryRead(bytes, out var service, out fault):
                header = new ShimHeader(service.Next, 0, service.Payload);
                return true;
            default:
                return false;
        }
    }
}
