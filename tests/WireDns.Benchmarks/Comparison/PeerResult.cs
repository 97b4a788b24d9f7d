namespace WireDns.Benchmarks.Comparison;

/// <summary>What was measured of one program on one capture.</summary>
/// <param name="Peer">The program.</param>
/// <param name="Capture">The capture.</param>
/// <param name="Runs">Its runs, in the order of the rounds; none if it could not run.</param>
/// <param name="Hits">What it found; null where its output does not say.</param>
internal sealed record PeerResult(Peer Peer, BenchCapture Capture, IReadOnlyList<TimedRun> Runs, HitCount? Hits)
{
    /// <summary>The median of the runs by the clock; null if it did not run.</summary>
    public double? Seconds => Runs.Count == 0 ? null : Median.Of(Runs.Select(run => run.Seconds));

    /// <summary>The median of the runs' processor time; null if it did not run.</summary>
    public double? ProcessorSeconds => Runs.Count == 0 ? null : Median.Of(Runs.Select(run => run.UserSeconds + run.SystemSeconds));

    /// <summary>The largest resident set of any run, in MiB; of a pipe, that of its larger program.</summary>
    public double? PeakMebibytes => Runs.Max(run => run.PeakKibibytes) / 1024.0;

    /// <summary>Whether it found every planted lookup and nothing else.</summary>
    public bool IsRight => Hits == new HitCount(Capture.Planted, 0);
}
