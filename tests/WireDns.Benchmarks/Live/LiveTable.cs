using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Live;

/// <summary>
/// <c>live</c>: the table of docs/sensor.md. Frames as fast as one core can send them, to each build with each rule set and to
/// <c>tcpdump -w /dev/null</c> on another core, in turn; then floods with planted lookups among them.
/// </summary>
internal sealed partial class LiveTable(BenchOptions options, TextWriter output, TextWriter progress)
{
    private const string Tap = BenchNetwork.Tap;
    private const string Generator = BenchNetwork.Generator;
    private const int SendSeconds = 5;
    private const int FloodSeconds = 10;
    private const int FloodRate = 60_000;
    private const int PlantedASecond = 100;

    /// <summary>Measures in a separate network; returns the exit status.</summary>
    public int Run(string[] arguments) => BenchNetwork.Run("live", arguments, progress, Measure);

    private int Measure()
    {
        var captures = new BenchCaptures(options.Folder, options.Packets, progress);
        output.WriteLine($"load before: {File.ReadAllText("/proc/loadavg").Trim()}\n");
        output.WriteLine("| traffic | program | rules | sent a second | captured | dropped by the kernel | µs of processor time a packet sent |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var (traffic, capture) in new[] { ("all DNS", captures.Dns().Path), ("3 % DNS", captures.Span().Path) })
        {
            if (ShellProgram.IsInstalled("tcpdump"))
            {
                Row(traffic, "tcpdump -w /dev/null", "-", capture, "tcpdump", ["-i", Tap, "-w", "/dev/null", "-B", "65536", "port", "53"]);
            }

            foreach (var product in options.Products)
            {
                foreach (var (name, rules) in RuleSets())
                {
                    Row(traffic, product.Name, name, capture, product.Command, ["live", "-i", Tap, "-r", rules, "-o", "stdout", "--no-suppress"]);
                }
            }
        }

        output.WriteLine("\n| flood | build | frames a second | planted lookups found | dropped by the kernel |");
        output.WriteLine("|---|---|---|---|---|");
        var isWhole = true;
        foreach (var product in options.Products)
        {
            isWhole &= Flood(product, areClientsSpoofed: false);
            isWhole &= Flood(product, areClientsSpoofed: true);
        }

        return isWhole ? 0 : 1;
    }

    private IEnumerable<(string Name, string Path)> RuleSets()
    {
        yield return ("3CX alone", options.Rules);
        yield return ("rules/", Path.GetDirectoryName(options.Rules)!);
        if (Directory.Exists(options.SigmaRules))
        {
            yield return ("SigmaHQ's for DNS", options.SigmaRules);
        }
    }

    private void Row(string traffic, string program, string rules, string capture, string command, string[] arguments)
    {
        using var process = Start(command, arguments, _ => { }, out var errors);
        var before = ProcessorTime.OfProcess(process.Id);
        var (status, text) = ShellProgram.Run(
            "taskset", "-c", "1", Environment.ProcessPath!, "send", Generator, capture, "all", SendSeconds.ToString(CultureInfo.InvariantCulture));
        var (frames, seconds) = status == 0 ? PacketSender.Parse(text) : throw new IOException($"the sender failed: {text.Trim()}");
        var used = LiveMeasurement.WaitUntilStill(process.Id) - before;
        End(process);
        var (captured, dropped) = Counts(errors());
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {traffic} | {program} | {rules} | {frames / seconds:N0} | {captured:N0} | {dropped:N0} | {used * 1e6 / frames:0.000} |"));
    }

    private bool Flood(Peer product, bool areClientsSpoofed)
    {
        var found = new HashSet<string>();
        using var process = Start(
            product.Command, ["live", "-i", Tap, "-r", Path.GetDirectoryName(options.Rules)!, "-o", "stdout", "--no-suppress"],
            line =>
            {
                if (Planted().Match(line) is { Success: true } match)
                {
                    lock (found)
                    {
                        found.Add(match.Value);
                    }
                }
            },
            out var errors);
        using var traffic = new LookupTraffic(Generator, "192.0.2.11");
        var duration = TimeSpan.FromSeconds(FloodSeconds);
        var flood = new Thread(() => traffic.Flood(areClientsSpoofed, FloodRate, duration, CancellationToken.None));
        var start = Stopwatch.GetTimestamp();
        flood.Start();
        var planted = 0;
        for (; planted < FloodSeconds * PlantedASecond; planted++)
        {
            while (Stopwatch.GetElapsedTime(start).TotalSeconds * PlantedASecond < planted)
            {
                Thread.Sleep(1); // the pace itself
            }

            traffic.TryLookUp(LookupTraffic.PlantedName(planted), planted);
        }

        flood.Join();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        LiveMeasurement.WaitUntilStill(process.Id);
        End(process);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {(areClientsSpoofed ? "spoofed clients" : "random subdomains")} | {product.Name} | {traffic.Sent / seconds:N0} | {found.Count} of {planted} | {Counts(errors()).Dropped:N0} |"));
        return found.Count == planted;
    }

    // On the first core. It is ready when it says that its rules run, or, for tcpdump, that it listens.
    private static Process Start(string command, string[] arguments, Action<string> take, out Func<string> errors)
    {
        var start = new ProcessStartInfo("taskset", ["-c", "0", command, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var text = new StringBuilder();
        var ready = new ManualResetEventSlim();
        process.OutputDataReceived += (_, line) => take(line.Data ?? "");
        process.ErrorDataReceived += (_, line) =>
        {
            lock (text)
            {
                text.AppendLine(line.Data);
            }

            if (line.Data is null || line.Data.EndsWith(" run", StringComparison.Ordinal) || line.Data.Contains("listening on", StringComparison.Ordinal))
            {
                ready.Set();
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        ready.Wait();
        errors = () =>
        {
            lock (text)
            {
                return text.ToString();
            }
        };
        return process;
    }

    private static void End(Process process)
    {
        ShellProgram.Run("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
        process.WaitForExit();
    }

    private static (long Captured, long Dropped) Counts(string errors)
    {
        var summary = LiveSummary.Read(errors, Tap);
        return (summary.Captured, summary.DroppedByKernel);
    }

    [GeneratedRegex(@"\bp\d+\.msstorageazure\.com\b")]
    private static partial Regex Planted();
}
