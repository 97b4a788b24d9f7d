namespace WireDns.TestTraffic.Generation;

/// <summary>
/// How the DNS messages of a TCP connection are cut into segments. All of them occur without an attacker.
/// </summary>
internal enum SegmentationStyle
{
    /// <summary>Each message in its own segment; the next query waits for the response.</summary>
    Whole,

    /// <summary>Each message over several segments, at times cut between the two octets of its length.</summary>
    Split,

    /// <summary>All queries in one segment, all responses in another (RFC 7766 §6.2.1.1).</summary>
    Pipelined,

    /// <summary>All messages of a direction in one run, cut anywhere.</summary>
    PipelinedAndSplit,

    /// <summary>
    /// As <see cref="PipelinedAndSplit"/>, the segments arriving in another order than they were sent in.
    /// </summary>
    OutOfOrder,

    /// <summary>
    /// As <see cref="PipelinedAndSplit"/>, each segment beginning before the end of the one before it and some of
    /// them sent twice, as retransmissions with other boundaries look. What overlaps is the same octets.
    /// </summary>
    Overlapping,
}
