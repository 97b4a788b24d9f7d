using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goal 1: how WireDns compares with other programs.</summary>
internal static class PeerGoals
{
    /// <summary>The name under which the C program that has the same duties is given with <c>--peer</c>.</summary>
    public const string SameDuties = "C, same duties";

    /// <summary>The name under which the C program that does nothing but find the names is given with <c>--peer</c>.</summary>
    public const string HandWritten = "C by hand";

    /// <summary>Judges the results of one build.</summary>
    /// <param name="product">The build's name.</param>
    /// <param name="dns">Every program's results on the DNS-only capture.</param>
    /// <param name="span">Every program's results on the mirrored link.</param>
    public static IEnumerable<Goal> Judge(string product, IReadOnlyList<PeerResult> dns, IReadOnlyList<PeerResult> span)
    {
        yield return Goal.AtMost(1, "dns: not slower than the C program with the same duties", Ratio(dns, product, SameDuties), 1, " ×", NoPeer(SameDuties));
        yield return Goal.AtMost(1, "span: at most 1.2 × cat", Ratio(span, product, PeerCatalog.Cat), 1.2, " ×");
        PeerResult[] own = [.. dns.Concat(span).Where(result => result.Peer.Name == product)];
        yield return new Goal(
            1,
            "all planted lookups, and nothing else",
            string.Join(", ", own.Select(result => $"{result.Capture.Name} {result.Hits?.Found} of {result.Capture.Planted}, {result.Hits?.Others} others")),
            own.Length > 0 && own.All(result => result.IsRight));
    }

    /// <summary>Measures one build on two cores beside ngrep.</summary>
    public static Goal MeasureTwoCores(Peer product, Peer? ngrep, BenchCapture dns, string rules, Turns turns)
    {
        const string What = "dns: 4 × faster than ngrep, with two cores";
        if (ngrep is not { Missing: null } || Environment.ProcessorCount < 2)
        {
            return new Goal(1, What, Environment.ProcessorCount < 2 ? "not measured: one core here" : "not measured: ngrep is not installed", null);
        }

        var runs = turns.Run(new Turn("ngrep", ngrep.CommandFor(dns.Path)), Turns.Of(product, dns.Path, rules, " --jobs 2", isPinned: false));
        return Goal.AtLeast(1, What, Median.Ratio(runs[0], runs[1]), 4, " ×");
    }

    /// <summary>The command of a peer on a capture; null if the user named no such peer.</summary>
    public static Turn? Find(BenchOptions options, string name, string capture, string domains) =>
        options.Peers.FirstOrDefault(peer => peer.Name == name) is { Command: { } command }
            ? new Turn(name, new Peer(name, command.Replace("{domains}", ShellProgram.Quote(domains), StringComparison.Ordinal), "").CommandFor(capture))
            : null;

    /// <summary>Why a goal that needs a peer was not measured.</summary>
    public static string NoPeer(string name) => $"not measured: no --peer '{name}=COMMAND'";

    private static double? Ratio(IReadOnlyList<PeerResult> results, string name, string reference)
    {
        var runs = results.FirstOrDefault(result => result.Peer.Name == name)?.Runs ?? [];
        var others = results.FirstOrDefault(result => result.Peer.Name == reference)?.Runs ?? [];
        return runs.Count == 0 || others.Count == 0 ? null : Median.Ratio(runs, others);
    }
}
