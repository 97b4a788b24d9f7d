using System.Globalization;
using System.Security.Cryptography;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goal 5: what a second core brings, and that nothing else changes.</summary>
internal sealed class CoreGoals(BenchOptions options, BenchCapture dns, BenchCapture span, Turns turns)
{
    /// <summary>Measures one build: one thread against two, the program free to use either core.</summary>
    public IEnumerable<Goal> Measure(Peer product)
    {
        const string One = "one file of DNS alone is 1.8 × faster with a second core";
        const string Several = "two files at once are 1.9 × faster with a second core";
        const string Never = "no file is slower with a second core";
        if (Environment.ProcessorCount < 2)
        {
            return [.. new[] { One, Several, Never }.Select(what => new Goal(5, what, "not measured: one core here", null)), MeasureSameness(product)];
        }

        var all = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(options.Rules)) ?? options.Rules;
        var onDns = Speedup(product, ShellProgram.Quote(dns.Path), options.Rules);
        var onSpan = Speedup(product, ShellProgram.Quote(span.Path), options.Rules);
        var shipped = Speedup(product, ShellProgram.Quote(dns.Path), all);
        var slowest = Math.Min(onDns, Math.Min(onSpan, shipped));
        return
        [
            Goal.AtLeast(5, One, onDns, 1.8, " ×"),
            Goal.AtLeast(5, Several, SpeedupOfTwo(product), 1.9, " ×"),
            new Goal(
                5,
                Never,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"dns {ComparisonTable.Figure(onDns)} ×, span {ComparisonTable.Figure(onSpan)} ×, dns with `{all}` {ComparisonTable.Figure(shipped)} × as fast"),
                slowest >= 1),
            MeasureSameness(product),
        ];
    }

    // A file that is given twice is read once.
    private double SpeedupOfTwo(Peer product)
    {
        var copy = Path.Combine(options.Folder, "dns-copy.pcap");
        File.Copy(dns.Path, copy, overwrite: true);
        try
        {
            return Speedup(product, $"{ShellProgram.Quote(dns.Path)} {ShellProgram.Quote(copy)}", options.Rules);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private double Speedup(Peer product, string files, string rules)
    {
        Turn With(int jobs) => new(
            $"{product.Name}, {files}, {rules}, --jobs {jobs}",
            $"{ShellProgram.Quote(product.Command)} read {files} -r {ShellProgram.Quote(rules)} --jobs {jobs}",
            IsPinned: false);
        var runs = turns.Run(With(1), With(2));
        return Median.Ratio(runs[0], runs[1]);
    }

    private Goal MeasureSameness(Peer product)
    {
        int[] threads = [1, 2, 8];
        string[] captures = [dns.Path, span.Path];
        var different = captures.Where(capture => threads.Select(jobs => DigestOf(product, capture, jobs)).Distinct().Count() > 1).Select(Path.GetFileName).ToList();
        return new Goal(
            5,
            "1, 2 and 8 threads raise the same alerts in the same order",
            different.Count == 0 ? "the same octets on dns and span" : $"different on {string.Join(" and ", different)}",
            different.Count == 0);
    }

    private string DigestOf(Peer product, string capture, int jobs)
    {
        var path = Path.Combine(options.Folder, "threads.out");
        ShellProgram.Run(
            "bash", "-c", $"{ShellProgram.Quote(product.Command)} read {ShellProgram.Quote(capture)} -r {ShellProgram.Quote(options.Rules)} --format ecs --jobs {jobs} >{ShellProgram.Quote(path)} 2>/dev/null");
        using var output = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(output));
    }
}
