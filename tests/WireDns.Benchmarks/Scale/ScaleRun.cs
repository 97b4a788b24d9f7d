using WireDns.Benchmarks.Comparison;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Scale;

/// <summary><c>scale</c>: what more values and more rules cost, in time to load, time to scan and memory.</summary>
internal sealed class ScaleRun(BenchOptions options, TextWriter progress)
{
    private static readonly int[] ValueSizes = [22, 1_000, 100_000, 1_000_000];
    private static readonly int[] RuleSizes = [1, 10, 100, 1_000, 10_000];

    /// <summary>The folder of lists and rules.</summary>
    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(options.Folder, "scale")).FullName;

    /// <summary>Every size of every kind.</summary>
    public ScaleCase[] AllCases() =>
    [
        .. ScaleCase.Forms.SelectMany(_ => ValueSizes, (form, size) => ScaleCase.OfValues(Folder, form, size)),
        .. RuleSizes.Select(size => ScaleCase.OfRules(Folder, size)),
    ];

    /// <summary>Measures one build of WireDns with sets of rules, all of which take turns.</summary>
    public IReadOnlyList<ScaleResult> Run(Peer product, ScaleCase[] cases)
    {
        var hyperfine = new Hyperfine(options.Folder, options.Core);
        var captures = new BenchCaptures(options.Folder, options.Packets, progress);
        var (dns, empty) = (captures.Dns(), captures.Empty());
        var counter = new HitCounter([.. WatchedDomains.All]);
        var loads = cases.Select(_ => new List<TimedRun>()).ToList();
        var scans = cases.Select(_ => new List<TimedRun>()).ToList();
        var hits = new HitCount[cases.Length];
        for (var round = 0; round < options.Runs; round++)
        {
            for (var place = 0; place < cases.Length; place++)
            {
                var rules = cases[place];
                var outputPath = Path.Combine(Folder, $"{rules.Name}-{rules.Size}.out");
                loads[place].Add(hyperfine.Run(Command(product, rules).Replace("{file}", ShellProgram.Quote(empty), StringComparison.Ordinal), null));
                scans[place].Add(hyperfine.Run(
                    Command(product, rules).Replace("{file}", ShellProgram.Quote(dns.Path), StringComparison.Ordinal), outputPath));
                using var output = File.OpenText(outputPath);
                hits[place] = counter.Count(output);
                progress.WriteLine(
                    $"{product.Name}: {rules.Name} {rules.Size}, round {round + 1} of {options.Runs}: load {loads[place][^1].Seconds:0.000} s, whole {scans[place][^1].Seconds:0.000} s");
            }
        }

        return [.. cases.Select((rules, place) => new ScaleResult(rules, loads[place], new PeerResult(
            product with { Name = $"{product.Name}, {rules.Name} {rules.Size}", Command = Command(product, rules) }, dns, scans[place], hits[place])))];
    }

    private static string Command(Peer product, ScaleCase rules) => $"{ShellProgram.Quote(product.Command)} read {{file}} {rules.Arguments}";
}
