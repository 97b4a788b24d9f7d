using WireDns.Benchmarks.Comparison;
using WireDns.Benchmarks.Scale;

namespace WireDns.Benchmarks.Goals;

/// <summary><c>goals</c>: every goal, with its figure.</summary>
internal sealed class GoalRun(BenchOptions options, TextWriter progress)
{
    /// <summary>
    /// Measures all builds; returns the goals of each, in their order, and the results on each capture that goal 1 is judged by, where it is wanted.
    /// </summary>
    public (IReadOnlyList<IReadOnlyList<Goal>> Goals, IReadOnlyList<IReadOnlyList<PeerResult>> Compared) Run()
    {
        var captures = new BenchCaptures(options.Folder, options.Packets, progress);
        var hyperfine = new Hyperfine(options.Folder, options.Core);
        var turns = new Turns(options, hyperfine, progress);
        var catalog = new PeerCatalog(options.Folder);
        var ngrep = catalog.Find(options.SuricataRoot).FirstOrDefault(peer => peer.Name == PeerCatalog.Ngrep);
        var (dns, span) = (captures.Dns(), captures.Span());

        // No goal is about the slower programs.
        var peers = options.Only.Count > 0 ? options : options with { Only = [PeerCatalog.Cat, PeerCatalog.Ngrep] };
        var compared = Wants(1) ? new ComparisonRun(peers, progress).Run() : [];
        var scale = new ScaleRun(options, progress);
        var allocations = Wants(8) ? new[] { dns, span }.Select(Allocation).ToList() : [];
        var goals = new List<IReadOnlyList<Goal>>();
        foreach (var product in options.Products)
        {
            goals.Add([
                .. Wants(1) ? PeerGoals.Judge(product.Name, compared[0], compared[1]) : [],
                .. Wants(1) ? [PeerGoals.MeasureTwoCores(product, ngrep, dns, options.Rules, turns)] : Array.Empty<Goal>(),
                .. Wants(2) ? new ShippedRuleGoals(options, captures, catalog.DomainsFile, turns).Measure(product) : [],
                .. Wants(3) || Wants(4) ? new AlertGoals(options, dns, turns, progress).Measure(product) : [],
                .. Wants(5) ? new CoreGoals(options, dns, span, turns).Measure(product) : [],
                .. Wants(6) ? new LiveGoals(options, progress).Measure(product, dns, span) : [],
                .. Wants(7) ? [new StartGoals(options, hyperfine, captures, catalog.DomainsFile).Measure(product)] : Array.Empty<Goal>(),
                .. Wants(8) ? ScaleGoals.Judge(scale.Run(product, ScaleGoals.Cases(scale.Folder))) : [],
                .. allocations,
            ]);
        }

        return (goals, compared);
    }

    private bool Wants(int goal) => options.Goals.Count == 0 || options.Goals.Contains(goal);

    private Goal Allocation(BenchCapture capture) => Goal.AtMost(
        8,
        $"{capture.Name}: 0 bytes allocated a packet after warm-up, rules on queries and on responses",
        AllocationMeasurement.BytesForEachPacket(options.Folder, capture.Path),
        0,
        " bytes");
}
