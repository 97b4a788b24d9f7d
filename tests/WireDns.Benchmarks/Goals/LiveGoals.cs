using System.Globalization;
using WireDns.Benchmarks.Comparison;
using WireDns.Benchmarks.Live;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goal 6: live at the highest rate, without a filter in the kernel, and all DNS with the shipped rules beside tcpdump.</summary>
internal sealed class LiveGoals(BenchOptions options, TextWriter progress)
{
    private const string Cheap = "live, no DNS, without a filter in the kernel: at most 0.13 µs of processor time a packet";
    private const string NoDrop = "live, all DNS at the sender's full rate, all shipped rules: no drop that tcpdump does not have";

    /// <summary>Measures one build.</summary>
    public IEnumerable<Goal> Measure(Peer product, BenchCapture dns, BenchCapture span)
    {
        if (LiveMeasurement.Missing() is { } missing)
        {
            return [new Goal(6, Cheap, $"not measured: {missing}", null), new Goal(6, NoDrop, $"not measured: {missing}", null)];
        }

        var live = new LiveMeasurement(progress);
        var noise = live.Run(product, span.Path, FrameMix.Noise, options.Rules, filter: "none");
        var cheap = new Goal(
            6,
            Cheap,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{noise.MicrosecondsForEachFrame:0.000} µs, {noise.Summary.DroppedByKernel:N0} dropped of {noise.Sent:N0} sent, {noise.Rate:N0} a second"),
            noise.MicrosecondsForEachFrame <= 0.13 && noise.Summary.DroppedByKernel == 0);
        if (!ShellProgram.IsInstalled("tcpdump"))
        {
            return [cheap, new Goal(6, NoDrop, "not measured: tcpdump is not installed", null)];
        }

        var all = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(options.Rules)) ?? options.Rules;
        var peer = LiveMeasurement.RunTcpdump(dns.Path);
        var own = live.Run(product, dns.Path, FrameMix.All, all, filter: null);
        return
        [
            cheap,
            new Goal(
                6,
                NoDrop,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{own.Summary.DroppedByKernel:N0} dropped of {own.Sent:N0} sent, {own.Rate:N0} a second, {own.MicrosecondsForEachFrame:0.000} µs a packet; tcpdump {peer.Summary.DroppedByKernel:N0} of {peer.Sent:N0}, {peer.Rate:N0} a second"),
                own.Summary.DroppedByKernel == 0 || own.DroppedShare <= peer.DroppedShare),
        ];
    }
}
