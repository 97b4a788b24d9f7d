using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Goals;

/// <summary>A command that is measured in turns with others.</summary>
/// <param name="Name">What it is, for the log of the measurement.</param>
/// <param name="Command">A command of bash.</param>
/// <param name="IsPinned">Whether it is kept on one processor core.</param>
internal sealed record Turn(string Name, string Command, bool IsPinned = true);

/// <summary>
/// Runs commands in rounds in which each has a turn, so that the machine's drift affects all of them. The first round warms up and does not count,
/// except for a command that is too slow to be run again.
/// </summary>
internal sealed class Turns(BenchOptions options, Hyperfine hyperfine, TextWriter progress)
{
    /// <summary>Measures; the results are in the order of the commands.</summary>
    public IReadOnlyList<TimedRun>[] Run(params IReadOnlyList<Turn> turns)
    {
        var runs = turns.Select(_ => new List<TimedRun>()).ToList();
        for (var round = 0; round <= options.Runs; round++)
        {
            for (var place = 0; place < turns.Count; place++)
            {
                if (round == 0 || runs[place][0].Seconds < options.SlowSeconds)
                {
                    var run = hyperfine.Run(turns[place].Command, null, turns[place].IsPinned);
                    progress.WriteLine($"{turns[place].Name}, {(round == 0 ? "first round" : $"round {round} of {options.Runs}")}: {run.Seconds:0.000} s");
                    runs[place].Add(run);
                }
            }
        }

        return [.. runs.Select(all => all.Count > 1 ? all[1..] : all)];
    }

    /// <summary>A run of WireDns over a file.</summary>
    public static Turn Of(Peer product, string file, string rules, string more = "", bool isPinned = true) => new(
        $"{product.Name}, {Path.GetFileName(file)}, {rules}{more}",
        $"{ShellProgram.Quote(product.Command)} read {ShellProgram.Quote(file)} -r {ShellProgram.Quote(rules)}{more}",
        isPinned);
}
