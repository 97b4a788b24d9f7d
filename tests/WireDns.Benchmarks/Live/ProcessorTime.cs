using System.Globalization;

namespace WireDns.Benchmarks.Live;

/// <summary>The processor time of another process, proc(5).</summary>
internal static class ProcessorTime
{
    /// <summary>Seconds of all its threads, to the nanosecond (/proc/PID/task/TID/schedstat).</summary>
    public static double OfProcess(int process) => Directory.GetDirectories($"/proc/{process}/task").Sum(OfThread);

    // A thread may end after it was listed and before it is read; what it used is then lost. The capture's own thread does not end.
    private static double OfThread(string task)
    {
        try
        {
            return long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture) / 1e9;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
    }
}
