namespace WireDns.Benchmarks.Live;

/// <summary>What was measured on an interface at full rate.</summary>
/// <param name="Sent">Frames that were sent.</param>
/// <param name="SendSeconds">In so many seconds.</param>
/// <param name="Summary">What WireDns says of it.</param>
/// <param name="ProcessorSeconds">What the process used, from before the first frame until it stood still again; without what the kernel does in the sender's time.</param>
internal sealed record LiveResult(long Sent, double SendSeconds, LiveSummary Summary, double ProcessorSeconds)
{
    /// <summary>Frames sent a second.</summary>
    public double Rate => Sent / SendSeconds;

    /// <summary>Processor time for each frame that was sent, in microseconds.</summary>
    public double MicrosecondsForEachFrame => ProcessorSeconds * 1e6 / Sent;
}
