using System.Globalization;
using WireDns.Benchmarks.Comparison;
using WireDns.Benchmarks.Live;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goal 7: live at the highest rate.</summary>
internal sealed class LiveGoals(BenchOptions options, TextWriter progress)
{
    private const string NoDrop = "live, 3 % DNS at the sender's full rate: no drop by the kernel";
    private const string Cheap = "live, no DNS: under 0.15 µs of processor time a packet";

    /// <summary>Measures one build, with its own filter in the kernel and with none.</summary>
    public IEnumerable<Goal> Measure(Peer product, BenchCapture span)
    {
        if (LiveMeasurement.Missing() is { } missing)
        {
            return [new Goal(7, NoDrop, missing, null), new Goal(7, Cheap, missing, null)];
        }

        var live = new LiveMeasurement(options, progress);
        return ((string?[])[null, "none"]).SelectMany(filter => Measure(product, span, live, filter)).ToList();
    }

    private static IEnumerable<Goal> Measure(Peer product, BenchCapture span, LiveMeasurement live, string? filter)
    {
        var suffix = filter is null ? "" : ", without a filter in the kernel";
        var mixed = live.Run(product, span.Path, FrameMix.All, filter);
        yield return new Goal(
            7,
            NoDrop + suffix,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{mixed.Summary.DroppedByKernel:N0} dropped of {mixed.Sent:N0} sent, {mixed.Rate:N0} a second, {mixed.MicrosecondsForEachFrame:0.000} µs a packet"),
            mixed.Summary.DroppedByKernel == 0);
        var noise = live.Run(product, span.Path, FrameMix.Noise, filter);
        yield return new Goal(
            7,
            Cheap + suffix,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{noise.MicrosecondsForEachFrame:0.000} µs, {noise.Summary.DroppedByKernel:N0} dropped of {noise.Sent:N0} sent, {noise.Rate:N0} a second"),
            noise.MicrosecondsForEachFrame <= 0.15 && noise.Summary.DroppedByKernel == 0);
    }
}
