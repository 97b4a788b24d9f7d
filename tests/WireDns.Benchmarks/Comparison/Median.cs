namespace WireDns.Benchmarks.Comparison;

/// <summary>The middle of a few measurements, which one disturbed run does not move.</summary>
internal static class Median
{
    /// <summary>The middle value, or the mean of the two middle ones.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            throw new ArgumentException("a median of nothing", nameof(values));
        }

        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>
    /// How much longer one program took than another. Runs of one round are compared with each other, since a machine drifts between rounds
    /// more than within one; if one of the two ran only once, its time is compared with the other's median.
    /// </summary>
    public static double Ratio(IReadOnlyList<TimedRun> runs, IReadOnlyList<TimedRun> reference) =>
        runs.Count == reference.Count
            ? Of(runs.Zip(reference, (run, other) => run.Seconds / other.Seconds))
            : Of(runs.Select(run => run.Seconds)) / Of(reference.Select(run => run.Seconds));
}
