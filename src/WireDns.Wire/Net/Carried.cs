namespace WireDns.Wire.Net;

/// <summary>What a header carries: the bytes after it, and what they start with.</summary>
internal readonly ref struct Carried
{
    public Carried(Layer next, ReadOnlySpan<byte> payload, int type = 0)
    {
        Next = next;
        Payload = payload;
        Type = type;
    }

    /// <summary>A captured frame of a link type.</summary>
    public Carried(LinkType linkType, ReadOnlySpan<byte> payload)
        : this(Layer.Link, payload, (int)linkType)
    {
    }

    /// <summary>What <see cref="Payload"/> starts with.</summary>
    public Layer Next { get; }

    /// <summary>The bytes after the header. Padding and trailers are cut off where the header has a length.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The EtherType, the link type or the IP protocol, where <see cref="Next"/> is one of these; else 0.</summary>
    public int Type { get; }
}
