using System.Diagnostics;
using System.Globalization;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Live;

/// <summary>
/// Goal 6: <c>wiredns live</c> on one core, and on another one that sends as fast as it can, at the two ends of a cable in a network namespace.
/// </summary>
internal sealed class LiveMeasurement(TextWriter progress)
{
    private const string Tap = BenchNetwork.Tap;
    private const string Generator = BenchNetwork.Generator;
    private const int SendSeconds = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Why it cannot be measured here; null if it can.</summary>
    public static string? Missing() =>
        !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess ? "needs root on Linux"
        : Environment.ProcessorCount < 2 ? "needs a second core for the sender"
        : !ShellProgram.IsInstalled("ip") ? "needs ip (iproute2)"
        : null;

    /// <summary>Measures one build.</summary>
    /// <param name="product">The build.</param>
    /// <param name="capture">The frames.</param>
    /// <param name="mix">Which of them.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="filter">The kernel filter for <c>--filter</c>; null for that of WireDns.</param>
    /// <exception cref="IOException">The network could not be made, or WireDns did not start.</exception>
    public LiveResult Run(Peer product, string capture, FrameMix mix, string rules, string? filter)
    {
        string[] filtered = filter is null ? [] : ["--filter", filter];
        var result = InNetwork(network => Measure(
            network, capture, mix, [product.Command, "live", "-i", Tap, "-r", rules, "--no-suppress", .. filtered], line => line.EndsWith(" run", StringComparison.Ordinal)));
        progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{product.Name}, live, {mix}, {rules}, filter {filter ?? "built in"}: {result.Rate:N0} a second, {result.Summary}, {result.MicrosecondsForEachFrame:0.000} µs a frame"));
        return result;
    }

    /// <summary>Measures <c>tcpdump -w /dev/null</c> in the place of WireDns.</summary>
    /// <param name="capture">The frames.</param>
    public static LiveResult RunTcpdump(string capture) => InNetwork(network => Measure(
        network, capture, FrameMix.All, ["tcpdump", "-i", Tap, "-w", "/dev/null", "-B", "65536", "port", "53"], line => line.Contains("listening on", StringComparison.Ordinal)));

    private static LiveResult InNetwork(Func<string, LiveResult> measure)
    {
        var network = $"wdbench{Environment.ProcessId}";
        BenchNetwork.Ip($"netns add {network}");
        try
        {
            BenchNetwork.LayCable($"-n {network} ");
            return measure(network);
        }
        finally
        {
            BenchNetwork.Ip($"netns del {network}");
        }
    }

    private static LiveResult Measure(string network, string capture, FrameMix mix, string[] command, Predicate<string> isReady)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", network, "taskset", "-c", "0", .. command]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var sensor = Process.Start(start)!;
        sensor.OutputDataReceived += (_, _) => { };
        sensor.BeginOutputReadLine();
        WaitForStart(sensor, command[0], isReady);
        var before = ProcessorTime.OfProcess(sensor.Id);
        var (sent, seconds) = Send(network, capture, mix);
        var used = WaitUntilStill(sensor.Id) - before;
        ShellProgram.Run("kill", "-TERM", sensor.Id.ToString(CultureInfo.InvariantCulture));
        var summary = sensor.StandardError.ReadToEnd();
        sensor.WaitForExit();
        return new LiveResult(sent, seconds, LiveSummary.Read(summary, Tap), used);
    }

    private static void WaitForStart(Process sensor, string name, Predicate<string> isReady)
    {
        while (sensor.StandardError.ReadLine() is { } line)
        {
            if (isReady(line))
            {
                return;
            }
        }

        throw new IOException($"{name} did not start");
    }

    // The sender is this program again, so that it has its own core and namespace.
    private static (long Frames, double Seconds) Send(string network, string capture, FrameMix mix)
    {
        var (status, output) = ShellProgram.Run(
            "ip", "netns", "exec", network, "taskset", "-c", "1", Environment.ProcessPath!, "send", Generator, capture, mix.ToString(),
            SendSeconds.ToString(CultureInfo.InvariantCulture));
        return status == 0 ? PacketSender.Parse(output) : throw new IOException($"the sender failed: {output.Trim()}");
    }

    // A process that uses less than a hundredth of a core is idle: timers tick in any runtime.
    internal static double WaitUntilStill(int process)
    {
        var watch = Stopwatch.StartNew();
        var last = ProcessorTime.OfProcess(process);
        while (watch.Elapsed < Patience)
        {
            Thread.Sleep(300);
            var now = ProcessorTime.OfProcess(process);
            if (now - last < 0.003)
            {
                return last;
            }

            last = now;
        }

        return last;
    }
}
