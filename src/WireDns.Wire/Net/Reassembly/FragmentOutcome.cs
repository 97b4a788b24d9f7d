namespace WireDns.Wire.Net.Reassembly;

/// <summary>What the reassembler did with a fragment.</summary>
internal enum FragmentOutcome : byte
{
    /// <summary>Kept, until the datagram is complete or given up.</summary>
    Held,

    /// <summary>It completed its datagram.</summary>
    Completed,

    /// <summary>It brought no byte that was not there.</summary>
    Duplicate,

    /// <summary>Its datagram is between ports of no interest.</summary>
    Dismissed,

    /// <summary>It cannot be a part of any datagram, or contradicts where its datagram ends.</summary>
    Bad,

    /// <summary>It overlaps with others of an IPv6 datagram, or belongs to one whose fragments did.</summary>
    Overlapping,
}
