using System.Globalization;

namespace WireDns.TestTraffic;

/// <summary>How long a test waits for something that must come.</summary>
internal static class Waiting
{
    private static readonly TimeSpan OnIdleMachine = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Far longer than anything takes: a minute, times the number of programs that wait for a processor. A test that waits this long has failed;
    /// one that waits for time itself to pass has the trait "needs=quiet machine" and runs last.
    /// </summary>
    public static TimeSpan Limit => OnIdleMachine * Busyness;

    /// <summary>How many programs wait for each processor, at least 1: what takes a second on an idle machine takes that many seconds here.</summary>
    public static double Busyness => Math.Max(1, Load() / Environment.ProcessorCount);

    // The average over the last minute; proc_loadavg(5).
    private static double Load() =>
        File.Exists("/proc/loadavg") && double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture, out var load)
            ? load
            : 0;
}
