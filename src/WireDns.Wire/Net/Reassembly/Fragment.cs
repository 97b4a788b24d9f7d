namespace WireDns.Wire.Net.Reassembly;

/// <summary>A fragment of an IP datagram, of either version.</summary>
internal readonly ref struct Fragment
{
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Where in the datagram the payload starts, in bytes: a multiple of 8.</summary>
    public required int Offset { get; init; }

    public required bool HasMore { get; init; }

    /// <summary>The protocol that this fragment's header names; the first fragment's counts (RFC 8200 §4.5).</summary>
    public required byte Protocol { get; init; }

    public required bool IsIpv6 { get; init; }

    /// <summary>Whether the snap length cut it, so that its bytes are not all there.</summary>
    public required bool IsCut { get; init; }

    /// <summary>Whether it is a first fragment that shows that its datagram is of no interest.</summary>
    public required bool IsOfNoInterest { get; init; }

    public int End => Offset + Payload.Length;
}

/// <summary>What the reassembler did with a fragment.</summary>
internal enum FragmentOutcome : byte
{
    /// <summary>Kept, until the datagram is complete or given up.</summary>
    Held,

    /// <summary>It completed its datagram.</summary>
    Completed,

    /// <summary>It brought no new byte.</summary>
    Duplicate,

    /// <summary>It is of a datagram whose first fragment was cut, and has been read as far as it goes.</summary>
    AfterCut,

    /// <summary>Its datagram is between ports of no interest.</summary>
    Dismissed,

    /// <summary>It cannot be part of any datagram, or contradicts where its datagram ends.</summary>
    Bad,

    /// <summary>It overlaps with others of an IPv6 datagram, or belongs to one whose fragments did.</summary>
    Overlapping,
}

/// <summary>The payload of an IP datagram that came in fragments.</summary>
internal readonly ref struct ReassembledDatagram
{
    public ReassembledDatagram(ReadOnlySpan<byte> payload, byte protocol, bool hasOverlap)
    {
        Payload = payload;
        Protocol = protocol;
        HasOverlap = hasOverlap;
    }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The payload's protocol, as the first fragment says.</summary>
    public byte Protocol { get; }

    /// <summary>Whether fragments overlapped with different bytes.</summary>
    public bool HasOverlap { get; }
}
