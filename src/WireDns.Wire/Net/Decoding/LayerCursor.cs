namespace WireDns.Wire.Net.Decoding;

/// <summary>Where the walk over a packet's layers stands: the bytes that are left, and what they are the start of.</summary>
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

    /// <summary>What is left. At the end of the walk, what can be delivered as a view.</summary>
    public ReadOnlySpan<byte> Bytes;

    /// <summary>Whether the innermost IP header is one of IPv6.</summary>
    public bool IsIpv6;

    /// <summary>Whether an 802.11 header that follows is padded to a multiple of 4 bytes.</summary>
    public bool IsPadded;

    /// <summary>Extension headers since the innermost IP header.</summary>
    public int ExtensionHeaders;

    /// <summary>Goes on to what a layer carries.</summary>
    public void MoveTo(Layer layer, int type, ReadOnlySpan<byte> bytes)
    {
        Layer = layer;
        Type = type;
        Bytes = bytes;
    }
}
