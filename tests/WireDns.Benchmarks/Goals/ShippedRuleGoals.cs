using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goal 2: what the shipped rules cost, their correlations included.</summary>
internal sealed partial class ShippedRuleGoals(BenchOptions options, BenchCaptures captures, string domains, Turns turns)
{
    private const long MaximumMegabytes = 256;

    private readonly string _all = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(options.Rules)) is { Length: > 0 } parent ? parent : options.Rules;

    /// <summary>Measures one build.</summary>
    public IEnumerable<Goal> Measure(Peer product)
    {
        var (dns, span) = (captures.Dns(), captures.Span());
        var correlations = Directory.Exists(Path.Combine(_all, "dns")) ? Directory.GetFiles(Path.Combine(_all, "dns"), "*.yml").Order(StringComparer.Ordinal).ToArray() : [];
        var peer = PeerGoals.Find(options, PeerGoals.SameDuties, dns.Path, domains);
        var shipped = Turns.Of(product, dns.Path, _all);
        var runs = turns.Run([.. peer is null ? [] : new[] { peer }, shipped, .. correlations.Select(file => Turns.Of(product, dns.Path, file))]);
        var own = peer is null ? runs : runs[1..];
        double? Ratio(IReadOnlyList<TimedRun> of) => peer is null ? null : Median.Ratio(of, runs[0]);
        var missing = PeerGoals.NoPeer(PeerGoals.SameDuties);
        yield return Goal.AtMost(2, $"`{_all}` on dns: at most 10 × the C program with the same duties", Ratio(own[0]), 10, " ×", missing);
        foreach (var (file, place) in correlations.Select((file, place) => (file, place)))
        {
            yield return Goal.AtMost(2, $"{Path.GetFileNameWithoutExtension(file)} alone: at most 4 ×", Ratio(own[place + 1]), 4, " ×", missing);
        }

        var megabytes = own[0].Max(run => run.PeakKibibytes) * 1024 / 1e6;
        yield return Goal.AtMost(2, $"`{_all}` on dns: below {MaximumMegabytes} MB", megabytes, MaximumMegabytes, " MB");
        var forgotten = ForgottenGroups(product, dns);
        yield return new Goal(2, "no group forgotten within its time span", $"{forgotten:N0} forgotten", forgotten == 0);

        var spanRuns = turns.Run(Turns.Of(product, span.Path, _all), Turns.Of(product, span.Path, options.Rules));
        yield return Goal.AtMost(2, $"`{_all}` on span: at most 1.1 × the 3CX rule alone", Median.Ratio(spanRuns[0], spanRuns[1]), 1.1, " ×");

        var names = captures.Flood(hasSpoofedClients: false);
        var clients = captures.Flood(hasSpoofedClients: true);
        var floods = turns.Run(shipped, Turns.Of(product, names.Path, _all), Turns.Of(product, clients.Path, _all));
        var scale = (double)captures.DnsPackets / captures.FloodPackets;
        yield return Goal.AtMost(2, "a flood of unique names: a message costs no more than on dns", Median.Ratio(floods[1], floods[0]) * scale, 1, " ×");
        yield return Goal.AtMost(2, "a flood of spoofed clients: a message costs no more than on dns", Median.Ratio(floods[2], floods[0]) * scale, 1, " ×");
    }

    // The summary has a line for them if there are any.
    private long ForgottenGroups(Peer product, BenchCapture dns)
    {
        var (_, output) = ShellProgram.Run("bash", "-c", $"{ShellProgram.Quote(product.Command)} read {ShellProgram.Quote(dns.Path)} -r {ShellProgram.Quote(_all)} 2>&1 >/dev/null");
        return Forgotten().Match(output) is { Success: true } match ? long.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"groups of events forgotten +([\d,]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Forgotten();
}
