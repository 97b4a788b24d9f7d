namespace WireDns.Alerts;

/// <summary>The packets behind an alert: those of the query, of the response, and of every fragment and segment of the two that is still at hand. Immutable.</summary>
public sealed record AlertEvidence : Notification
{
    /// <inheritdoc/>
    public override required string Id { get; init; }

    /// <summary>The alert.</summary>
    public required Alert Alert { get; init; }

    /// <summary>Its packets, in the order of capture.</summary>
    public required IReadOnlyList<EvidencePacket> Packets { get; init; }

    /// <summary>What is missing, in words: the packets had given way to newer ones, or there were too many. Null if nothing is.</summary>
    public string? Missing { get; init; }
}

/// <summary>A packet of an alert, as it was captured.</summary>
/// <param name="Data">The captured bytes, from the link layer on.</param>
/// <param name="OriginalLength">Its length on the wire, in bytes.</param>
/// <param name="LinkType">The number of its link type in capture files.</param>
/// <param name="Interface">The interface that it was captured on; null if that is not known.</param>
/// <param name="UnixTimeNanoseconds">When it was captured, in nanoseconds since the Unix epoch; null where the capture has no time.</param>
/// <param name="Number">Its number in its file or on its interface, from 1.</param>
/// <param name="Part">What it is: query, response, fragment or segment.</param>
public sealed record EvidencePacket(
    ReadOnlyMemory<byte> Data, int OriginalLength, int LinkType, string? Interface, long? UnixTimeNanoseconds, long Number, string Part);
