namespace WireDns.Capture.Live;

/// <summary>How many packets a live capture received and lost since it was opened; only those that its filter let through.</summary>
public readonly record struct CaptureStatistics
{
    /// <summary>Packets handed to the callback.</summary>
    public long Delivered { get; init; }

    /// <summary>
    /// Packets that libpcap counts as received. Under Linux they include those that the kernel dropped and those that wait in its buffer;
    /// elsewhere it may count before the filter.
    /// </summary>
    public long Received { get; init; }

    /// <summary>
    /// Packets that the kernel dropped because its buffer was full: the reader was too slow, or the buffer too small.
    /// </summary>
    public long DroppedByKernel { get; init; }

    /// <summary>
    /// Packets that were left in the kernel's buffer when the run ended, because reading them took longer than
    /// <see cref="LiveCaptureOptions.DrainTime"/>; 0 before the end. Under Linux <see cref="Received"/> is then the sum of
    /// <see cref="Delivered"/>, <see cref="DroppedByKernel"/> and this.
    /// </summary>
    public long LeftUnread { get; init; }

    /// <summary>
    /// Packets that the network interface or its driver dropped, for all its readers; 0 if that is not known.
    /// </summary>
    public long DroppedByInterface { get; init; }

    /// <summary>The sum of two captures.</summary>
    public CaptureStatistics Plus(CaptureStatistics other) => new()
    {
        Delivered = Delivered + other.Delivered,
        Received = Received + other.Received,
        DroppedByKernel = DroppedByKernel + other.DroppedByKernel,
        LeftUnread = LeftUnread + other.LeftUnread,
        DroppedByInterface = DroppedByInterface + other.DroppedByInterface,
    };
}

/// <summary>Extends the library's counters, which wrap at 32 bits, to 64 bits. Thread-safe.</summary>
internal sealed class CaptureCounters
{
    private readonly Lock _lock = new();
    private uint _lastReceived;
    private uint _lastDropped;
    private uint _lastDroppedByInterface;
    private CaptureStatistics _statistics;

    /// <summary>Starts to count from the library's present values.</summary>
    public void Begin(uint received, uint dropped, uint droppedByInterface)
    {
        lock (_lock)
        {
            (_lastReceived, _lastDropped, _lastDroppedByInterface) = (received, dropped, droppedByInterface);
        }
    }

    /// <summary>Takes the library's present values: each has grown by less than 2^32 since the last call.</summary>
    public void Update(uint received, uint dropped, uint droppedByInterface)
    {
        lock (_lock)
        {
            _statistics = new CaptureStatistics
            {
                Received = _statistics.Received + unchecked(received - _lastReceived),
                DroppedByKernel = _statistics.DroppedByKernel + unchecked(dropped - _lastDropped),
                DroppedByInterface = _statistics.DroppedByInterface + unchecked(droppedByInterface - _lastDroppedByInterface),
            };
            (_lastReceived, _lastDropped, _lastDroppedByInterface) = (received, dropped, droppedByInterface);
        }
    }

    /// <summary>The counters as of the last update.</summary>
    public CaptureStatistics Snapshot()
    {
        lock (_lock)
        {
            return _statistics;
        }
    }
}
