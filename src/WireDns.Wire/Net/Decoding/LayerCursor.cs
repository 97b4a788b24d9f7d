namespace WireDns.Wire.Net.Decoding;

/// <summary>The position in the walk over a packet's layers: the bytes that are left, and what they start with.</summary>
internal ref struct LayerCursor
{
    public LayerCursor(Layer layer, int type, ReadOnlySpan<byte> bytes)
    {
        Layer = layer;
        Type = type;
        Bytes = bytes;
    }

    /// <summary>What <see cref="Bytes"/> starts with.</summary>
    public Layer Layer;

    /// <summary>The link type, EtherType or IP protocol, where <see cref="Layer"/> is that.</summary>
    public int Type;

    /// <summary>The bytes that are left. At the end of the walk, what can be delivered as a view.</summary>
    public ReadOnlySpan<byte> Bytes;

    /// <summary>Whether the innermost IP header is one of IPv6.</summary>
    public bool IsIpv6;

    /// <summary>Extension headers since the innermost IP header.</summary>
    public int ExtensionHeaders;

    /// <summary>Moves on to what a header carries.</summary>
    public void MoveTo(Carried carried) => MoveTo(carried.Next, carried.Type, carried.Payload);

    /// <summary>Moves on to what a layer carries.</summary>
    public void MoveTo(Layer layer, int type, ReadOnlySpan<byte> bytes)
    {
        Layer = layer;
        Type = type;
        Bytes = bytes;
    }
}
