using System.Globalization;
using CsCheck;
using static WireDns.Sigma.Tests.Correlation.CorrelationText;

namespace WireDns.Sigma.Tests.Correlation;

/// <summary>The engine and a naive evaluator agree on generated correlations and events.</summary>
public sealed class CorrelationPropertyTests
{
    private static readonly string[] Types =
    [
        "event_count", "value_count", "temporal", "temporal_ordered", "value_sum", "value_avg", "value_percentile", "value_median",
    ];

    // Few hosts, values and rules, and short steps, so that windows fill and empty again and again.
    private static readonly Gen<Sample[]> Events = Gen.Select(
        Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[-1, 2], Gen.Int[0, 4].Array[0, 3],
        (step, source, host, values) => new Sample(step, source, host, [.. values.Select(value => (double)value)])).Array[0, 60];

    private static readonly Gen<string> Conditions = Gen.Select(
        Gen.Int[0, 5].Select(i => new[] { "gt", "gte", "lt", "lte", "eq", "neq" }[i]), Gen.Int[1, 3], (comparison, number) => $"{comparison}: {number}");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void The_engine_does_what_the_naive_evaluator_does(int type) => Gen.Select(Conditions, Gen.Int[1, 12], Events).Sample(
        (condition, timespan, events) =>
        {
            var hasField = Types[type].StartsWith("value", StringComparison.Ordinal);
            var text = Rule("r0") + Rule("r1") + Rule("r2") + Correlate(
                "c", $"type: {Types[type]}", "rules: [r0, r1, r2]", $"timespan: {timespan}s", "group-by: [host]",
                $"condition: {{{condition}{(hasField ? ", field: v" : "")}}}");
            var resolved = Resolve(text);
            if (resolved.Correlations.Count == 0)
            {
                // lt: 1 and the like are never true, so they are rejected.
                return;
            }

            var run = new CorrelationRun(resolved);
            var naive = new NaiveCorrelator(resolved.Correlations[0].Rule, 3);
            var (time, id) = (0L, 0L);
            foreach (var sample in events)
            {
                time += sample.Step * CorrelationRun.Second;
                var expected = naive.Observe(time, id++, sample.Source, sample.Group, sample.Values);
                Assert.Equal(expected, run.ObserveAt(time, sample.ToJson()).Count > 0);
            }
        },
        seed: "0000a1b2c3d4", iter: 400);

    private sealed record Sample(int Step, int Source, int Host, IReadOnlyList<double> Values)
    {
        public string? Group => Host < 0 ? null : Host.ToString(CultureInfo.InvariantCulture);

        public string ToJson()
        {
            var host = Host < 0 ? "null" : Host.ToString(CultureInfo.InvariantCulture);
            var values = string.Join(',', Values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
            return $$"""{"kind":"r{{Source}}","host":{{host}},"v":[{{values}}]}""";
        }
    }
}
