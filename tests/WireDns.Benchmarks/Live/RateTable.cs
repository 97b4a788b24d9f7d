using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Live;

/// <summary>
/// <c>rate</c>: the highest rate at which nothing is dropped: of WireDns with one and two workers, of tcpdump and of Suricata, on the same frames. The sender is on this machine too,
/// and takes one core: with two cores, two workers have less than two.
/// </summary>
internal sealed partial class RateTable(BenchOptions options, TextWriter output, TextWriter progress)
{
    private const string Tap = BenchNetwork.Tap;
    private const string Generator = BenchNetwork.Generator;
    private const int SendSeconds = 2;
    private const int Steps = 5; // of halving: the answer is within a thirty-second of the sender's rate

    /// <summary>Measures in a separate network; returns the exit status.</summary>
    public int Run(string[] arguments) => BenchNetwork.Run("rate", arguments, progress, Measure);

    private int Measure()
    {
        var captures = new BenchCaptures(options.Folder, options.Packets, progress);
        output.WriteLine($"load before: {File.ReadAllText("/proc/loadavg").Trim()}\n");
        output.WriteLine("| traffic | program | highest rate without a drop, packets a second | µs of processor time a packet | dropped at the sender's full rate |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var (traffic, capture) in new[] { ("all DNS", captures.Dns().Path), ("3 % DNS", captures.Span().Path) })
        {
            foreach (var contender in Contenders().Where(IsWanted))
            {
                Row(traffic, capture, contender);
            }
        }

        return 0;
    }

    private bool IsWanted(Contender contender) => options.Only.Count == 0 || options.Only.Any(name => contender.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase));

    private IEnumerable<Contender> Contenders()
    {
        foreach (var product in options.Products)
        {
            foreach (var (name, rules) in new[] { ("3CX alone", options.Rules), ("rules/", Path.GetDirectoryName(options.Rules)!) })
            {
                foreach (var workers in new[] { 1, 2 })
                {
                    yield return new Contender(
                        $"{product.Name}, {name}, {workers} worker{(workers > 1 ? "s" : "")}", product.Command,
                        ["live", "-i", Tap, "-r", rules, "-o", "stdout", "--workers", $"{workers}"], " run", text => LiveSummary.Read(text, Tap).DroppedByKernel);
                }
            }
        }

        if (ShellProgram.IsInstalled("tcpdump"))
        {
            yield return new Contender(
                "tcpdump -w /dev/null port 53", "tcpdump", ["-i", Tap, "-w", "/dev/null", "-B", "65536", "port", "53"], "listening on", text => LiveSummary.Read(text, Tap).DroppedByKernel);
        }

        var suricata = new SuricataSetup(options.Folder, options.SuricataRoot);
        foreach (var threads in new[] { 1, 2 })
        {
            if (suricata.ToLive(Tap, threads) is var (command, arguments))
            {
                yield return new Contender($"{SuricataSetup.Name}, {threads} thread{(threads > 1 ? "s" : "")}", command, arguments, "engine started", Drops);
            }
            else
            {
                progress.WriteLine("suricata is left out: it is not on the PATH, and there is no --suricata-chroot");
                yield break;
            }
        }
    }

    private void Row(string traffic, string capture, Contender contender)
    {
        var (full, dropped, cost) = Try(contender, capture, 0);
        var best = dropped == 0 ? full : 0;
        var (low, high) = (0.0, full);
        for (var step = 0; dropped > 0 && step < Steps; step++)
        {
            var rate = (low + high) / 2;
            var (sent, lost, used) = Try(contender, capture, (int)rate);
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{traffic}, {contender.Name}: {lost:N0} dropped at {sent:N0} a second"));
            if (lost == 0)
            {
                (low, best, cost) = (rate, Math.Max(best, sent), used);
            }
            else
            {
                high = rate;
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {traffic} | {contender.Name} | {(dropped == 0 ? "at least " : "")}{best:N0} | {cost:0.000} | {dropped:N0} at {full:N0} a second |"));
    }

    /// <summary>Sends for some seconds, at a rate or as fast as can be.</summary>
    private static (double Rate, long Dropped, double Cost) Try(Contender contender, string capture, int rate)
    {
        using var process = Start(contender, out var text);
        var before = ProcessorTime.OfProcess(process.Id);
        var (status, answer) = ShellProgram.Run(
            Environment.ProcessPath!, "send", Generator, capture, "all", SendSeconds.ToString(CultureInfo.InvariantCulture), rate.ToString(CultureInfo.InvariantCulture));
        var (frames, seconds) = status == 0 ? PacketSender.Parse(answer) : throw new IOException($"the sender failed: {answer.Trim()}");
        var used = LiveMeasurement.WaitUntilStill(process.Id) - before;
        ShellProgram.Run("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
        process.WaitForExit();
        return (frames / seconds, contender.Dropped(text()), used * 1e6 / frames);
    }

    private static Process Start(Contender contender, out Func<string> text)
    {
        var process = Process.Start(new ProcessStartInfo(contender.Command, contender.Arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var lines = new StringBuilder();
        var ready = new ManualResetEventSlim();
        void Take(string? line)
        {
            lock (lines)
            {
                lines.AppendLine(line);
            }

            if (line is null || line.Contains(contender.Ready, StringComparison.OrdinalIgnoreCase))
            {
                ready.Set();
            }
        }

        process.OutputDataReceived += (_, line) => Take(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        ready.Wait();
        text = () =>
        {
            lock (lines)
            {
                return lines.ToString();
            }
        };
        return process;
    }

    // tap0: packets: 1234, drops: 5 (0.41%), invalid chksum: 0
    private static long Drops(string text) => SuricataDrops().Matches(text) is { Count: > 0 } found
        ? found.Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
        : throw new InvalidDataException($"suricata does not say what it dropped: {text}");

    [GeneratedRegex(@"packets: \d+, drops: (\d+) ", RegexOptions.CultureInvariant)]
    private static partial Regex SuricataDrops();

    /// <summary>A program that captures.</summary>
    /// <param name="Name">Its name in the table.</param>
    /// <param name="Command">The program.</param>
    /// <param name="Arguments">What it is given.</param>
    /// <param name="Ready">What it says when it captures.</param>
    /// <param name="Dropped">Finds the number of packets that the kernel dropped in what it says.</param>
    private sealed record Contender(string Name, string Command, IReadOnlyList<string> Arguments, string Ready, Func<string, long> Dropped);
}
