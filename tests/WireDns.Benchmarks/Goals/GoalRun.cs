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
        var (dns, span) = (captures.Dns(), captures.Span());
        var compared = new ComparisonRun(options, progress).Run();
        var scale = new ScaleRun(options, progress);
        var goals = new List<IReadOnlyList<Goal>>();
        foreach (var product in options.Products)
        {
            var scaled = scale.Run(product, ScaleGoals.Cases(scale.Folder));
            var cores = new CoreGoals(options, hyperfine, dns, progress);
            goals.Add([
                .. PeerGoals.Judge(product.Name, compared[0], compared[1]),
                .. ScaleGoals.Judge(scaled),
                .. new[] { dns, span }.Select(Allocation),
                .. new RuleGoals(options, hyperfine, dns, progress).Measure(product),
                .. cores.MeasureCores(product),
                .. new LiveGoals(options, progress).Measure(product, span),
                .. cores.MeasureStart(product),
            ]);
        }

        return (goals, compared);
    }

    private Goal Allocation(BenchCapture capture) => Goal.AtMost(
        3,
        $"{capture.Name}: 0 bytes allocated a packet after warm-up, rules on queries and on responses",
        AllocationMeasurement.BytesForEachPacket(options.Folder, capture.Path),
        0,
        " bytes");
}
