namespace WireDns.Capture;

/// <summary>Makes 64-bit counters of the library's, which wrap at 32 bits. Thread-safe.</summary>
internal sealed class CaptureCounters
{
    private readonly Lock _lock = new();
    private uint _lastReceived;
    private uint _lastDropped;
    private uint _lastDroppedByInterface;
    private CaptureStatistics _statistics;

    /// <summary>Takes what the library says now: more than what it said last time, by less than 2^32.</summary>
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
