using WireDns.Benchmarks.Comparison;
using WireDns.Benchmarks.Scale;

namespace WireDns.Benchmarks.Goals;

/// <summary><c>goals</c>: every goal, with its figure.</summary>
internal sealed class GoalRun(BenchOptions options, TextWriter progress)
{
    /// <summary>Measures all builds; returns the goals of each, in their order, and the results on each capture that they are judged by.</summary>
    public (IReadOnlyList<IReadOnlyList<Goal>> Goals, IReadOnlyList<IReadOnlyList<PeerResult>> Compared) Run()
    {
        var captures = new BenchCaptures(options.Folder, options.Packets, progress);
        var hyperfine = new Hyperfine(options.Folder, options.Core);
        var turns = new Turns(options, hyperfine, progress);
        var catalog = new PeerCatalog(options.Folder);
        var ngrep = catalog.Find(options.SuricataRoot).FirstOrDefault(peer => peer.Name == PeerCatalog.Ngrep);
        var (dns, span) = (captures.Dns(), captures.Span());

        // No goal is about the slower programs.
        var compared = new ComparisonRun(options.Only.Count > 0 ? options : options with { Only = [PeerCatalog.Cat, PeerCatalog.Ngrep] }, progress).Run();
        var scale = new ScaleRun(options, progress);
        var allocations = new[] { dns, span }.Select(Allocation).ToList();
        var goals = new List<IReadOnlyList<Goal>>();
        foreach (var product in options.Products)
        {
            goals.Add([
                .. PeerGoals.Judge(product.Name, compared[0], compared[1]),
                PeerGoals.MeasureTwoCores(product, ngrep, dns, options.Rules, turns),
                .. new ShippedRuleGoals(options, captures, catalog.DomainsFile, turns).Measure(product),
                .. new AlertGoals(options, dns, turns, progress).Measure(product),
                .. new CoreGoals(options, dns, span, turns).Measure(product),
                .. new LiveGoals(options, progress).Measure(product, dns, span),
                new StartGoals(options, hyperfine, captures, catalog.DomainsFile).Measure(product),
                .. ScaleGoals.Judge(scale.Run(product, ScaleGoals.Cases(scale.Folder))),
                .. allocations,
            ]);
        }

        return (goals, compared);
    }

    private Goal Allocation(BenchCapture capture) => Goal.AtMost(
        8,
        $"{capture.Name}: 0 bytes allocated a packet after warm-up, rules on queries and on responses",
        AllocationMeasurement.BytesForEachPacket(options.Folder, capture.Path),
        0,
        " bytes");
}
