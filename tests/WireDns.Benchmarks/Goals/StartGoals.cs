using System.Globalization;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goal 7: a whole run over a small capture, from start to end.</summary>
internal sealed class StartGoals(BenchOptions options, Hyperfine hyperfine, BenchCaptures captures, string domains)
{
    private const int StartRuns = 15;

    /// <summary>Measures one build.</summary>
    public Goal Measure(Peer product)
    {
        var capture = captures.Small();
        var turn = Turns.Of(product, capture, options.Rules, isPinned: false);
        if (!product.Name.Contains("native", StringComparison.OrdinalIgnoreCase))
        {
            var seconds = Enumerable.Range(0, StartRuns + 1).Select(_ => hyperfine.Run(turn.Command, null, isPinned: false).Seconds).Skip(1);
            return Goal.AtMost(7, "a small capture from start to end in 250 ms", Median.Of(seconds) * 1000, 250, " ms");
        }

        const string What = "a small capture from start to end: at most 10 ms of processor above the C program by hand";
        if (PeerGoals.Find(options, PeerGoals.HandWritten, capture, domains) is not { } peer)
        {
            return new Goal(7, What, PeerGoals.NoPeer(PeerGoals.HandWritten), null);
        }

        List<double> own = [], others = [];
        for (var run = 0; run <= StartRuns; run++)
        {
            own.Add(Processor(hyperfine.Run(turn.Command, null, isPinned: false)));
            others.Add(Processor(hyperfine.Run(peer.Command, null, isPinned: false)));
        }

        var (milliseconds, floor) = (Median.Of(own.Skip(1)) * 1000, Median.Of(others.Skip(1)) * 1000);
        return Goal.AtMost(7, What, milliseconds - floor, 10, string.Create(CultureInfo.InvariantCulture, $" ms ({ComparisonTable.Figure(milliseconds)} ms in all)"));
    }

    private static double Processor(TimedRun run) => run.UserSeconds + run.SystemSeconds;
}
