using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Scale;

/// <summary>What was measured of one set of rules.</summary>
/// <param name="Case">The rules.</param>
/// <param name="Loads">Runs on a capture without packets: start and load.</param>
/// <param name="Scan">Runs on the capture: start, load and scan.</param>
internal sealed record ScaleResult(ScaleCase Case, IReadOnlyList<TimedRun> Loads, PeerResult Scan)
{
    /// <summary>Median seconds until the rules are loaded.</summary>
    public double LoadSeconds => Median.Of(Loads.Select(run => run.Seconds));

    /// <summary>Median of how much longer a run on the capture takes than the load of its own round.</summary>
    public double ScanSeconds => Median.Of(Scan.Runs.Zip(Loads, (scan, load) => scan.Seconds - load.Seconds));

    /// <summary>The largest resident set while loading, in MiB.</summary>
    public double LoadMebibytes => Loads.Max(run => run.PeakKibibytes ?? 0) / 1024.0;

    /// <summary>The largest resident set of the whole run, in MiB.</summary>
    public double PeakMebibytes => Scan.PeakMebibytes ?? 0;
}
