namespace WireDns.Benchmarks.Comparison;

/// <summary>One run of a whole process, start-up included.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="UserSeconds">Of processor time in the program.</param>
/// <param name="SystemSeconds">Of processor time in the kernel.</param>
/// <param name="PeakKibibytes">The largest resident set of the process; null if it was not asked for.</param>
internal readonly record struct TimedRun(double Seconds, double UserSeconds, double SystemSeconds, long? PeakKibibytes);
