namespace WireDns.TestTraffic;

/// <summary>What code allocates on the heap.</summary>
internal static class Allocated
{
    private const int Attempts = 5;

    /// <summary>
    /// The bytes that some work allocates, the least of five runs. A collection that another test causes meanwhile shows as a few kilobytes of this
    /// thread; what the work itself takes shows every time.
    /// </summary>
    public static long By(Action work)
    {
        var least = long.MaxValue;
        for (var attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
