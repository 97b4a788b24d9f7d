using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goals 6 and 8: what a second core brings, and how long the first alert takes.</summary>
internal sealed class CoreGoals(BenchOptions options, Hyperfine hyperfine, BenchCapture dns, TextWriter progress)
{
    private const int StartRuns = 15;
    private const string SmallCapture = "captures/3cx-beacon.pcapng";

    /// <summary>Goal 6: one core against two, the program free to use either.</summary>
    public IEnumerable<Goal> MeasureCores(Peer product)
    {
        const string Several = "two files at once are 1.9 × faster with a second core";
        const string One = "one file of DNS alone is 1.5 × faster with a second core";
        if (Environment.ProcessorCount < 2 || !ShellProgram.Run(product.Command, "read", "--help").Output.Contains("--jobs", StringComparison.Ordinal))
        {
            var reason = Environment.ProcessorCount < 2 ? "one core here" : "this build has no --jobs";
            return [new Goal(6, Several, reason, null), new Goal(6, One, reason, null)];
        }

        var file = ShellProgram.Quote(dns.Path);
        return [Speedup(product, Several, $"{file} {file}", 1.9), Speedup(product, One, file, 1.5)];
    }

    /// <summary>Goal 8: a whole run over a small capture, which takes longer than the first alert does.</summary>
    public IEnumerable<Goal> MeasureStart(Peer product)
    {
        var isNative = product.Name.Contains("native", StringComparison.OrdinalIgnoreCase);
        var limit = isNative ? 60 : 250;
        var command = ComparisonRun.Product(product, options.Rules).CommandFor(SmallCapture);
        var seconds = Enumerable.Range(0, StartRuns + 1).Select(_ => hyperfine.Run(command, null, isPinned: false).Seconds).Skip(1);
        yield return Goal.AtMost(8, $"a small capture from start to end in {limit} ms", Median.Of(seconds) * 1000, limit, " ms");
    }

    private Goal Speedup(Peer product, string what, string files, double wanted)
    {
        var (one, two) = (new List<TimedRun>(), new List<TimedRun>());
        for (var round = 0; round <= options.Runs; round++)
        {
            one.Add(Run(product, files, 1));
            two.Add(Run(product, files, 2));
        }

        return Goal.AtLeast(6, what, Median.Ratio(one[1..], two[1..]), wanted, " ×");
    }

    private TimedRun Run(Peer product, string files, int jobs)
    {
        var run = hyperfine.Run(
            $"{ShellProgram.Quote(product.Command)} read {files} -r {ShellProgram.Quote(options.Rules)} --jobs {jobs}", null, isPinned: false);
        progress.WriteLine($"{product.Name}, {files}, --jobs {jobs}: {run.Seconds:0.000} s");
        return run;
    }
}
