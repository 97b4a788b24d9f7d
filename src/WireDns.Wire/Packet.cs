namespace WireDns.Wire;

/// <summary>A captured packet: a view that is valid until its source reads on.</summary>
public readonly ref struct Packet
{
    /// <summary>The captured bytes, from the link layer on.</summary>
    public required ReadOnlySpan<byte> Data { get; init; }

    /// <summary>Length on the wire, in bytes; more than <see cref="Data"/> where the snap length cut the packet.</summary>
    public required int OriginalLength { get; init; }

    /// <summary>The link layer that the packet starts with.</summary>
    public required LinkType LinkType { get; init; }

    /// <summary>When the packet was captured.</summary>
    public required PacketTime Time { get; init; }

    /// <summary>Number of the packet in its source, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>In the place of <see cref="InterfaceIndex"/>: the source does not say on which interface the packet came.</summary>
    public const int NoInterface = -1;

    /// <summary>Index of the interface within its source, from 0; or <see cref="NoInterface"/>.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>Whether the capture has a packet of this number, but not what was in it: its link type says why.</summary>
    public bool IsMissing => LinkType is LinkType.UnknownInterface or LinkType.LengthBeyondBlock or LinkType.BlockTooShort;
}
