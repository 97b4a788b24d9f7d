namespace WireDns.Benchmarks.Live;

/// <summary>What was measured on an interface at full rate.</summary>
/// <param name="Sent">Frames that were sent.</param>
/// <param name="SendSeconds">How many seconds that took.</param>
/// <param name="Summary">What WireDns says of it.</param>
/// <param name="ProcessorSeconds">Used by the process, from before the first frame until it was idle again; without kernel work in the sender's time.</param>
internal sealed record LiveResult(long Sent, double SendSeconds, LiveSummary Summary, double ProcessorSeconds)
{
    /// <summary>Frames sent a second.</summary>
    public double Rate => Sent / SendSeconds;

    /// <summary>How many of the frames the kernel had no room for.</summary>
    public double DroppedShare => Summary.DroppedByKernel / (double)Sent;

    /// <summary>Processor time for each frame that was sent, in microseconds.</summary>
    public double MicrosecondsForEachFrame => ProcessorSeconds * 1e6 / Sent;
}
