using System.Diagnostics;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Live;

/// <summary>A network of its own for a command that measures live capture: a cable between what sends and what captures.</summary>
internal static class BenchNetwork
{
    /// <summary>The end at which programs capture.</summary>
    public const string Tap = "tap0";

    /// <summary>The end at which frames are sent.</summary>
    public const string Generator = "gen0";

    private const string Inside = "BENCH_INSIDE";

    /// <summary>Starts this program again in a network that it alone has, and measures there.</summary>
    /// <param name="command">The command that is running.</param>
    /// <param name="arguments">What it was given.</param>
    /// <param name="progress">Told why it cannot be measured here.</param>
    /// <param name="measure">Measures, with the cable in place, and returns the exit status.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="IOException">The cable could not be made.</exception>
    public static int Run(string command, string[] arguments, TextWriter progress, Func<int> measure)
    {
        if (LiveMeasurement.Missing() is { } missing)
        {
            progress.WriteLine($"{command}: {missing}");
            return 1;
        }

        if (Environment.GetEnvironmentVariable(Inside) is null)
        {
            var start = new ProcessStartInfo("unshare", ["--net", Environment.ProcessPath!, command, .. arguments]);
            start.Environment[Inside] = "1";
            using var child = Process.Start(start)!;
            child.WaitForExit();
            return child.ExitCode;
        }

        LayCable("");
        return measure();
    }

    /// <summary>Makes the cable.</summary>
    /// <param name="network">What <c>ip</c> is told of the network before its command: <c>-n NAME </c>, or nothing for that of this process.</param>
    public static void LayCable(string network)
    {
        Ip($"{network}link add {Tap} type veth peer name {Generator}");
        Ip($"{network}link set {Tap} up");
        Ip($"{network}link set {Generator} up");
    }

    /// <summary>Runs <c>ip</c>.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static void Ip(string arguments)
    {
        var (status, output) = ShellProgram.Run("ip", arguments.Split(' '));
        if (status != 0)
        {
            throw new IOException($"ip {arguments}: {output.Trim()}");
        }
    }
}
