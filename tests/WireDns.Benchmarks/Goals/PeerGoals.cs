using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goal 1: how WireDns compares with other programs.</summary>
internal static class PeerGoals
{
    /// <summary>The name under which the hand-written C program is given with <c>--peer</c>.</summary>
    public const string HandWritten = "C by hand";

    /// <summary>The name under which the Go program is given with <c>--peer</c>.</summary>
    public const string Go = "Go, gopacket";

    /// <summary>Judges the results of one build.</summary>
    /// <param name="product">The build's name.</param>
    /// <param name="dns">Every program's results on the DNS-only capture.</param>
    /// <param name="span">Every program's results on the mirrored link.</param>
    public static IEnumerable<Goal> Judge(string product, IReadOnlyList<PeerResult> dns, IReadOnlyList<PeerResult> span)
    {
        yield return Goal.AtMost(1, "dns: at most 1.5 × the C program by hand", Ratio(dns, product, HandWritten), 1.5, " ×", Absent(HandWritten));
        yield return Goal.AtLeast(1, "dns: 4 × faster than ngrep", Ratio(dns, "ngrep -i", product), 4, " ×", Absent("ngrep"));
        yield return Goal.AtLeast(1, "dns: 50 × faster than Suricata, DNS alone", Ratio(dns, SuricataSetup.Name, product), 50, " ×", Absent("Suricata"));
        yield return Goal.AtLeast(1, "dns: 300 × faster than tshark", Ratio(dns, "tshark", product), 300, " ×", Absent("tshark"));
        yield return Goal.AtMost(1, "span: at most 1.2 × cat", Ratio(span, product, PeerCatalog.Cat), 1.2, " ×");
        yield return Goal.AtLeast(1, "span: faster than the gopacket loop", Ratio(span, Go, product), 1, " ×", Absent(Go));
        PeerResult[] own = [.. dns.Concat(span).Where(result => result.Peer.Name == product)];
        yield return new Goal(
            1,
            "all planted lookups, and nothing else",
            string.Join(", ", own.Select(result => $"{result.Capture.Name} {result.Hits?.Found} of {result.Capture.Planted}, {result.Hits?.Others} others")),
            own.Length > 0 && own.All(result => result.IsRight));
    }

    private static string Absent(string program) => $"{program} did not run";

    private static double? Ratio(IReadOnlyList<PeerResult> results, string name, string reference)
    {
        var runs = results.FirstOrDefault(result => result.Peer.Name == name)?.Runs ?? [];
        var others = results.FirstOrDefault(result => result.Peer.Name == reference)?.Runs ?? [];
        return runs.Count == 0 || others.Count == 0 ? null : Median.Ratio(runs, others);
    }
}
