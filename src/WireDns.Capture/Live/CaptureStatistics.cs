namespace WireDns.Capture;

/// <summary>What became of the packets of a live capture that its filter let through, since it was opened.</summary>
public readonly record struct CaptureStatistics
{
    /// <summary>Packets handed to the callback.</summary>
    public long Delivered { get; init; }

    /// <summary>
    /// Packets that libpcap counts as received. Under Linux those that the kernel dropped are among them, and those
    /// that wait in its buffer; elsewhere it may count in front of the filter.
    /// </summary>
    public long Received { get; init; }

    /// <summary>
    /// Packets that the kernel dropped because its buffer was full: the reader was too slow, or the buffer too small.
    /// </summary>
    public long DroppedByKernel { get; init; }

    /// <summary>
    /// Packets that the network interface or its driver dropped, for all its readers; 0 where that is not known.
    /// </summary>
    public long DroppedByInterface { get; init; }
}
